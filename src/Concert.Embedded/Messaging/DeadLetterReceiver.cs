using System.Diagnostics.CodeAnalysis;
using Concert.Booking.Ports;
using Microsoft.Extensions.Logging;

namespace Concert.Embedded.Messaging;

/// <summary>Gives every dead letter its outcome through the processor, again and again with growing pauses until that is done.</summary>
internal sealed class DeadLetterReceiver(EmbeddedQueue queue, ICommandProcessor processor, TimeProvider time, TimeSpan timeout, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    public async Task RunAsync(CancellationToken stopping)
    {
        var pause = FirstPause;
        while (!stopping.IsCancellationRequested)
        {
            _ = queue.Died.TryRead(out _);
            var remaining = 0;
            foreach (var deadLetter in queue.DeadLetters())
            {
                remaining += stopping.IsCancellationRequested || !await HandleAsync(deadLetter, stopping) ? 1 : 0;
            }

            pause = remaining == 0 ? FirstPause : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            await queue.Died.WaitToReadAsync(stopping).AsTask().WaitQuietlyAsync(remaining == 0 ? Timeout.InfiniteTimeSpan : pause / 2, time, stopping);
        }
    }

    private async Task<bool> HandleAsync(DeadLetter deadLetter, CancellationToken stopping)
    {
        using var activity = CommandActivity.Start("dead-letter command", deadLetter.Message, 1);
        var result = await ProcessAsync(deadLetter, stopping);
        if (result is ProcessResult.Done)
        {
            queue.RemoveDeadLetter(deadLetter);
            return true;
        }

        logger.LogWarning("The dead-lettered command {MessageId} has no outcome yet: {Result}", deadLetter.Message.MessageId, result);
        return false;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A processor that breaks its word and throws must not take the pump along.")]
    private async Task<ProcessResult> ProcessAsync(DeadLetter deadLetter, CancellationToken stopping)
    {
        using var timeLimit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, timeLimit.Token);
        try
        {
            return await processor.DeadLetterAsync(deadLetter.Message, deadLetter.Reason, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return new ProcessResult.Retry(FirstPause, "Cancelled.");
        }
        catch (Exception e)
        {
            logger.LogError(e, "The dead-lettered command {MessageId} was not handled.", deadLetter.Message.MessageId);
            return new ProcessResult.Retry(FirstPause, e.Message);
        }
    }
}
