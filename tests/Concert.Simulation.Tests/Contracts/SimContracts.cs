using Concert.Booking.Ports;
using Concert.Contracts;
using Concert.Simulation.Engine;
using Concert.Simulation.Planted;
using Concert.Simulation.Ports;

namespace Concert.Simulation.Tests.Contracts;

// Run by SimContractTests, which puts them on a world's thread; the test framework cannot.
internal sealed class SimStoreContract(SimBench bench) : DocumentStoreContract
{
    protected override Task<IDocumentStore> CreateStoreAsync()
    {
        var gate = new SimGate(bench.World, new SimRedis(), isOpen: false);
        return Task.FromResult<IDocumentStore>(
            new SimStorePort(bench.World, bench.Process, new SimStore(bench.World, Defect.None), gate, Defect.None));
    }

    protected override Task PassTimeAsync(TimeSpan time) => bench.Process.DelayAsync(time);

    protected override Task<T> BesideAsync<T>(Func<Task<T>> work) => work();
}

internal sealed class SimQueueContract(SimBench bench) : CommandQueueContract
{
    protected override Task<IQueueUnderTest> CreateAsync() => Task.FromResult<IQueueUnderTest>(new SimQueueUnderTest(bench));

    protected override Task<T> BesideAsync<T>(Func<Task<T>> work) => work();
}

internal sealed class SimGateContract(SimBench bench) : SeatGateContract
{
    protected override ISeatGate Gate { get; } = new SimGatePort(bench.Process, new SimGate(bench.World, new SimRedis(), isOpen: false));

    protected override Task AdvanceAsync(TimeSpan time) => bench.Process.DelayAsync(time);

    protected override Task<T> BesideAsync<T>(Func<Task<T>> work) => work();
}

internal sealed class SimRoomContract(SimBench bench) : WaitingRoomContract
{
    protected override IWaitingRoom Room { get; } = new SimRoomPort(bench.World, bench.Process, new SimRooms(bench.World, new SimRedis(), Defect.None));

    protected override Task<T> BesideAsync<T>(Func<Task<T>> work) => work();
}

internal sealed class SimCacheContract(SimBench bench) : SeatMapCacheContract
{
    protected override ISeatMapCache Cache { get; } = new SimSeatMapCachePort(bench.Process, new SimCaches(bench.World, new SimRedis(), Defect.None));

    protected override Task<T> BesideAsync<T>(Func<Task<T>> work) => work();
}

/// <summary>The simulated queue with one consumer, which can be stopped.</summary>
internal sealed class SimQueueUnderTest : IQueueUnderTest
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly SimProcess _process;
    private readonly SimQueue _queue;
    private Consumer? _consumer;

    public SimQueueUnderTest(SimBench bench)
    {
        _process = bench.Process;
        _queue = new SimQueue(bench.World, () => _consumer, Defect.None);
        Sender = new SimSenderPort(bench.World, bench.Process, _queue, Defect.None);
        Inspector = new SimInspectorPort(bench.Process, _queue);
    }

    public ICommandSender Sender { get; }

    public IQueueInspector Inspector { get; }

    public bool TakesMessages
    {
        get => !_queue.IsAway;
        set => _queue.IsAway = !value;
    }

    public Task StartAsync(ICommandProcessor processor)
    {
        _consumer = new Consumer(_process, processor);
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        var stopping = _consumer;
        _consumer = null;
        while (stopping is { Running: > 0 })
        {
            await _process.DelayAsync(Step);
        }
    }

    public Task PassAsync(TimeSpan time) => _process.DelayAsync(time);

    public ValueTask DisposeAsync()
    {
        _consumer = null;
        return ValueTask.CompletedTask;
    }

    private sealed class Consumer(SimProcess process, ICommandProcessor inner) : IConsumer, ICommandProcessor
    {
        public SimProcess Process => process;

        public ICommandProcessor Commands => this;

        public int Running { get; private set; }

        public Task<ProcessResult> ProcessAsync(CommandMessage message, int deliveryCount, CancellationToken cancellationToken) =>
            RunAsync(() => inner.ProcessAsync(message, deliveryCount, cancellationToken));

        public Task<ProcessResult> DeadLetterAsync(CommandMessage message, string reason, CancellationToken cancellationToken) =>
            RunAsync(() => inner.DeadLetterAsync(message, reason, cancellationToken));

        private async Task<ProcessResult> RunAsync(Func<Task<ProcessResult>> run)
        {
            Running++;
            try
            {
                return await run();
            }
            finally
            {
                Running--;
            }
        }
    }
}
