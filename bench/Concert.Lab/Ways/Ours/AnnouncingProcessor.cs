using Concert.Booking.Commands.Handling;
using Concert.Booking.Ports;

namespace Concert.Lab.Ways.Ours;

/// <summary>Says when a reservation's command has its outcome, which the API would have to look for.</summary>
internal sealed class AnnouncingProcessor(CommandProcessor inner, Action<string> decided) : ICommandProcessor
{
    public async Task<ProcessResult> ProcessAsync(CommandMessage message, int deliveryCount, CancellationToken cancellationToken)
    {
        var result = await inner.ProcessAsync(message, deliveryCount, cancellationToken);
        if (result is ProcessResult.Done)
        {
            decided(message.MessageId[(message.MessageId.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        }

        return result;
    }

    public Task<ProcessResult> DeadLetterAsync(CommandMessage message, string reason, CancellationToken cancellationToken) =>
        inner.DeadLetterAsync(message, reason, cancellationToken);
}
