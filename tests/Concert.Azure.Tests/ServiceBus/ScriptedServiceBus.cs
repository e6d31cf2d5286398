using Azure;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;

namespace Concert.Azure.Tests.ServiceBus;

/// <summary>The client's own types, with a script in the place of the wire.</summary>
internal sealed class ScriptedClient()
    : ServiceBusClient("Endpoint=sb://nowhere.test;SharedAccessKeyName=any;SharedAccessKey=any")
{
    /// <summary>Senders made after the first are links that somebody opened to ask.</summary>
    public List<ScriptedSender> Senders { get; } = [];

    /// <summary>Thrown when a link opens, if set.</summary>
    public Exception? LinkFault { get; set; }

    /// <summary>A link does not open before this, if set.</summary>
    public Task? LinkHeld { get; set; }

    /// <summary>Thrown by a send, if set.</summary>
    public Exception? SendFault { get; set; }

    public List<ServiceBusMessage> Sent { get; } = [];

    public List<ServiceBusReceivedMessage> Dead { get; } = [];

    /// <summary>Thrown by a peek, if set.</summary>
    public Exception? PeekFault { get; set; }

    /// <summary>A peek does not end before this, if set.</summary>
    public Task? PeekHeld { get; set; }

    public List<ScriptedReceiver> Receivers { get; } = [];

    /// <summary>So many messages fit into a batch.</summary>
    public int BatchSize { get; set; } = 100;

    public override ServiceBusSender CreateSender(string queueOrTopicName)
    {
        var sender = new ScriptedSender(this, queueOrTopicName);
        Senders.Add(sender);
        return sender;
    }

    public override ServiceBusReceiver CreateReceiver(string queueName, ServiceBusReceiverOptions options)
    {
        var receiver = new ScriptedReceiver(this, queueName, options.SubQueue);
        Receivers.Add(receiver);
        return receiver;
    }
}

/// <summary>A sender whose link, once open, answers for a broker that is not there any more: as the real one's does.</summary>
internal sealed class ScriptedSender(ScriptedClient client, string entityPath) : ServiceBusSender
{
    private readonly Dictionary<ServiceBusMessageBatch, List<ServiceBusMessage>> _batches = [];
    private bool _isOpen;

    public override string EntityPath => entityPath;

    public bool WasClosed { get; private set; }

    public override async Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await SendAsync([message]);
    }

    public override Task SendMessagesAsync(ServiceBusMessageBatch messageBatch, CancellationToken cancellationToken = default) =>
        SendAsync(_batches[messageBatch]);

    public override async ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(CancellationToken cancellationToken = default)
    {
        if (!_isOpen)
        {
            await (client.LinkHeld ?? Task.CompletedTask);
            if (client.LinkFault is { } fault)
            {
                throw fault;
            }

            _isOpen = true;
        }

        List<ServiceBusMessage> messages = [];
        var batch = ServiceBusModelFactory.ServiceBusMessageBatch(1_000_000, messages, tryAddCallback: _ => messages.Count < client.BatchSize);
        _batches[batch] = messages;
        return batch;
    }

    public override Task CloseAsync(CancellationToken cancellationToken = default)
    {
        WasClosed = true;
        return Task.CompletedTask;
    }

    private Task SendAsync(IReadOnlyList<ServiceBusMessage> messages)
    {
        if (client.SendFault is { } fault)
        {
            return Task.FromException(fault);
        }

        _isOpen = true;
        client.Sent.AddRange(messages);
        return Task.CompletedTask;
    }
}

/// <summary>Shows what lies in a queue; takes nothing.</summary>
internal sealed class ScriptedReceiver(ScriptedClient client, string entityPath, SubQueue subQueue) : ServiceBusReceiver
{
    public override string EntityPath => entityPath;

    public SubQueue Of => subQueue;

    public bool WasClosed { get; private set; }

    public override async Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekMessagesAsync(
        int maxMessages, long? fromSequenceNumber = null, CancellationToken cancellationToken = default)
    {
        await (client.PeekHeld ?? Task.CompletedTask);
        return client.PeekFault is { } fault ? throw fault : [.. client.Dead.Take(maxMessages)];
    }

    public override Task CloseAsync(CancellationToken cancellationToken = default)
    {
        WasClosed = true;
        return Task.CompletedTask;
    }
}

/// <summary>Says how long the queue is, to who may know.</summary>
internal sealed class ScriptedAdministration : ServiceBusAdministrationClient
{
    public long Active { get; set; }

    public Exception? Fault { get; set; }

    public Task? Held { get; set; }

    public List<string> Asked { get; } = [];

    public override async Task<Response<QueueRuntimeProperties>> GetQueueRuntimePropertiesAsync(string name, CancellationToken cancellationToken = default)
    {
        Asked.Add(name);
        await (Held ?? Task.CompletedTask);
        return Fault is { } fault
            ? throw fault
            : Response.FromValue(ServiceBusModelFactory.QueueRuntimeProperties(name, activeMessageCount: Active, deadLetterMessageCount: 99), null!);
    }
}
