using Concert.Booking.Timers;
using Microsoft.Azure.Functions.Worker;

namespace ConcertFunctions.Functions;

/// <summary>
/// The timers. One instance of the app runs each at a time (the host's singleton lock); each only sends commands or moves the waiting rooms.
/// Their schedules are flat settings: nested ones (<c>Timers:AdmitWaiting</c>) are reported not to fire on Flex Consumption (azure-functions-host, issue 8649).
/// </summary>
public sealed class TimerFunctions(ITimerUseCases timers)
{
    [Function(nameof(ReleaseExpiredHolds))]
    public Task ReleaseExpiredHolds([TimerTrigger("%ReleaseExpiredHoldsSchedule%")] TimerInfo timer, CancellationToken cancellationToken) =>
        timers.ReleaseExpiredHoldsAsync(cancellationToken);

    [Function(nameof(AdmitWaiting))]
    public Task AdmitWaiting([TimerTrigger("%AdmitWaitingSchedule%")] TimerInfo timer, CancellationToken cancellationToken) =>
        timers.AdmitWaitingAsync(cancellationToken);

    [Function(nameof(RepairPayments))]
    public Task RepairPayments([TimerTrigger("%RepairPaymentsSchedule%")] TimerInfo timer, CancellationToken cancellationToken) =>
        timers.RepairPaymentsAsync(cancellationToken);

    [Function(nameof(DeliverWebhooks))]
    public Task DeliverWebhooks([TimerTrigger("%DeliverWebhooksSchedule%")] TimerInfo timer, CancellationToken cancellationToken) =>
        timers.DeliverWebhooksAsync(cancellationToken);
}
