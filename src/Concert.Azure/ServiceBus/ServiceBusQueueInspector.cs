using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using Concert.Booking.Ports;
using Concert.Booking.Storage;
using Microsoft.Extensions.Logging;

namespace Concert.Azure.ServiceBus;

/// <summary>
/// Looks at the queue for staff. How long it is counts as managing it, which an app that does not scale by it has no right to (infra/app/roles.bicep): then it is
/// not known. Dead letters are peeked at, with the right to receive.
/// </summary>
public sealed partial class ServiceBusQueueInspector : IQueueInspector
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    private readonly ServiceBusAdministrationClient _administration;
    private readonly ServiceBusClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger<ServiceBusQueueInspector> _log;
    private readonly Kept<QueueLoad?> _load;
    private volatile bool _isSilent;

    public ServiceBusQueueInspector(
        ServiceBusAdministrationClient administration, ServiceBusClient client, TimeProvider time, ILogger<ServiceBusQueueInspector> log)
    {
        (_administration, _client, _time, _log) = (administration, client, time, log);
        _load = new Kept<QueueLoad?>(time, KeptFor, ReadAsync);
    }

    public Task<QueueLoad?> MeasureAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _load.GetAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<PendingDeadLetter>> PeekDeadLettersAsync(int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var timeout = new CancellationTokenSource(AskTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await using var receiver = _client.CreateReceiver(QueueNames.SeatCommands, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
            var messages = await receiver.PeekMessagesAsync(limit, fromSequenceNumber: null, either.Token).WaitAsync(either.Token);
            return [.. messages.Select(Map)];
        }
        catch (Exception e) when (IsOfTheBroker(e, cancellationToken))
        {
            throw new StoreUnavailableException("Service Bus does not show its dead letters.", e);
        }
    }

    /// <summary>Everything but a caller that gave up: client and transport leak exceptions of many types.</summary>
    private static bool IsOfTheBroker(Exception e, CancellationToken cancellationToken) => e is not OperationCanceledException || !cancellationToken.IsCancellationRequested;

    private static PendingDeadLetter Map(ServiceBusReceivedMessage message) => new(
        new CommandMessage(message.MessageId, message.SessionId ?? "", message.Body.ToMemory()), message.DeadLetterReason ?? "unknown");

    private async Task<QueueLoad?> ReadAsync()
    {
        using var timeout = new CancellationTokenSource(AskTimeout, _time);
        try
        {
            var properties = await _administration.GetQueueRuntimePropertiesAsync(QueueNames.SeatCommands, timeout.Token).WaitAsync(timeout.Token);
            _isSilent = false;
            return new QueueLoad(properties.Value.ActiveMessageCount, OldestAge: null);
        }
        catch (Exception e) when (IsOfTheBroker(e, CancellationToken.None))
        {
            // Once, and not every five seconds: where the right is missing, it stays so.
            if (!_isSilent)
            {
                LogSilent(_log, e);
            }

            _isSilent = true;
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Service Bus does not say how long the queue is")]
    private static partial void LogSilent(ILogger log, Exception fault);
}
