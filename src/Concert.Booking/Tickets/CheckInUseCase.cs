using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Reservations;

namespace Concert.Booking.Tickets;

/// <summary>Lets people in. An interface because the API's tests speak for the domain.</summary>
public interface ICheckInUseCase
{
    /// <summary>
    /// Uses a ticket, once. Refusals: not-yours (404) for a forged or unknown code, not-valid for what is cancelled or for another schedule, already-used
    /// with the time, idempotency-mismatch.
    /// </summary>
    Task<Result<CheckInView>> CheckInAsync(CheckInRequest request, string? idempotencyKey, CancellationToken cancellationToken);
}

/// <summary>Checks people in at once, in the request: staff stand at the door and wait for it.</summary>
public sealed class CheckInUseCase(
    TicketSigner signer, SectionWriter writer, CatalogReader catalog, IdempotencyClaims claims, IdGenerator ids, TimeProvider time) : ICheckInUseCase
{
    private const string Operation = "check-in";

    private static readonly Refusal Unknown = Refusal.NotYours("ticket");

    /// <summary>Somebody stands at the door.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<Result<CheckInView>> CheckInAsync(CheckInRequest request, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var keyed = KeyedCall.OfStaff(Operation, idempotencyKey, request.Code ?? "", request.ConcertScheduleId ?? "");
        var known = await claims.FindAsync(keyed, cancellationToken);
        if (known.IsRefused(out var refusal))
        {
            return refusal;
        }

        if (!signer.TryRead(request.Code, out var id) || await catalog.FindScheduleAsync(id.Section.ScheduleId, cancellationToken) is not { } schedule)
        {
            return Unknown;
        }

        if (request.ConcertScheduleId is { } here && here != id.Section.ScheduleId)
        {
            return new Refusal(RefusalCode.NotValid, "The ticket is for another schedule.");
        }

        var by = known.Value?.Resource ?? ids.NewReference();
        if (keyed is not null && known.Value is null)
        {
            var claimed = await claims.TakeAsync(keyed, by, time.GetUtcNow(), cancellationToken);
            if (claimed.IsRefused(out refusal))
            {
                return refusal;
            }

            by = claimed.Value.Resource;
        }

        var decision = await writer.ChangeAsync(
            id, (state, now) => CheckInDecision.Decide(state, id.Code, by, now, schedule.CalledOff is not null), cancellationToken, patience: Patience);
        return decision switch
        {
            { Refused: RefusalCode.AlreadyUsed, Reservation.Used: { } use } => AlreadyUsed(use, schedule),
            { Refused: RefusalCode.NotValid } => TicketAnswers.NotValid(decision.Reservation, schedule),
            { Refused: null, Reservation: { } used } => await ViewAsync(decision.State!.Section, used, schedule, cancellationToken),
            _ => Unknown,
        };
    }

    /// <summary>In the venue's own time, which is what its staff have on the wall.</summary>
    private static Refusal AlreadyUsed(TicketUse use, ScheduleDocument schedule)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(use.At).ToOffset(schedule.OpenAt.Offset);
        return new Refusal(RefusalCode.AlreadyUsed, $"The ticket was used at {at:yyyy-MM-ddTHH:mm:sszzz}.") { At = at };
    }

    private async Task<Result<CheckInView>> ViewAsync(
        SectionRef section, ReservationDocument used, ScheduleDocument schedule, CancellationToken cancellationToken)
    {
        var concert = await catalog.FindConcertAsync(section.ConcertId, cancellationToken);
        var view = ReservationViews.View(section, used, schedule);
        return new CheckInView(
            view.Id, view.ConcertScheduleId, concert?.Name, view.Seats, TicketAnswers.InventoryName(section, schedule), view.Quantity, view.UsedAt!.Value);
    }
}
