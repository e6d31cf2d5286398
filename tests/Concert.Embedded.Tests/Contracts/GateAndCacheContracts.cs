using Concert.Booking.Catalog;
using Concert.Booking.Reservations;
using Concert.Contracts;
using Concert.Embedded.Catalog;
using Concert.Embedded.Reservations;
using Concert.Embedded.Tests.Support;

namespace Concert.Embedded.Tests.Contracts;

public sealed class EmbeddedSeatGateContractTests : SeatGateContract
{
    private readonly FakeTimeProvider _time = new(Folder.Start);

    public EmbeddedSeatGateContractTests() => Gate = new EmbeddedSeatGate(_time);

    protected override ISeatGate Gate { get; }

    protected override Task AdvanceAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}

public sealed class MemorySeatMapCacheContractTests : SeatMapCacheContract
{
    protected override ISeatMapCache Cache { get; } = new MemorySeatMapCache(TimeProvider.System);
}
