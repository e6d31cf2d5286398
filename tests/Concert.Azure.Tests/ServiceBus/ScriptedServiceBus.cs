using Azure.Messaging.ServiceBus;

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

    /// <summary>So many messages fit into a batch.</summary>
    public int BatchSize { get; set; } = 100;

    public override ServiceBusSender CreateSender(string queueOrTopicName)
    {
        var sender = new ScriptedSender(this, queueOrTopicName);
        Senders.Add(sender);
        return sender;
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
