using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Timers;

namespace Concert.Simulation.Planted;

/// <summary>Asks again for everything overdue in every round, under a new id each time.</summary>
internal sealed class BreedingTimer(ITimerUseCases inner, IDocumentStore store, ICommandSender sender, TimeProvider time) : ITimerUseCases
{
    public Task<int> ReleaseExpiredHoldsAsync(CancellationToken cancellationToken) =>
        SendAsync([ReservationStatus.Held.Name()], (id, now) => new ExpireCommand(id, now), cancellationToken);

    public Task<int> AdmitWaitingAsync(CancellationToken cancellationToken) => inner.AdmitWaitingAsync(cancellationToken);

    public Task<int> RepairPaymentsAsync(CancellationToken cancellationToken) =>
        SendAsync(
            [ReservationStatus.Paying.Name(), ReservationStatus.Confirmed.Name(), ReservationStatus.Expired.Name(), ReservationStatus.Cancelled.Name()],
            (id, now) => new ResumeCommand(id, now),
            cancellationToken);

    public Task<int> DeliverWebhooksAsync(CancellationToken cancellationToken) => inner.DeliverWebhooksAsync(cancellationToken);

    private async Task<int> SendAsync(string[] statuses, Func<string, DateTimeOffset, Command> ask, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var due = await store.QueryDueAsync(DocumentContainer.Bookings, statuses, now, 100, cancellationToken);
        foreach (var located in due)
        {
            var reservation = DocumentJson.Read<ReservationDocument>(located.Document);
            var colon = located.Partition.Key.LastIndexOf(':');
            var id = reservation.IdIn(new SectionRef(located.Partition.Key[..colon], located.Partition.Key[(colon + 1)..]));
            var command = ask(id.ToString(), now);
            await sender.SendAsync(
                [new CommandMessage($"{command.Name}:{id.Code}:{reservation.Revision}:{now.ToUnixTimeMilliseconds()}", id.SessionId, CommandJson.Write(command))],
                cancellationToken);
        }

        return due.Count;
    }
}
