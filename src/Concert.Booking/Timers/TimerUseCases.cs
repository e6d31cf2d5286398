using System.Diagnostics;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Telemetry;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Webhooks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Timers;

/// <summary>The timers' work: finds what is due and sends commands, or moves the waiting rooms on.</summary>
public sealed class TimerUseCases(
    IDocumentStore store,
    ICommandSender sender,
    IWaitingRoom room,
    Lines lines,
    WebhookTimer webhooks,
    TimeProvider time,
    IOptions<WaitingRoomOptions> waitingRoom,
    IOptions<BookingOptions> booking,
    ILogger<TimerUseCases> logger) : ITimerUseCases
{
    private const int MaxPerRound = 5_000;
    private const int SendChunk = 500;

    private static readonly string[] Held = [ReservationStatus.Held.Name()];

    /// <summary>Begun payments, and paid reservations whose refund is on its way: only these have a due time.</summary>
    private static readonly string[] Unfinished = [ReservationStatus.Paying.Name(), ReservationStatus.Confirmed.Name()];

    private readonly TimerRounds _rounds = new();

    public Task<int> ReleaseExpiredHoldsAsync(CancellationToken cancellationToken) => SendDueAsync(
        Held, (id, now) => new ExpireCommand(id, now), cancellationToken);

    public Task<int> RepairPaymentsAsync(CancellationToken cancellationToken) => SendDueAsync(
        Unfinished, (id, now) => new ResumeCommand(id, now), cancellationToken);

    public Task<int> DeliverWebhooksAsync(CancellationToken cancellationToken) => webhooks.RunAsync(cancellationToken);

    public async Task<int> AdmitWaitingAsync(CancellationToken cancellationToken)
    {
        var admitted = 0;
        foreach (var name in await room.ListRoomsAsync(cancellationToken))
        {
            // A line of the other scope, from before the setting was changed, admits to nothing, and nobody to itself.
            var limits = lines.Has(name)
                ? waitingRoom.Value.Limits with { Sale = await lines.SaleAsync(name, cancellationToken) }
                : waitingRoom.Value.Limits with { MaxActive = 0 };
            var round = await room.AdmitAsync(name, limits, time.GetUtcNow(), cancellationToken);
            var tag = new KeyValuePair<string, object?>("room", name);
            BookingTelemetry.TokensActive.Record(round.Active, tag);
            BookingTelemetry.TokensWaiting.Record(round.Waiting, tag);
            BookingTelemetry.TokensAdmitted.Add(round.Admitted, tag);
            admitted += round.Admitted;
            if (round.Active > waitingRoom.Value.MaxActive)
            {
                BookingTelemetry.InvariantBroken.Add(1, new KeyValuePair<string, object?>("invariant", "Q1"));
                logger.LogCritical("Room {Room} has {Active} active tokens; the limit is {Limit}", name, round.Active, waitingRoom.Value.MaxActive);
            }
        }

        return admitted;
    }

    private async Task<int> SendDueAsync(
        string[] statuses, Func<string, DateTimeOffset, Command> ask, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var sent = 0;
        var due = await store.QueryDueAsync(DocumentContainer.Bookings, statuses, now, MaxPerRound, cancellationToken);
        foreach (var chunk in due.Select(located => Ask(located, ask, now)).OfType<Asked>().Chunk(SendChunk))
        {
            if (await sender.SendAsync([.. chunk.Select(c => c.Message)], cancellationToken) is SendResult.Unavailable unavailable)
            {
                throw new StoreUnavailableException($"The queue took {sent} of {due.Count} timer commands: {unavailable.Detail}");
            }

            _rounds.Remember(chunk.Select(c => (c.Subject, c.Round)), now);
            sent += chunk.Length;
        }

        return sent;
    }

    /// <summary>Null when this round of it was sent before.</summary>
    private Asked? Ask(LocatedDocument located, Func<string, DateTimeOffset, Command> ask, DateTimeOffset now)
    {
        var reservation = DocumentJson.Read<ReservationDocument>(located.Document);
        var id = reservation.IdIn(SectionRef.OfPartition(located.Partition));
        var command = ask(id.ToString(), now);
        var subject = $"{command.Name}:{id.Code}:{reservation.Revision}";
        var age = now - DateTimeOffset.FromUnixTimeMilliseconds(reservation.Due ?? now.ToUnixTimeMilliseconds());
        var round = TimerRounds.Of(age, booking.Value.RepairAfter);
        if (!_rounds.IsNew(subject, round))
        {
            return null;
        }

        using var activity = CommandDispatcher.StartSpan(command);
        var trace = activity?.Id ?? Activity.Current?.Id;
        return new Asked(subject, round, new CommandMessage($"{subject}:{round}", id.SessionId, CommandJson.Write(command), trace));
    }

    private sealed record Asked(string Subject, int Round, CommandMessage Message);
}
