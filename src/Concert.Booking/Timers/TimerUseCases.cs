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
    TimerCommands commands,
    CallOffSweep callOffs,
    IWaitingRoom room,
    Lines lines,
    WebhookTimer webhooks,
    TimeProvider time,
    IOptions<WaitingRoomOptions> waitingRoom,
    ILogger<TimerUseCases> logger) : ITimerUseCases
{
    private const int MaxPerRound = 5_000;

    private static readonly string[] Held = [ReservationStatus.Held.Name()];

    /// <summary>Begun payments, and paid reservations whose refund is on its way: only these have a due time.</summary>
    private static readonly string[] Unfinished = [ReservationStatus.Paying.Name(), ReservationStatus.Confirmed.Name()];

    public Task<int> ReleaseExpiredHoldsAsync(CancellationToken cancellationToken) => SendDueAsync(
        Held, (id, now) => new ExpireCommand(id, now), cancellationToken);

    public async Task<int> RepairPaymentsAsync(CancellationToken cancellationToken) =>
        await SendDueAsync(Unfinished, (id, now) => new ResumeCommand(id, now), cancellationToken) + await callOffs.RunAsync(cancellationToken);

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
        var due = await store.QueryDueAsync(DocumentContainer.Bookings, statuses, now, MaxPerRound, cancellationToken);
        return await commands.SendAsync(due.Select(located => Ask(located, ask, now)).OfType<TimerMessage>(), now, cancellationToken);
    }

    /// <summary>Null when this round of it was sent before.</summary>
    private TimerMessage? Ask(LocatedDocument located, Func<string, DateTimeOffset, Command> ask, DateTimeOffset now)
    {
        var reservation = DocumentJson.Read<ReservationDocument>(located.Document);
        var id = reservation.IdIn(SectionRef.OfPartition(located.Partition));
        var age = now - DateTimeOffset.FromUnixTimeMilliseconds(reservation.Due ?? now.ToUnixTimeMilliseconds());
        return commands.Ask(id, reservation, ask(id.ToString(), now), age);
    }
}
