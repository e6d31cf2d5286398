namespace Concert.Booking.Ports;

/// <summary>
/// One command on its way through the queue.
/// </summary>
/// <param name="MessageId">The same id within the duplicate-detection window is stored once. At most 128 characters (Service Bus).</param>
/// <param name="SessionId">Messages of one session are handed over one at a time and in order. At most 128 characters.</param>
/// <param name="Body">UTF-8 JSON of a command.</param>
/// <param name="TraceParent">W3C traceparent of the call that sent it.</param>
public sealed record CommandMessage(string MessageId, string SessionId, ReadOnlyMemory<byte> Body, string? TraceParent = null);

/// <summary>Sends commands. When it returns <see cref="SendResult.Accepted"/>, every message is stored durably.</summary>
public interface ICommandSender
{
    /// <summary>Sends 1 to 1,000 messages. Not atomic across messages: what it could not send is for the caller to send again, under the same ids.</summary>
    Task<SendResult> SendAsync(IReadOnlyList<CommandMessage> messages, CancellationToken cancellationToken);

    /// <summary>Throws <see cref="StoreUnavailableException"/> when commands cannot be sent now; for readiness.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}

/// <summary>The outcome of a send.</summary>
public abstract record SendResult
{
    private SendResult()
    {
    }

    public sealed record Accepted : SendResult;

    /// <summary>The queue took too long, is full or is away. A message may have been stored all the same: a repeat under the same id is harmless.</summary>
    public sealed record Unavailable(TimeSpan RetryAfter, string Detail) : SendResult;
}

/// <summary>The outcome of one delivery.</summary>
public abstract record ProcessResult
{
    private ProcessResult()
    {
    }

    /// <summary>The command has its outcome: complete the message.</summary>
    public sealed record Done : ProcessResult;

    /// <summary>A fault that may pass: leave the message for redelivery, not before <see cref="After"/>.</summary>
    public sealed record Retry(TimeSpan After, string Detail) : ProcessResult;

    /// <summary>It can never be processed: dead-letter it at once.</summary>
    public sealed record Poison(string Reason, string Detail) : ProcessResult;
}

/// <summary>Takes commands off the queue. Safe to run twice for one message, one after the other or at the same time.</summary>
public interface ICommandProcessor
{
    /// <summary>Handles one delivery. Throws only <see cref="OperationCanceledException"/>.</summary>
    /// <param name="message">As it was sent.</param>
    /// <param name="deliveryCount">1 on the first delivery.</param>
    /// <param name="cancellationToken">Cancelled at shutdown: the message is redelivered.</param>
    Task<ProcessResult> ProcessAsync(CommandMessage message, int deliveryCount, CancellationToken cancellationToken);

    /// <summary>Gives a dead-lettered command its final, honest outcome (a refusal on its reservation or payment).</summary>
    Task<ProcessResult> DeadLetterAsync(CommandMessage message, string reason, CancellationToken cancellationToken);
}
