using Concert.Booking.Ports;
using Concert.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace Concert.Booking.Tests.Contracts;

/// <summary>The fake queue with a pump that looks what is due whenever something was sent or time has passed.</summary>
internal sealed class FakeQueueUnderTest : IQueueUnderTest, ICommandSender
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeQueue _queue;
    private readonly Lock _lock = new();
    private readonly List<Task> _running = [];
    private ICommandProcessor? _processor;

    public FakeQueueUnderTest() => _queue = new FakeQueue(_time);

    public ICommandSender Sender => this;

    public IQueueInspector Inspector => _queue;

    public bool TakesMessages
    {
        get => !_queue.Away;
        set => _queue.Away = !value;
    }

    public async Task<SendResult> SendAsync(IReadOnlyList<CommandMessage> messages, CancellationToken cancellationToken)
    {
        var result = await _queue.SendAsync(messages, cancellationToken);
        Pump();
        return result;
    }

    public Task CheckAsync(CancellationToken cancellationToken) => _queue.CheckAsync(cancellationToken);

    public Task StartAsync(ICommandProcessor processor)
    {
        _processor = processor;
        Pump();
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        Task[] running;
        lock (_lock)
        {
            _processor = null;
            running = [.. _running];
        }

        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        Pump();
        await Task.Yield();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Pump()
    {
        lock (_lock)
        {
            // What a handler throws is the queue's to count, not the test's to hear.
            _running.RemoveAll(task => task.IsCompleted);
            _running.AddRange(_processor is null ? [] : _queue.DeliverDue(_processor));
        }
    }
}
