using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Concert.Booking.Ports;
using Microsoft.Extensions.Logging;

namespace Concert.Embedded.Messaging;

/// <summary>Runs the processor on one delivery and settles it by the answer.</summary>
internal sealed class DeliveryHandler(EmbeddedQueue queue, ICommandProcessor processor, TimeProvider time, TimeSpan lockDuration, ILogger logger)
{
    private static readonly TimeSpan DelayAfterThrow = TimeSpan.FromSeconds(1);

    public async Task HandleAsync(QueueDelivery delivery, CancellationToken stopping)
    {
        using var activity = CommandActivity.Start("process command", delivery.Message, delivery.DeliveryCount);
        var result = await ProcessAsync(delivery, stopping);
        var isSettled = result switch
        {
            ProcessResult.Done => queue.Complete(delivery),
            ProcessResult.Retry retry => queue.Abandon(delivery, retry.After),
            ProcessResult.Poison poison => queue.MoveToDeadLetters(delivery, poison.Reason),
            _ => throw new UnreachableException(),
        };

        if (result is ProcessResult.Retry or ProcessResult.Poison)
        {
            activity?.SetStatus(ActivityStatusCode.Error, result.ToString());
            logger.LogWarning("Command {MessageId}, delivery {Delivery}: {Result}", delivery.Message.MessageId, delivery.DeliveryCount, result);
        }

        if (!isSettled)
        {
            logger.LogWarning(
                "Command {MessageId}, delivery {Delivery}, took longer than its lock: it is delivered again.",
                delivery.Message.MessageId, delivery.DeliveryCount);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A processor that breaks its word and throws must not take the pump along.")]
    private async Task<ProcessResult> ProcessAsync(QueueDelivery delivery, CancellationToken stopping)
    {
        using var lockEnd = new CancellationTokenSource(lockDuration, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, lockEnd.Token);
        try
        {
            return await processor.ProcessAsync(delivery.Message, delivery.DeliveryCount, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return new ProcessResult.Retry(TimeSpan.Zero, stopping.IsCancellationRequested ? "The pump stops." : "The lock ended.");
        }
        catch (Exception e)
        {
            logger.LogError(e, "Command {MessageId} was not handled.", delivery.Message.MessageId);
            return new ProcessResult.Retry(DelayAfterThrow, e.Message);
        }
    }
}
