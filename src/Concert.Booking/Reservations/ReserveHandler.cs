using Concert.Booking.Catalog;
using Concert.Booking.Identity;
using Concert.Booking.Messaging;
using Concert.Booking.Shared;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations;

/// <summary>Puts the request on its user's list, then holds the places or writes the refusal.</summary>
public sealed class ReserveHandler(
    StoreLoop loop,
    CatalogReader catalog,
    SectionLoader loader,
    SectionWriter writer,
    IdMinter minter,
    TimeProvider time,
    IOptions<BookingOptions> rules)
{
    public async Task<HandlerOutcome> HandleAsync(ReservationId id, ReserveCommand command, CancellationToken cancellationToken)
    {
        var schedule = await catalog.FindScheduleAsync(id.Section.ScheduleId, cancellationToken);
        if (schedule is null)
        {
            return HandlerOutcome.Poison("unknown-schedule", $"Schedule {id.Section.ScheduleId} does not exist.");
        }

        var entry = new RequestEntryDocument(command.AcceptedAt.ToUnixTimeMilliseconds(), id.ToString());
        var list = new PartitionRef(DocumentContainer.Wallets, command.UserId);
        await loop.RunAsync(
            list,
            rules.Value.MaxCommitAttempts,
            _ => Task.FromResult(new Attempt<bool>([new DocumentOperation.Upsert(entry.Id, DocumentJson.Write(entry))], true)),
            cancellationToken);
        var decision = await writer.RunAsync(
            id,
            token => loader.ForReserveAsync(id, command.UserId, command.Seats ?? [], time.GetUtcNow(), token),
            state => ReserveDecision.Decide(state, id, command, schedule, time.GetUtcNow(), rules.Value, minter.RefusalLifetime),
            cancellationToken);

        if (decision.Expired is { Count: > 0 } expired)
        {
            Telemetry.HoldsExpired.Add(expired.Count, new KeyValuePair<string, object?>("by", "take-over"));
        }

        if (decision.Reservation is { Status: ReservationStatus.Rejected } rejected)
        {
            await writer.ReleaseGateAsync(id.Section, rejected, cancellationToken);
            return HandlerOutcome.Decided(rejected.Status, rejected.Reason);
        }

        return HandlerOutcome.Decided(decision.Reservation!.Status);
    }
}
