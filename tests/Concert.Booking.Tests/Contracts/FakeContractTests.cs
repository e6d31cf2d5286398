using Concert.Booking.Ports;
using Concert.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace Concert.Booking.Tests.Contracts;

public sealed class FakeStoreContractTests : DocumentStoreContract
{
    private readonly FakeTimeProvider _time = new();

    protected override Task<IDocumentStore> CreateStoreAsync() => Task.FromResult<IDocumentStore>(new FakeStore(_time));

    protected override Task PassTimeAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}

public sealed class FakeQueueContractTests : CommandQueueContract
{
    protected override Task<IQueueUnderTest> CreateAsync() => Task.FromResult<IQueueUnderTest>(new FakeQueueUnderTest());
}

public sealed class FakeGateContractTests : SeatGateContract
{
    private readonly FakeTimeProvider _time = new();

    public FakeGateContractTests() => Gate = new FakeGate(_time);

    protected override ISeatGate Gate { get; }

    protected override Task AdvanceAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}

public sealed class FakeRoomContractTests : WaitingRoomContract
{
    protected override IWaitingRoom Room { get; } = new FakeRoom(new FakeTimeProvider(Start));
}

public sealed class FakeSeatMapCacheContractTests : SeatMapCacheContract
{
    protected override ISeatMapCache Cache { get; } = new FakeSeatMapCache();
}
