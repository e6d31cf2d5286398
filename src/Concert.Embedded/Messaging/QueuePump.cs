using Concert.Booking.Ports;
using Concert.Booking.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Concert.Embedded.Messaging;

/// <summary>
/// Hands the commands of the queue to the processor: one at a time and in order within a session, up to
/// <see cref="EmbeddedOptions.MaxConcurrentSessions"/> sessions side by side. A message that waits for redelivery holds up its session and no other.
/// Stopping lets handlers finish for <see cref="EmbeddedOptions.DrainTimeout"/>, then cancels them; their messages are delivered again at the next
/// start.
/// </summary>
public sealed class QueuePump : IHostedService, IDisposable
{
    private static readonly TimeSpan FaultPoll = TimeSpan.FromSeconds(1);

    /// <summary>The time a cancelled handler has to end; one that ignores the cancellation is left behind.</summary>
    private static readonly TimeSpan AfterCancel = TimeSpan.FromSeconds(5);

    private readonly EmbeddedQueue _queue;
    private readonly TimeProvider _time;
    private readonly EmbeddedOptions _options;
    private readonly ILogger<QueuePump> _logger;
    private readonly DeliveryHandler _handler;
    private readonly DeadLetterReceiver _deadLetters;
    private readonly SemaphoreSlim _slots;
    private readonly CancellationTokenSource _stopReceiving = new();
    private readonly CancellationTokenSource _stopHandling = new();
    private Task _receiving = Task.CompletedTask;
    private Task _burying = Task.CompletedTask;

    /// <summary>Does nothing before <see cref="StartAsync"/>.</summary>
    public QueuePump(EmbeddedQueue queue, ICommandProcessor processor, TimeProvider time, EmbeddedOptions options, ILogger<QueuePump> logger)
    {
        (_queue, _time, _options, _logger) = (queue, time, options, logger);
        _handler = new DeliveryHandler(queue, processor, time, options.LockDuration, logger);
        _deadLetters = new DeadLetterReceiver(queue, processor, time, options.LockDuration, logger);
        _slots = new SemaphoreSlim(options.MaxConcurrentSessions, options.MaxConcurrentSessions);
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _receiving = Task.Run(ReceiveAsync, CancellationToken.None);
        _burying = Task.Run(() => _deadLetters.RunAsync(_stopReceiving.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopReceiving.CancelAsync();
        await _receiving;
        await _burying;
        var drained = DrainAsync();
        await drained.WaitQuietlyAsync(_options.DrainTimeout, _time, cancellationToken);
        if (!drained.IsCompleted)
        {
            _logger.LogWarning(
                "Handlers still ran {Timeout} after the stop began; they are cancelled and their commands delivered again.", _options.DrainTimeout);
            await _stopHandling.CancelAsync();
            await drained.WaitQuietlyAsync(AfterCancel, _time, cancellationToken);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stopReceiving.Dispose();
        _stopHandling.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var stopping = _stopReceiving.Token;
        while (!stopping.IsCancellationRequested)
        {
            await _slots.WaitAsync(CancellationToken.None);
            if (await NextAsync(stopping) is { } delivery)
            {
                _ = HandleAsync(delivery);
            }
            else
            {
                _slots.Release();
            }
        }
    }

    /// <summary>Waits for a delivery; null when the pump stops.</summary>
    private async Task<QueueDelivery?> NextAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var arrived = _queue.Arrived.Next;
            if (_queue.TryReceive() is { } delivery)
            {
                return delivery;
            }

            var wait = _queue.IsHeldUp ? FaultPoll : _queue.UntilNextTurn() ?? Timeout.InfiniteTimeSpan;
            await arrived.WaitQuietlyAsync(wait, _time, stopping);
        }

        return null;
    }

    private async Task HandleAsync(QueueDelivery delivery)
    {
        await Task.Yield();
        try
        {
            await _handler.HandleAsync(delivery, _stopHandling.Token);
        }
        finally
        {
            _slots.Release();
            Measure();
        }
    }

    /// <summary>The status is counted under the queue's lock, so only while somebody listens.</summary>
    private void Measure()
    {
        if (BookingTelemetry.QueueDepth.Enabled || BookingTelemetry.QueueOldestAge.Enabled)
        {
            var status = _queue.Status;
            BookingTelemetry.QueueDepth.Record(status.Depth);
            BookingTelemetry.QueueOldestAge.Record(status.OldestAge.TotalSeconds);
        }
    }

    /// <summary>All slots back means no handler runs.</summary>
    private async Task DrainAsync()
    {
        for (var i = 0; i < _options.MaxConcurrentSessions; i++)
        {
            await _slots.WaitAsync(CancellationToken.None);
        }
    }
}
