using Concert.Booking.Calls;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Storage;
using Concert.Booking.Tickets;

namespace Concert.Simulation.Planted;

/// <summary>A check-in is written whatever has become of the reservation since it was read.</summary>
internal sealed class UsedWithoutETag(IDocumentStore inner) : StoreDefect(inner)
{
    protected override IReadOnlyList<DocumentOperation> Written(IReadOnlyList<DocumentOperation> operations) =>
        operations is [DocumentOperation.Replace replace] && replace.Id.StartsWith(ReservationDocument.Prefix, StringComparison.Ordinal)
            && DocumentJson.Read<ReservationDocument>(new StoredDocument(replace.Id, replace.Json, "")).Used is not null
            ? [new DocumentOperation.Upsert(replace.Id, replace.Json)]
            : operations;
}

/// <summary>A genuine code lets in once, also when its reservation has been cancelled or is just being so.</summary>
internal sealed class CancelledAdmitted(ICheckInUseCase inner, TicketSigner signer, SectionWriter writer) : ICheckInUseCase
{
    public async Task<Result<CheckInView>> CheckInAsync(CheckInRequest request, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var answer = await inner.CheckInAsync(request, idempotencyKey, cancellationToken);
        if (answer.Refusal?.Code != RefusalCode.NotValid || !signer.TryRead(request.Code, out var id))
        {
            return answer;
        }

        var by = idempotencyKey ?? "door";
        var decision = await writer.ChangeAsync(id, (state, now) => Use(state, id, by, now), cancellationToken);
        return decision.Reservation!.Used is { } use && use.By == by
            ? new CheckInView(id.ToString(), id.Section.ScheduleId, null, [], null, null, DateTimeOffset.FromUnixTimeMilliseconds(use.At))
            : answer;
    }

    private static Decision Use(SectionState state, ReservationId id, string by, DateTimeOffset now)
    {
        if (state.Reservation(id.Code) is not { Used: null } unused)
        {
            return Decision.Unchanged(state.Reservation(id.Code));
        }

        var changes = new SectionChanges(state);
        var used = unused with { Used = new TicketUse(now.ToUnixTimeMilliseconds(), by) };
        changes.Put(used);
        return new Decision(changes, used);
    }
}
