using Concert.Simulation.Engine;
using Concert.Simulation.Faults;
using Shouldly;
using Xunit;

namespace Concert.Simulation.Tests;

public sealed class EngineTests
{
    private readonly World _world = new(1, DateTimeOffset.UnixEpoch, FaultPlan.None, record: false);

    [Fact]
    public void Delay_WithTheProcessClock_TakesVirtualTimeOnly()
    {
        var process = new SimProcess(_world, 1, "process", TimeSpan.FromSeconds(3));
        DateTimeOffset? over = null;
        process.Start(async () =>
        {
            await Task.Delay(TimeSpan.FromDays(1), process.Time, TestContext.Current.CancellationToken);
            over = process.Time.GetUtcNow();
        });

        _world.Run(() => over is not null, TimeSpan.FromDays(2)).ShouldBeTrue();

        over.ShouldBe(DateTimeOffset.UnixEpoch.AddDays(1).AddSeconds(3));
    }

    [Fact]
    public void Kill_AtAnAwait_DropsWhatWouldFollowAndKeepsWhatWasSent()
    {
        var process = new SimProcess(_world, 1, "process", TimeSpan.Zero);
        var (arrived, answered) = (false, false);
        process.Start(async () => answered = await process.CallAsync(() => arrived = true));
        _world.Run(() => _world.Steps == 1, TimeSpan.FromMinutes(1));

        process.Kill();
        _world.Run(() => false, TimeSpan.FromMinutes(2));

        arrived.ShouldBeTrue();
        answered.ShouldBeFalse();
    }

    [Fact]
    public void Pause_HoldsBackAllWork_UntilItEnds()
    {
        var process = new SimProcess(_world, 1, "process", TimeSpan.Zero) { PausedUntil = TimeSpan.FromSeconds(30).Ticks };
        long? ranAt = null;
        process.Start(() =>
        {
            ranAt = _world.Now;
            return Task.CompletedTask;
        });

        _world.Run(() => ranAt is not null, TimeSpan.FromMinutes(1));

        ranAt.ShouldBe(TimeSpan.FromSeconds(30).Ticks);
    }

    [Fact]
    public void Exception_NobodyCatches_IsAViolation()
    {
        new SimProcess(_world, 1, "process", TimeSpan.Zero).Start(() => throw new InvalidOperationException("lost"));

        _world.Run(() => false, TimeSpan.FromSeconds(1));

        _world.Violation!.Detail.ShouldContain("lost");
    }
}
