using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
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
    private static readonly TimeSpan DelayAfterThrow = TimeSpan.FromSeconds(1);

    /// <summary>Timers take no more than some weeks.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>The time a cancelled handler has to end; one that ignores the cancellation is left behind.</summary>
    private static readonly TimeSpan AfterCancel = TimeSpan.FromSeconds(5);

    private readonly EmbeddedQueue _queue;
    private readonly ICommandProcessor _processor;
    private readonly TimeProvider _time;
    private readonly int _maxRunning;
    private readonly TimeSpan _lockDuration;
    private readonly TimeSpan _drainTimeout;
    private readonly ILogger<QueuePump> _logger;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _stopReceiving = new();
    private readonly CancellationTokenSource _stopHandling = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset _wakesAt = DateTimeOffset.MaxValue;
    private bool _isReceiving;
    private int _running;
    private Task _burying = Task.CompletedTask;

    /// <summary>Does nothing before <see cref="StartAsync"/>.</summary>
    public QueuePump(EmbeddedQueue queue, ICommandProcessor processor, TimeProvider time, EmbeddedOptions options, ILogger<QueuePump> logger)
    {
        (_queue, _processor, _time, _logger) = (queue, processor, time, logger);
        (_maxRunning, _lockDuration, _drainTimeout) = (options.MaxConcurrentSessions, options.LockDuration, options.DrainTimeout);
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _isReceiving = true;
        _queue.Arrived = Receive;
        Receive();
        var deadLetters = new DeadLetterReceiver(_queue, _processor, _time, _lockDuration, _logger);
        _burying = Task.Run(() => deadLetters.RunAsync(_stopReceiving.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Arrived = null;
        lock (_gate)
        {
            _isReceiving = false;
            if (_running == 0)
            {
                _drained.TrySetResult();
            }
        }

        await _stopReceiving.CancelAsync();
        await _burying;
        await _drained.Task.WaitQuietlyAsync(_drainTimeout, _time, cancellationToken);
        if (!_drained.Task.IsCompleted)
        {
            _logger.LogWarning(
                "Handlers still ran {Timeout} after the stop began; they are cancelled and their commands delivered again.", _drainTimeout);
            await _stopHandling.CancelAsync();
            await _drained.Task.WaitQuietlyAsync(AfterCancel, _time, cancellationToken);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _timer.Dispose();
        _stopReceiving.Dispose();
        _stopHandling.Dispose();
    }

    /// <summary>Gives what can be delivered to handlers, as long as there may be more of them.</summary>
    private void Receive()
    {
        lock (_gate)
        {
            while (_isReceiving && _running < _maxRunning)
            {
                if (_queue.TryReceive() is not { } delivery)
                {
                    WakeInTime();
                    return;
                }

                _running++;
                ThreadPool.UnsafeQueueUserWorkItem(static start => _ = start.Pump.HandleAsync(start.Delivery), (Pump: this, Delivery: delivery), preferLocal: false);
            }
        }
    }

    /// <summary>Handles a delivery, and then whatever can be delivered next, without going to sleep in between.</summary>
    private async Task HandleAsync(QueueDelivery first)
    {
        for (var delivery = first; delivery is not null; delivery = Next())
        {
            await HandleOneAsync(delivery);
            Measure();
        }
    }

    /// <summary>The next delivery for a handler that is done; null when it is to end.</summary>
    private QueueDelivery? Next()
    {
        lock (_gate)
        {
            if (_isReceiving && _queue.TryReceive() is { } delivery)
            {
                return delivery;
            }

            _running--;
            if (_isReceiving)
            {
                WakeInTime();
            }
            else if (_running == 0)
            {
                _drained.TrySetResult();
            }

            return null;
        }
    }

    /// <summary>For what rests, is locked or cannot be delivered now; a send wakes by itself.</summary>
    private void WakeInTime()
    {
        var now = _time.GetUtcNow();
        if ((_queue.IsHeldUp ? now + FaultPoll : _queue.NextTurn()) is { } at && at < _wakesAt)
        {
            _wakesAt = at;
            var wait = at - now;
            _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestWait ? LongestWait : wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            _wakesAt = DateTimeOffset.MaxValue;
        }

        Receive();
    }

    private async Task HandleOneAsync(QueueDelivery delivery)
    {
        using var activity = CommandActivity.Start("process command", delivery.Message, delivery.DeliveryCount);
        var result = await ProcessAsync(delivery);
        var isSettled = _queue.Settle(delivery, result);
        if (result is ProcessResult.Retry or ProcessResult.Poison)
        {
            activity?.SetStatus(ActivityStatusCode.Error, result.ToString());
            _logger.LogWarning("Command {MessageId}, delivery {Delivery}: {Result}", delivery.Message.MessageId, delivery.DeliveryCount, result);
        }

        if (!isSettled)
        {
            _logger.LogWarning(
                "Command {MessageId}, delivery {Delivery}, took longer than its lock: it is delivered again.",
                delivery.Message.MessageId, delivery.DeliveryCount);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A processor that breaks its word and throws must not take the pump along.")]
    private async Task<ProcessResult> ProcessAsync(QueueDelivery delivery)
    {
        using var timeLimit = new CancellationTokenSource(_lockDuration, _time);
        await using var stop = _stopHandling.Token.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), timeLimit);
        try
        {
            return await _processor.ProcessAsync(delivery.Message, delivery.DeliveryCount, timeLimit.Token);
        }
        catch (OperationCanceledException) when (timeLimit.IsCancellationRequested)
        {
            return new ProcessResult.Retry(TimeSpan.Zero, _stopHandling.IsCancellationRequested ? "The pump is stopping." : "The lock expired.");
        }
        catch (Exception e)
        {
            _logger.LogError(e, "Command {MessageId} was not handled.", delivery.Message.MessageId);
            return new ProcessResult.Retry(DelayAfterThrow, e.Message);
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
}

/// <summary>The span of one delivery, a child of the call that sent the command.</summary>
internal static class CommandActivity
{
    private static readonly ActivitySource Source = new("Concert.Booking");

    public static Activity? Start(string name, CommandMessage message, int deliveryCount)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        _ = ActivityContext.TryParse(message.TraceParent, traceState: null, isRemote: true, out var parent);
        var activity = Source.StartActivity(name, ActivityKind.Consumer, parent);
        activity?.SetTag("messaging.system", "embedded");
        activity?.SetTag("messaging.message.id", message.MessageId);
        activity?.SetTag("messaging.session.id", message.SessionId);
        activity?.SetTag("messaging.delivery_count", deliveryCount);
        return activity;
    }
}

internal static class QuietWait
{
    /// <summary>Returns when the task has ended, the time is over or the token is cancelled, and throws for none of them.</summary>
    public static async Task WaitQuietlyAsync(this Task task, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken) =>
        await task.WaitAsync(timeout, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
