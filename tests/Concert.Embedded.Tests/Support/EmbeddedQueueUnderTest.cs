using Concert.Booking.Ports;
using Concert.Contracts;
using Concert.Embedded.Messaging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concert.Embedded.Tests.Support;

/// <summary>The embedded queue with a pump, on a clock that tests move.</summary>
internal sealed class EmbeddedQueueUnderTest : IQueueUnderTest
{
    private readonly EmbeddedOptions _options;
    private QueuePump? _pump;

    public EmbeddedQueueUnderTest(EmbeddedOptions? options = null, DataDirectory? folder = null)
    {
        _options = options ?? new EmbeddedOptions();
        Backend = Folder.Open(folder, _options, Time);
    }

    public EmbeddedBackend Backend { get; }

    public FakeTimeProvider Time { get; } = new(Folder.Start);

    public ICommandSender Sender => Backend.Queue;

    public IQueueInspector Inspector => Backend.Queue;

    public bool TakesMessages
    {
        get => Backend.Queue.MaxDepth > 0;
        set => Backend.Queue.MaxDepth = value ? new EmbeddedOptions().MaxQueueDepth : 0;
    }

    public Task StartAsync(ICommandProcessor processor)
    {
        _pump = new QueuePump(Backend.Queue, processor, Time, _options, NullLogger<QueuePump>.Instance);
        return _pump.StartAsync(CancellationToken.None);
    }

    public async Task StopAsync()
    {
        if (_pump is not null)
        {
            await _pump.StopAsync(CancellationToken.None);
            _pump.Dispose();
            _pump = null;
        }
    }

    public async Task PassAsync(TimeSpan time)
    {
        Time.Advance(time);
        await Task.Delay(1);
    }

    public async ValueTask DisposeAsync()
    {
        // A handler that still runs holds up the stop until its time limits end, and only the test's clock moves them.
        var stopped = StopAsync();
        while (!stopped.IsCompleted)
        {
            await PassAsync(TimeSpan.FromSeconds(1));
        }

        await stopped;
        Backend.Dispose();
    }
}
