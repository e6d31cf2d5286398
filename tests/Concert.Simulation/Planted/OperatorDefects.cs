using Concert.Booking.Calls;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Operations;
using Concert.Booking.Paging;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Storage;

namespace Concert.Simulation.Planted;

/// <summary>Gives a refused reserve another chance: takes the refusal away and asks for the same places once more.</summary>
internal sealed class RefusalTakenBack(IDeadLetterDesk inner, IDocumentStore store, ICommandSender sender) : IDeadLetterDesk
{
    public Task<Result<Paged<DeadLetterView>>> ListAsync(string scheduleId, string? continuation, int limit, CancellationToken cancellationToken) =>
        inner.ListAsync(scheduleId, continuation, limit, cancellationToken);

    public async Task<Result<DeadLetterView>> SendAgainAsync(string scheduleId, string id, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var answer = await inner.SendAgainAsync(scheduleId, id, idempotencyKey, cancellationToken);
        if (answer.Refusal is not { Code: RefusalCode.NotValid } || id.Split('.') is not [var section, var hash])
        {
            return answer;
        }

        var partition = new SectionRef(scheduleId, section).Partition;
        if (await store.ReadAsync(partition, DeadLetterDocument.Prefix + hash, cancellationToken) is { } letter
            && DocumentJson.Read<DeadLetterDocument>(letter) is { Command: "reserve", ReservationId: { } about } && ReservationId.TryParse(about, out var reservation)
            && await store.ReadAsync(partition, reservation.DocumentId, cancellationToken) is { } stored
            && DocumentJson.Read<ReservationDocument>(stored) is { Status: ReservationStatus.Rejected, Moved: null } refused)
        {
            await store.CommitAsync(partition, [new DocumentOperation.Delete(stored.Id, stored.ETag)], cancellationToken);
            var again = new ReserveCommand(
                about, DateTimeOffset.FromUnixTimeMilliseconds(refused.CreatedAt), refused.UserId, refused.Seats?.Select(s => s.Number).ToList(), refused.Quantity);
            await sender.SendAsync([new CommandMessage($"again:{hash}", reservation.SessionId, CommandJson.Write(again))], cancellationToken);
        }

        return answer;
    }

    public Task<Result<DeadLetterView>> RefuseAsync(string scheduleId, string id, string? idempotencyKey, CancellationToken cancellationToken) =>
        inner.RefuseAsync(scheduleId, id, idempotencyKey, cancellationToken);
}
