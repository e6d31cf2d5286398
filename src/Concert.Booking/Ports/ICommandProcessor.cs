namespace Concert.Booking.Ports;

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
