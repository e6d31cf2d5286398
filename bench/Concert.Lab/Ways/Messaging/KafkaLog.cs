using System.Buffers.Binary;
using Concert.Lab.Judging;
using Concert.Lab.Works;
using Confluent.Kafka;

namespace Concert.Lab.Ways.Messaging;

/// <summary>
/// A topic whose key is the wallet or the house, and one consumer who keeps the state in memory, from the log. The broker is librdkafka's own mock cluster, in this
/// process and in memory: nothing of it is durable, nor replicated.
/// </summary>
internal sealed class KafkaLog : Way
{
    private const string Topic = "operations";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IProducer<string, byte[]> _producer;
    private readonly IConsumer<string, byte[]> _consumer;
    private readonly Outcomes<(int Round, int Operation), bool> _outcomes = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Task _work;
    private House _house = new(0, 0);
    private int _round;

    public KafkaLog()
    {
        var settings = new ProducerConfig { BootstrapServers = "127.0.0.1:1", Acks = Acks.All, EnableIdempotence = true, LingerMs = 1, QueueBufferingMaxMessages = 1_000_000 };
        settings.Set("test.mock.num.brokers", "1");
        _producer = new ProducerBuilder<string, byte[]>(settings).SetLogHandler((_, _) => { }).Build();
        using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        var metadata = admin.GetMetadata(Topic, Patience);
        _consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = string.Join(',', metadata.Brokers.Select(broker => $"{broker.Host}:{broker.Port}")),
            GroupId = "lab",
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            FetchWaitMaxMs = 5,
        }).SetLogHandler((_, _) => { }).Build();
        var partitions = admin.GetMetadata(Topic, Patience).Topics[0].Partitions;
        _consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(Topic, partition.PartitionId, Offset.Beginning)));
        _work = Task.Factory.StartNew(Consume, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public override async Task<bool> DoAsync(Operation operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var round = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(round, _round);
        await _producer.ProduceAsync(Topic, new Message<string, byte[]>
        {
            Key = "house",
            Value = OperationMessage.Write(operation),
            Headers = new Headers { { "round", round } },
        }, CancellationToken.None);
        return await _outcomes.WaitAsync((_round, operation.Id), cancellationToken);
    }

    public override Task<Evidence> ReadAsync(Work work)
    {
        lock (_lock)
        {
            return Task.FromResult(_house.Read());
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _consumer.Dispose();
        _producer.Dispose();
        _stop.Dispose();
    }

    protected override Task ResetAsync(Work work)
    {
        lock (_lock)
        {
            // What a time limit cut off belongs to a round that is over.
            _round++;
            _house = new House(work.OpeningBalance, work.Capacity);
            _outcomes.Clear();
        }

        return Task.CompletedTask;
    }

    private void Consume()
    {
        try
        {
            while (true)
            {
                var message = _consumer.Consume(_stop.Token).Message;
                var operation = OperationMessage.Read(message.Value);
                var round = BinaryPrimitives.ReadInt32LittleEndian(message.Headers.GetLastBytes("round"));
                lock (_lock)
                {
                    if (round == _round)
                    {
                        _outcomes.Set((round, operation.Id), _house.Do(operation));
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            _consumer.Close();
        }
    }
}
