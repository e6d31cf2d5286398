using Concert.Booking.Ports;
using Concert.Booking.Timers;
using ConcertFunctions.Local.Settings;
using Microsoft.Extensions.Options;

namespace ConcertFunctions.Local.Hosting;

/// <summary>The timers that Azure has as functions. A run that takes longer than the interval delays the next one; it never overlaps itself.</summary>
internal sealed partial class TimerService(
    ITimerUseCases timers, TimeProvider time, IOptions<TimersOptions> options, ILogger<TimerService> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        RunAsync("ReleaseExpiredHolds", options.Value.ReleaseExpiredHoldsSchedule, timers.ReleaseExpiredHoldsAsync, stoppingToken),
        RunAsync("AdmitWaiting", options.Value.AdmitWaitingSchedule, timers.AdmitWaitingAsync, stoppingToken),
        RunAsync("RepairPayments", options.Value.RepairPaymentsSchedule, timers.RepairPaymentsAsync, stoppingToken),
        RunAsync("DeliverWebhooks", options.Value.DeliverWebhooksSchedule, timers.DeliverWebhooksAsync, stoppingToken));

    private async Task RunAsync(string name, string interval, Func<CancellationToken, Task<int>> run, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TimersOptions.Parse(interval)!.Value, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                await OnceAsync(name, run, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async Task OnceAsync(string name, Func<CancellationToken, Task<int>> run, CancellationToken stopping)
    {
        try
        {
            await run(stopping);
        }
        catch (StoreUnavailableException away)
        {
            Away(log, away, name);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            // A timer that stopped for good because of one bad run would leave holds unreleased for ever.
            Failed(log, fault, name);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Timer {Timer} found a dependency unavailable; the next run tries again")]
    private static partial void Away(ILogger logger, Exception exception, string timer);

    [LoggerMessage(2, LogLevel.Error, "Timer {Timer} failed; the next run tries again")]
    private static partial void Failed(ILogger logger, Exception exception, string timer);
}
