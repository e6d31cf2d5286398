using Concert.Rush.Observation;
using Shouldly;
using Xunit;

namespace Concert.Rush.Tests;

public sealed class LatenciesTests
{
    [Fact]
    public void Of_OneToHundred_IsTheNearestRank()
    {
        var latencies = Latencies.Of(Enumerable.Range(1, 100).Reverse().Select(n => TimeSpan.FromMilliseconds(n))).ShouldNotBeNull();

        latencies.ShouldBe(new Latencies(100, Milliseconds(50), Milliseconds(95), Milliseconds(99), Milliseconds(100)));
    }

    [Fact]
    public void Of_Nothing_IsNull() => Latencies.Of([]).ShouldBeNull();

    [Fact]
    public void Of_OneValue_IsThatValueEverywhere() =>
        Latencies.Of([Milliseconds(7)]).ShouldBe(new Latencies(1, Milliseconds(7), Milliseconds(7), Milliseconds(7), Milliseconds(7)));

    [Theory]
    [InlineData(50, 2)]
    [InlineData(75, 3)]
    [InlineData(76, 4)]
    [InlineData(99, 4)]
    [InlineData(0, 1)]
    [InlineData(100, 4)]
    public void Percentile_FourValues_RoundsUpToAMeasuredOne(int percent, int expected) =>
        Latencies.Percentile([Milliseconds(1), Milliseconds(2), Milliseconds(3), Milliseconds(4)], percent).ShouldBe(Milliseconds(expected));

    private static TimeSpan Milliseconds(int n) => TimeSpan.FromMilliseconds(n);
}
