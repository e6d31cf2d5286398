using Concert.Azure.Redis;

namespace Concert.Concurrency.Tests.Scenarios;

/// <summary>The breaker in front of Redis.</summary>
public static class CircuitBreakers
{
    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(2);

    public static async Task OpenLetsOneAtATimeTry()
    {
        var time = Controlled.Clock();
        var breaker = new CircuitBreaker(time, 1, OpenFor);
        breaker.Failed();
        Controlled.Check(!breaker.TryPass(), "an open breaker let a call pass");
        time.Advance(OpenFor);
        var passed = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(breaker.TryPass)));

        Controlled.Check(passed.Count(p => p) == 1, "one at a time tries");
    }

    /// <summary>Failures that are counted at once are all counted.</summary>
    public static async Task FailuresAtOnceOpen()
    {
        var breaker = new CircuitBreaker(Controlled.Clock(), 3, OpenFor);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(breaker.Failed)));

        Controlled.Check(!breaker.TryPass(), "three failures in a row did not open the breaker");
    }
}
