using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

/// <summary>What every <see cref="ISeatGate"/> promises when it is there. Each test has a partition of its own.</summary>
[Trait("Rule", "R-LOSER"), Trait("Rule", "R-GATE")]
public abstract class SeatGateContract : PortContract
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    protected abstract ISeatGate Gate { get; }

    /// <summary>Lets the gate's time pass: a fake clock is moved, a real one is waited for.</summary>
    protected abstract Task AdvanceAsync(TimeSpan time);

    protected string Partition { get; } = "c" + Guid.NewGuid().ToString("N")[..8] + "-0001:1";

    protected Task<bool> EnterAsync(string owner, params int[] seats) => Gate.TryEnterAsync(Partition, Seats(seats), owner, Long, Cancel);

    protected Task ReleaseAsync(string owner, params int[] seats) => Gate.ReleaseAsync(Partition, Seats(seats), owner, Cancel);

    protected string[] Seats(params int[] numbers) => [.. numbers.Select(n => $"{Partition.Replace(':', '-')}-{n}")];

    [Fact]
    public async Task TryEnterAsync_Free_EntersAndKeepsOthersOut()
    {
        (await EnterAsync("r1", 12)).ShouldBeTrue();

        (await EnterAsync("r2", 12)).ShouldBeFalse();
        (await EnterAsync("r2", 13)).ShouldBeTrue();
    }

    [Fact]
    public async Task TryEnterAsync_OwnerAgain_Enters()
    {
        await EnterAsync("r1", 1, 2);

        (await EnterAsync("r1", 1, 2)).ShouldBeTrue();
        (await EnterAsync("r1", 2, 3)).ShouldBeTrue();
        (await EnterAsync("r2", 3)).ShouldBeFalse();
    }

    [Fact]
    public async Task TryEnterAsync_OneOfSeveralIsTaken_TakesNone()
    {
        await EnterAsync("r1", 3);

        (await EnterAsync("r2", 1, 2, 3, 4)).ShouldBeFalse();

        (await EnterAsync("r3", 1, 2, 4)).ShouldBeTrue();
    }

    [Fact]
    public async Task TryEnterAsync_SameSeatOfAnotherPartition_IsIndependent()
    {
        await EnterAsync("r1", 1);

        (await Gate.TryEnterAsync(Partition + "9", Seats(1), "r2", Long, Cancel)).ShouldBeTrue();
    }

    [Fact]
    public async Task TryEnterAsync_LifetimeIsOver_OpensByItself()
    {
        (await Gate.TryEnterAsync(Partition, Seats(1), "r1", TimeSpan.FromMilliseconds(200), Cancel)).ShouldBeTrue();
        (await EnterAsync("r1", 2)).ShouldBeTrue();

        await AdvanceAsync(TimeSpan.FromMilliseconds(300));

        (await EnterAsync("r2", 1)).ShouldBeTrue();
        (await EnterAsync("r2", 2)).ShouldBeFalse();
    }

    [Fact]
    public async Task ReleaseAsync_Owner_OpensTheGate()
    {
        await EnterAsync("r1", 1, 2);

        await ReleaseAsync("r1", 1, 2);

        (await EnterAsync("r2", 1, 2)).ShouldBeTrue();
    }

    [Fact]
    public async Task ReleaseAsync_NotTheOwner_ChangesNothing()
    {
        await EnterAsync("r1", 1);
        await EnterAsync("r2", 2);

        await ReleaseAsync("r2", 1, 2);

        (await EnterAsync("r3", 1)).ShouldBeFalse();
        (await EnterAsync("r3", 2)).ShouldBeTrue();
    }

    [Fact]
    public async Task ReleaseAsync_AgainAfterAnotherEntered_ChangesNothing()
    {
        await EnterAsync("r1", 1);
        await ReleaseAsync("r1", 1);
        await EnterAsync("r2", 1);

        await ReleaseAsync("r1", 1);

        (await EnterAsync("r3", 1)).ShouldBeFalse();
    }

    [Fact]
    public async Task TryEnterAsync_ManyAtOnceForOneSeat_OneEnters()
    {
        var entered = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => EnterAsync($"r{i}", 7)));

        entered.Count(e => e).ShouldBe(1);
    }

    [Fact]
    public async Task TryEnterAsync_OverlappingCartsInOppositeOrders_OneHasAllOfItsSeats()
    {
        var entered = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => i % 2 == 0 ? EnterAsync($"r{i}", 1, 2, 3, 4) : EnterAsync($"r{i}", 4, 3, 2, 1)));

        entered.Count(e => e).ShouldBe(1);
        (await EnterAsync($"r{Array.IndexOf(entered, true)}", 1, 2, 3, 4)).ShouldBeTrue();
    }

    [Fact]
    public async Task TryEnterAsync_OwnerAgain_ProlongsIt()
    {
        await Gate.TryEnterAsync(Partition, Seats(1), "r1", TimeSpan.FromMilliseconds(200), Cancel);
        await EnterAsync("r1", 1);

        await AdvanceAsync(TimeSpan.FromMilliseconds(300));

        (await EnterAsync("r2", 1)).ShouldBeFalse();
    }

    [Fact]
    public async Task TryEnterAsync_RefusedOne_ProlongsNothing()
    {
        await Gate.TryEnterAsync(Partition, Seats(1), "r1", TimeSpan.FromMilliseconds(200), Cancel);
        if (await EnterAsync("r2", 1, 2))
        {
            // A machine this slow has let the gate open by itself.
            return;
        }

        await AdvanceAsync(TimeSpan.FromMilliseconds(300));

        (await EnterAsync("r3", 1, 2)).ShouldBeTrue();
    }

    [Fact]
    public async Task ReleaseAsync_OpenedByItselfAndTakenByAnother_ChangesNothing()
    {
        await Gate.TryEnterAsync(Partition, Seats(1), "r1", TimeSpan.FromMilliseconds(200), Cancel);
        await AdvanceAsync(TimeSpan.FromMilliseconds(300));
        await EnterAsync("r2", 1);

        await ReleaseAsync("r1", 1);

        (await EnterAsync("r3", 1)).ShouldBeFalse();
    }

    [Fact]
    public async Task ReleaseAsync_SomeOfSeveral_KeepsTheRest()
    {
        await EnterAsync("r1", 1, 2, 3);

        await ReleaseAsync("r1", 2);

        (await EnterAsync("r2", 2)).ShouldBeTrue();
        (await EnterAsync("r2", 1)).ShouldBeFalse();
        (await EnterAsync("r2", 3)).ShouldBeFalse();
    }

    [Fact]
    public async Task TryEnterAsync_EightSeats_EntersAll()
    {
        (await EnterAsync("r1", 1, 2, 3, 4, 5, 6, 7, 8)).ShouldBeTrue();

        (await EnterAsync("r2", 8)).ShouldBeFalse();
    }

    [Fact]
    public async Task AnyCall_Cancelled_ThrowsAndChangesNothing()
    {
        await EnterAsync("r1", 1);

        await ThrowsAsync<OperationCanceledException>(() => Gate.TryEnterAsync(Partition, Seats(2), "r1", Long, Cancelled()));
        await ThrowsAsync<OperationCanceledException>(() => Gate.ReleaseAsync(Partition, Seats(1), "r1", Cancelled()));

        (await EnterAsync("r2", 1)).ShouldBeFalse();
        (await EnterAsync("r2", 2)).ShouldBeTrue();
    }

    [Fact]
    public async Task Race_OverlappingCarts_NoSeatHasTwoOwners()
    {
        var entered = await RaceAsync(24, i => EnterAsync($"r{i}", 1 + (i % 4), 2 + (i % 4), 3 + (i % 4)));

        var taken = Enumerable.Range(0, 24).Where(i => entered[i]).SelectMany(i => new[] { 1 + (i % 4), 2 + (i % 4), 3 + (i % 4) }).ToList();
        taken.ShouldNotBeEmpty();
        taken.Distinct().Count().ShouldBe(taken.Count);
    }
}
