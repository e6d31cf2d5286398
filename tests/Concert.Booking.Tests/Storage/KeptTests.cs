using Concert.Booking.Storage;
using Concert.Booking.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Storage;

public sealed class KeptTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new(World.Start);
    private int _read;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Kept<int> Of(Func<Task>? reading = null) => new(_time, Second, async () =>
    {
        await (reading?.Invoke() ?? Task.CompletedTask);
        return ++_read;
    });

    [Fact]
    public async Task Get_WithinItsTime_IsTheSameAndNewAfterwards()
    {
        var kept = Of();
        (await kept.GetAsync(Cancel)).ShouldBe(1);
        _time.Advance(Second - TimeSpan.FromTicks(1));
        (await kept.GetAsync(Cancel)).ShouldBe(1);
        _time.Advance(TimeSpan.FromTicks(1));
        (await kept.GetAsync(Cancel)).ShouldBe(2);
    }

    [Fact]
    public async Task Get_ManyAtOnce_ReadOnce()
    {
        var held = new TaskCompletionSource();
        var kept = Of(() => held.Task);
        var asked = Enumerable.Range(0, 100).Select(_ => Task.Run(() => kept.GetAsync(Cancel), Cancel)).ToList();
        held.SetResult();

        (await Task.WhenAll(asked)).ShouldAllBe(value => value == 1);
    }

    [Fact]
    public async Task Get_CallerGivesUp_TheOthersGetIt()
    {
        var held = new TaskCompletionSource();
        var kept = Of(() => held.Task);
        using var gaveUp = new CancellationTokenSource();
        var first = kept.GetAsync(gaveUp.Token);
        var second = kept.GetAsync(Cancel);

        await gaveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
        held.SetResult();

        (await second).ShouldBe(1);
    }

    [Fact]
    public async Task Get_ReadingFails_IsToldAndReadAgain()
    {
        var isAway = true;
        var kept = Of(() => isAway ? throw new InvalidOperationException("away") : Task.CompletedTask);
        await Should.ThrowAsync<InvalidOperationException>(() => kept.GetAsync(Cancel));
        isAway = false;
        (await kept.GetAsync(Cancel)).ShouldBe(1);
    }

    [Fact]
    public async Task Get_ReadingTookLong_IsKeptTenTimesAsLong()
    {
        var kept = Of(() =>
        {
            _time.Advance(Second);
            return Task.CompletedTask;
        });
        await kept.GetAsync(Cancel);
        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        (await kept.GetAsync(Cancel)).ShouldBe(1);
        _time.Advance(TimeSpan.FromTicks(1));
        (await kept.GetAsync(Cancel)).ShouldBe(2);
    }
}
