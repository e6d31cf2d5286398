using Azure.Messaging.ServiceBus;
using Concert.Booking.Messaging;
using Concert.Booking.Storage;

namespace ConcertFunctions.Azure;

/// <summary>
/// Sends commands to the session queue. The client retries by its own policy; what is left is an honest "not now": the caller answers 503, and a repeat
/// under the same message id is dropped by the queue's duplicate detection.
/// </summary>
internal sealed class ServiceBusCommandSender(ServiceBusSender sender, ServiceBusClient client) : ICommandSender
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryAfterFull = TimeSpan.FromSeconds(10);

    public async Task<SendResult> SendAsync(IReadOnlyList<CommandMessage> messages, CancellationToken cancellationToken)
    {
        try
        {
            if (messages.Count == 1)
            {
                await sender.SendMessageAsync(Map(messages[0]), cancellationToken);
            }
            else
            {
                await SendBatchesAsync(messages, cancellationToken);
            }

            return new SendResult.Accepted();
        }
        catch (ServiceBusException e)
        {
            return new SendResult.Unavailable(e.Reason == ServiceBusFailureReason.QuotaExceeded ? RetryAfterFull : RetryAfter, e.Reason.ToString());
        }
        catch (Exception e) when (e is TimeoutException or UnauthorizedAccessException or global::Azure.RequestFailedException
            or global::Azure.Identity.AuthenticationFailedException)
        {
            return new SendResult.Unavailable(RetryAfter, e.GetType().Name);
        }
    }

    /// <summary>The link opens with the first batch that is asked for; nothing is sent.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var batch = await sender.CreateMessageBatchAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new StoreUnavailableException(client.IsClosed ? "The Service Bus client is closed." : "Service Bus does not answer.", e);
        }
    }

    private async Task SendBatchesAsync(IReadOnlyList<CommandMessage> messages, CancellationToken cancellationToken)
    {
        var next = 0;
        while (next < messages.Count)
        {
            using var batch = await sender.CreateMessageBatchAsync(cancellationToken);
            var first = next;
            while (next < messages.Count && batch.TryAddMessage(Map(messages[next])))
            {
                next++;
            }

            if (next == first)
            {
                throw new InvalidOperationException($"Message {messages[next].MessageId} is larger than the queue allows.");
            }

            await sender.SendMessagesAsync(batch, cancellationToken);
        }
    }

    private static ServiceBusMessage Map(CommandMessage message)
    {
        var mapped = new ServiceBusMessage(message.Body)
        {
            MessageId = message.MessageId,
            SessionId = message.SessionId,
            ContentType = "application/json",
        };
        if (message.TraceParent is { } traceParent)
        {
            mapped.ApplicationProperties["traceparent"] = traceParent;
        }

        return mapped;
    }
}
