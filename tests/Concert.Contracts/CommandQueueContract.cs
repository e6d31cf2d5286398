using System.Text;
using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

/// <summary>
/// What every command queue with its pump promises: the sender's side through <see cref="ICommandSender"/>, the receiving side through what an
/// <see cref="ICommandProcessor"/> gets to see, and what <see cref="IQueueInspector"/> shows of both. Each test sends under sessions and ids of its own.
/// </summary>
public abstract partial class CommandQueueContract : PortContract, IAsyncLifetime
{
    private readonly string _run = Guid.NewGuid().ToString("N")[..12];

    /// <summary>The queue under test; commands reach <see cref="Processor"/> once it was started.</summary>
    protected IQueueUnderTest Queue { get; private set; } = null!;

    /// <summary>Answers Done unless a test says otherwise.</summary>
    protected ScriptedProcessor Processor { get; } = new();

    public async ValueTask InitializeAsync() => Queue = await CreateAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Queue.DisposeAsync();
    }

    /// <summary>An empty queue that delivers at most 10 times and remembers message ids for 10 minutes.</summary>
    protected abstract Task<IQueueUnderTest> CreateAsync();

    protected CommandMessage Message(string id, string session = "a") =>
        new($"{_run}-{id}", $"{_run}-{session}", Encoding.UTF8.GetBytes($"{{\"id\":\"{id}\"}}"));

    protected string Id(CommandMessage message) => message.MessageId[(_run.Length + 1)..];

    protected async Task SendAsync(params CommandMessage[] messages) =>
        (await Queue.Sender.SendAsync(messages, Cancel)).ShouldBeOfType<SendResult.Accepted>();

    /// <summary>Moves time on in steps until the condition holds.</summary>
    protected async Task UntilAsync(Func<bool> condition, string what)
    {
        for (var i = 0; i < 2000; i++)
        {
            if (condition())
            {
                return;
            }

            await Queue.PassAsync(TimeSpan.FromMilliseconds(250));
        }

        var seen = string.Join(", ", Processor.Seen.Select(seen => $"{Id(seen.Message)}#{seen.DeliveryCount}"));
        Assert.Fail($"It did not come to this: {what}. Seen: {seen}");
    }

    protected Task UntilSeenAsync(int count) => UntilAsync(() => Processor.Seen.Count >= count, $"{count} deliveries");

    protected string[] SeenIds() => [.. Processor.Seen.Select(seen => Id(seen.Message))];
}

/// <summary>A queue with its pump, as a contract test drives it.</summary>
public interface IQueueUnderTest : IAsyncDisposable
{
    ICommandSender Sender { get; }

    IQueueInspector Inspector { get; }

    /// <summary>False: it is away or full, and refuses what is sent. True at first.</summary>
    bool TakesMessages { get; set; }

    /// <summary>Starts handing commands to the processor; again after a stop, too.</summary>
    Task StartAsync(ICommandProcessor processor);

    /// <summary>Stops as a shutdown does.</summary>
    Task StopAsync();

    /// <summary>Lets time pass for the queue, a fake clock's or the real one's, and gives its work a chance to run.</summary>
    Task PassAsync(TimeSpan time);
}
