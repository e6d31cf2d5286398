using Azure.Messaging.ServiceBus;
using Concert.Booking.Ports;
using Microsoft.Extensions.Logging;

namespace Concert.Azure.ServiceBus;

/// <summary>
/// Sends commands to the session queue. The client retries by its own policy; what is left is an honest "not now": the caller answers 503, and a repeat
/// under the same message id is dropped by the queue's duplicate detection.
/// </summary>
public sealed partial class ServiceBusCommandSender(
    ServiceBusSender sender, ServiceBusClient client, TimeProvider time, ILogger<ServiceBusCommandSender> log) : ICommandSender
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryAfterFull = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    /// <summary>So long a failed send speaks against readiness, when no later one succeeded: a link opens on a queue that is full, too.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private volatile Failure? _lastFailure;
    private Task _asking = Task.CompletedTask;

    public async Task<SendResult> SendAsync(IReadOnlyList<CommandMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentOutOfRangeException.ThrowIfZero(messages.Count, nameof(messages));
        cancellationToken.ThrowIfCancellationRequested();
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

            _lastFailure = null;
            return new SendResult.Accepted();
        }
        catch (Exception e) when (IsOfTheBroker(e, cancellationToken))
        {
            var reason = Reason(e);
            LogNotSent(log, e, reason);
            _lastFailure = new Failure(reason, time.GetUtcNow());
            return new SendResult.Unavailable(e is ServiceBusException { Reason: ServiceBusFailureReason.QuotaExceeded } ? RetryAfterFull : RetryAfter, reason);
        }
    }

    /// <summary>
    /// Asks the broker: a link of its own is opened, which takes an answer to the connection, to the identity's claim and to the queue's name, and needs no
    /// more than the right to send. A link that is open already answers nothing: it says for minutes that a broker is there which is not.
    /// </summary>
    public Task CheckAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_lastFailure is { } failure && time.GetUtcNow() - failure.At < Remembered)
        {
            return Task.FromException(new StoreUnavailableException($"The last command could not be sent: {failure.Reason}."));
        }

        // One at a time, however many poll.
        lock (_lock)
        {
            _asking = _asking.IsCompleted ? AskAsync() : _asking;
            return _asking.WaitAsync(cancellationToken);
        }
    }

    private async Task AskAsync()
    {
        using var timeout = new CancellationTokenSource(AskTimeout, time);
        try
        {
            await using var link = client.CreateSender(sender.EntityPath);
            using var batch = await link.CreateMessageBatchAsync(timeout.Token).AsTask().WaitAsync(timeout.Token);
        }
        catch (Exception e) when (IsOfTheBroker(e, CancellationToken.None))
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
                throw new ArgumentException($"Message {messages[next].MessageId} is larger than the queue allows.", nameof(messages));
            }

            await sender.SendMessagesAsync(batch, cancellationToken);
        }
    }

    /// <summary>
    /// Everything but what the caller did: gave up, or sent what can never be sent. Client and transport leak exceptions of many types (sockets, cancellations
    /// of their own, "the connection is closing"), which all mean that the broker did not take it.
    /// </summary>
    private static bool IsOfTheBroker(Exception e, CancellationToken cancellationToken) => e switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        ArgumentException or ServiceBusException { Reason: ServiceBusFailureReason.MessageSizeExceeded } => false,
        _ => true,
    };

    private static string Reason(Exception e) => e is ServiceBusException fault ? fault.Reason.ToString() : e.GetType().Name;

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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Service Bus did not take a command: {Reason}")]
    private static partial void LogNotSent(ILogger log, Exception fault, string reason);

    private sealed record Failure(string Reason, DateTimeOffset At);
}
