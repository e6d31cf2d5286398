using Concert.Embedded.Reservations;

namespace Concert.Concurrency.Tests.Scenarios;

/// <summary>The embedded seat gate.</summary>
public static class SeatGates
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public static async Task OverlappingCartsNeverShareASeat()
    {
        var gate = new EmbeddedSeatGate(Controlled.Clock());
        var entered = await Controlled.Together(
            Task.Run(() => gate.TryEnterAsync("p", ["1", "2"], "a", Lifetime, CancellationToken.None)),
            Task.Run(() => gate.TryEnterAsync("p", ["2", "1"], "b", Lifetime, CancellationToken.None)),
            Task.Run(() => gate.TryEnterAsync("p", ["2", "3"], "c", Lifetime, CancellationToken.None)));

        Controlled.Check(entered.Count(e => e) == 1, "all three carts have seat 2, so exactly one may enter");
        Controlled.Check(gate.Count == 2, "the cart that entered has its two seats and the others none");
    }

    public static async Task AReleaseTakesOnlyItsOwn()
    {
        var time = Controlled.Clock();
        var gate = new EmbeddedSeatGate(time);
        await gate.TryEnterAsync("p", ["1"], "old", TimeSpan.FromSeconds(1), CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(2));
        await Controlled.Together(
            Task.Run(() => gate.TryEnterAsync("p", ["1"], "new", Lifetime, CancellationToken.None)),
            Task.Run(() => gate.ReleaseAsync("p", ["1"], "old", CancellationToken.None)));

        Controlled.Check(!await gate.TryEnterAsync("p", ["1"], "third", Lifetime, CancellationToken.None), "the new owner's place was released by the old one");
    }

    public static async Task SweepingKeepsTheLiving()
    {
        var time = Controlled.Clock();
        var gate = new EmbeddedSeatGate(time);
        await gate.TryEnterAsync("p", ["1"], "old", TimeSpan.FromSeconds(1), CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(2));
        await Task.WhenAll(Enumerable.Range(2, 3).Select(i => Task.Run(() => gate.TryEnterAsync("p", [$"{i}"], $"o{i}", Lifetime, CancellationToken.None))));

        for (var i = 2; i < 5; i++)
        {
            Controlled.Check(!await gate.TryEnterAsync("p", [$"{i}"], "other", Lifetime, CancellationToken.None), "a living place was swept");
        }
    }
}
