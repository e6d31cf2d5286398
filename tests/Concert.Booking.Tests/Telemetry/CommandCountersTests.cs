using Concert.Booking.Telemetry;
using Concert.Booking.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Telemetry;

/// <summary>The meter is the process's own, and other tests run beside these: each counts under names that nobody else has.</summary>
public sealed class CommandCountersTests
{
    private static CommandCounters Counters(int seed = 1) => new(new FakeTimeProvider(World.Start), new SeededRandom(seed));

    private static void Decide(string command, string outcome, string? reason = null, long count = 1) => BookingTelemetry.Outcomes.Add(
        count,
        new KeyValuePair<string, object?>("command", command),
        new KeyValuePair<string, object?>("outcome", outcome),
        new KeyValuePair<string, object?>("reason", reason));

    [Fact]
    public void Read_WhatWasDecided_IsThereByCommandOutcomeAndReason()
    {
        Decide("counted", "BEFORE");
        using var counters = Counters();
        Decide("counted", "HELD", count: 2);
        Decide("counted", "REJECTED", "seat-taken");
        Decide("counted", "REJECTED", "sold-out");
        Decide("counted", "REJECTED", "seat-taken");

        var counts = counters.Read();

        counts.Outcomes.Where(o => o.Command == "counted")
            .ShouldBe([new("counted", "HELD", null, 2), new("counted", "REJECTED", "seat-taken", 2), new("counted", "REJECTED", "sold-out", 1)]);
        counts.Since.ShouldBe(World.Start);
        counts.Decided.ShouldBeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public void Read_OtherCounters_HasEachOfThem()
    {
        using var counters = Counters();
        BookingTelemetry.Accepted.Add(3, new KeyValuePair<string, object?>("command", "reserve"));
        BookingTelemetry.Conflicts.Add(4);
        BookingTelemetry.Retries.Add(5);
        BookingTelemetry.Redeliveries.Add(6);

        var counts = counters.Read();

        counts.Accepted.ShouldBeGreaterThanOrEqualTo(3);
        counts.Conflicts.ShouldBeGreaterThanOrEqualTo(4);
        counts.Retries.ShouldBeGreaterThanOrEqualTo(5);
        counts.Redeliveries.ShouldBeGreaterThanOrEqualTo(6);
        counts.Outcomes.ShouldAllBe(o => o.Command != "reserve" || o.Outcome != "OTHER");
    }

    [Fact]
    public void Read_TwoInstances_HaveNamesOfTheirOwnThatStay()
    {
        using var one = Counters(1);
        using var other = Counters(2);

        one.Read().Instance.ShouldBe(one.Read().Instance);
        one.Read().Instance.ShouldNotBe(other.Read().Instance);
    }

    [Fact]
    public void Read_EndlessNames_KeepsMemoryBoundedAndTheSumRight()
    {
        using var counters = Counters();
        for (var i = 0; i < 1_000; i++)
        {
            Decide("endless", $"O{i}");
        }

        var counts = counters.Read();

        counts.Outcomes.Count.ShouldBeLessThanOrEqualTo(201);
        counts.Outcomes.ShouldContain(o => o.Outcome == "OTHER");
        counts.Decided.ShouldBeGreaterThanOrEqualTo(1_000);
    }

    [Fact]
    public void Dispose_CountsNoMore()
    {
        var counters = Counters();
        counters.Dispose();
        Decide("disposed", "HELD");

        counters.Read().Outcomes.ShouldNotContain(o => o.Command == "disposed");
    }
}
