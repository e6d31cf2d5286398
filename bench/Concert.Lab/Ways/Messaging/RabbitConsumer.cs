using System.Threading.Channels;
using System.Threading.RateLimiting;
using Concert.Lab.Judging;
using Concert.Lab.Ways.Postgres;
using Concert.Lab.Works;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Concert.Lab.Ways.Messaging;

/// <summary>
/// A quorum queue with publisher confirms and one consumer, who writes to PostgreSQL and acknowledges after the commit: a message or a batch of what has arrived in a
/// transaction. The caller waits for the outcome in this process, where a service would send an answer.
/// </summary>
internal sealed class RabbitConsumer : Way
{
    private const string Queue = "operations";
    private const int MaxUnconfirmed = 1_000;

    /// <summary>A message on its way between queue and consumer is seen by no single look.</summary>
    private const int QuietLooks = 5;

    private readonly PostgresDatabase _database;
    private readonly int _batch;
    private readonly Channel<(ulong Tag, Operation Operation)> _arrived = Channel.CreateUnbounded<(ulong, Operation)>();
    private readonly Outcomes<int, bool> _outcomes = new();
    private IConnection _connection = null!;
    private IChannel _publishing = null!;
    private IChannel _consuming = null!;
    private Task _work = Task.CompletedTask;
    private volatile bool _isBusy;
    private volatile bool _isOver;

    private RabbitConsumer(PostgresDatabase database, int batch) => (_database, _batch) = (database, batch);

    /// <param name="port">AMQP.</param>
    /// <param name="database">Where the consumer writes.</param>
    /// <param name="batch">Most messages in a transaction.</param>
    public static async Task<RabbitConsumer> ConnectAsync(int port, PostgresDatabase database, int batch)
    {
        var way = new RabbitConsumer(database, batch);
        way._connection = await new ConnectionFactory { HostName = "127.0.0.1", Port = port }.CreateConnectionAsync();
        way._publishing = await way._connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true,
            publisherConfirmationTrackingEnabled: true,
            outstandingPublisherConfirmationsRateLimiter: new ConcurrencyLimiter(new ConcurrencyLimiterOptions
            {
                PermitLimit = MaxUnconfirmed,
                QueueLimit = int.MaxValue,
            })));
        way._consuming = await way._connection.CreateChannelAsync();
        await way._consuming.QueueDeleteAsync(Queue + batch);
        await way._consuming.QueueDeclareAsync(
            Queue + batch, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        await way._consuming.BasicQosAsync(0, (ushort)Math.Max(50, 2 * batch), false);
        var consumer = new AsyncEventingBasicConsumer(way._consuming);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            way._arrived.Writer.TryWrite((delivery.DeliveryTag, OperationMessage.Read(delivery.Body.Span)));
            return Task.CompletedTask;
        };
        await way._consuming.BasicConsumeAsync(Queue + batch, autoAck: false, consumer);
        way._work = Task.Run(way.ConsumeAsync);
        return way;
    }

    public override async Task<bool> DoAsync(Operation operation, CancellationToken cancellationToken)
    {
        await _publishing.BasicPublishAsync(
            "", Queue + _batch, mandatory: true, new BasicProperties { Persistent = true }, OperationMessage.Write(operation), cancellationToken);
        return await _outcomes.WaitAsync(operation.Id, cancellationToken);
    }

    /// <summary>What a time limit cut off and is still in the queue is consumed and not done.</summary>
    public override async Task<Evidence> ReadAsync(Work work)
    {
        _isOver = true;
        await DrainAsync();
        return await _database.ReadAsync(work);
    }

    public override async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _arrived.Writer.TryComplete();
        await _work;
        await _database.DisposeAsync();
    }

    protected override async Task ResetAsync(Work work)
    {
        await _database.ResetAsync(work);
        _outcomes.Clear();
        _isOver = false;
    }

    private async Task DrainAsync()
    {
        for (var quiet = 0; quiet < QuietLooks; quiet = _isBusy || _arrived.Reader.Count > 0 || await _consuming.MessageCountAsync(Queue + _batch) > 0 ? 0 : quiet + 1)
        {
            await Task.Delay(10);
        }
    }

    private static Npgsql.NpgsqlBatchCommand Statement(Operation operation) => operation.Kind switch
    {
        OperationKind.Wallet => ConditionalUpdate.Wallet(operation),
        OperationKind.Place => ConditionalUpdate.Place(operation),
        _ => operation.Seats.Length == 1 ? ConditionalUpdate.Seat(operation) : ConditionalUpdate.Cart(operation),
    };

    private async Task ConsumeAsync()
    {
        while (await _arrived.Reader.WaitToReadAsync())
        {
            _isBusy = true;
            var batch = new List<(ulong Tag, Operation Operation)>(_batch);
            while (batch.Count < _batch && _arrived.Reader.TryRead(out var next))
            {
                batch.Add(next);
            }

            if (!_isOver)
            {
                await DoAllAsync(batch.ConvertAll(message => message.Operation));
            }

            try
            {
                await _consuming.BasicAckAsync(batch[^1].Tag, multiple: true);
            }
            catch (RabbitMQ.Client.Exceptions.AlreadyClosedException)
            {
                return;
            }

            _isBusy = _arrived.Reader.Count > 0;
        }
    }
    /// <summary>Nobody else writes, so the statements of a batch see each other and the decision stands.</summary>
    private async Task DoAllAsync(List<Operation> batch)
    {
        var statements = batch.ConvertAll(Statement);
        await using (var connection = await _database.Source.OpenConnectionAsync())
        {
            await connection.RunAsync([.. statements]);
        }

        for (var i = 0; i < batch.Count; i++)
        {
            _outcomes.Set(batch[i].Id, statements[i].RecordsAffected == 1);
        }
    }
}
