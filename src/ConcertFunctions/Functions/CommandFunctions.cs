using Azure.Messaging.ServiceBus;
using Concert.Azure.ServiceBus;
using Concert.Booking.Ports;
using Microsoft.Azure.Functions.Worker;

namespace ConcertFunctions.Functions;

/// <summary>
/// Takes commands off the queue, one a call: the messages of one session come one after the other. The host completes a message when its function returns and
/// gives it back when it throws.
/// </summary>
public sealed class CommandFunctions(ICommandProcessor processor, TimeProvider time)
{
    [Function(nameof(ProcessSeatCommands))]
    public async Task ProcessSeatCommands(
        [ServiceBusTrigger(QueueNames.SeatCommands, Connection = QueueNames.Connection, IsSessionsEnabled = true)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken)
    {
        switch (await processor.ProcessAsync(Map(message), message.DeliveryCount, cancellationToken))
        {
            case ProcessResult.Poison poison:
                await actions.DeadLetterMessageAsync(
                    message, deadLetterReason: poison.Reason, deadLetterErrorDescription: poison.Detail, cancellationToken: cancellationToken);
                break;
            case ProcessResult.Retry retry:
                // Service Bus has no delay for a message that is given back: waiting here keeps a passing fault from using up the deliveries.
                await Task.Delay(retry.After, time, cancellationToken);
                throw new RedeliverException(retry.Detail);
        }
    }

    [Function(nameof(OnDeadLetter))]
    public async Task OnDeadLetter(
        [ServiceBusTrigger(QueueNames.SeatCommandsDeadLetters, Connection = QueueNames.Connection)] ServiceBusReceivedMessage message,
        CancellationToken cancellationToken)
    {
        if (await processor.DeadLetterAsync(Map(message), message.DeadLetterReason ?? "unknown", cancellationToken) is ProcessResult.Retry retry)
        {
            await Task.Delay(retry.After, time, cancellationToken);
            throw new RedeliverException(retry.Detail);
        }
    }

    private static CommandMessage Map(ServiceBusReceivedMessage message) => new(
        message.MessageId,
        message.SessionId ?? "",
        message.Body.ToMemory(),
        message.ApplicationProperties.TryGetValue("traceparent", out var traceParent) ? traceParent as string : null);
}

/// <summary>Thrown so that the host gives the message back to the queue.</summary>
public sealed class RedeliverException(string message) : Exception(message);
