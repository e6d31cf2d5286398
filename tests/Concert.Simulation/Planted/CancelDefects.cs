using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.States;

namespace Concert.Simulation.Planted;

/// <summary>Begins the cancellation of a part with the price of the whole as its refund.</summary>
internal sealed class GenerousParts(ICommandProcessor inner, SectionWriter writer) : ICommandProcessor
{
    public async Task<ProcessResult> ProcessAsync(CommandMessage message, int deliveryCount, CancellationToken cancellationToken)
    {
        try
        {
            if (CommandJson.TryRead(message.Body) is CancelCommand cancel && (cancel.Seats is not null || cancel.Quantity is not null) && ReservationId.TryParse(cancel.ReservationId, out var id))
            {
                await writer.ChangeAsync(id, (state, now) => Begin(state, id.Code, cancel, now), cancellationToken);
            }
        }
        catch (StoreUnavailableException e)
        {
            return new ProcessResult.Retry(TimeSpan.FromSeconds(1), e.Message);
        }

        return await inner.ProcessAsync(message, deliveryCount, cancellationToken);
    }

    public Task<ProcessResult> DeadLetterAsync(CommandMessage message, string reason, CancellationToken cancellationToken) =>
        inner.DeadLetterAsync(message, reason, cancellationToken);

    private static Decision Begin(SectionState state, string code, CancelCommand cancel, DateTimeOffset now)
    {
        if (state.Reservation(code) is not { Status: ReservationStatus.Confirmed, IsCancelling: false } paid || CancelDecisions.RecordOf(paid, cancel.Request) is not null
            || CancelDecisions.PartOf(paid, cancel.Seats, cancel.Quantity) is not { } part || part.Amount == paid.Total)
        {
            return Decision.Unchanged(null);
        }

        var changes = new SectionChanges(state);
        var record = new CancellationRecord(
            now.ToUnixTimeMilliseconds(), cancel.UserId, cancel.Why, cancel.Request, part.Seats, part.Quantity, part.Amount, paid.Total, Done: false);
        changes.Put(paid with { Cancellations = [.. paid.Cancellations ?? [], record], Due = now.ToUnixTimeMilliseconds() });
        return new Decision(changes, paid);
    }
}
