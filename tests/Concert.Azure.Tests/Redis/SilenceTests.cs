using Concert.Azure.Tests.Redis.Server;
using Concert.Booking.Ports;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Redis;

/// <summary>What counts as silence: not what a member could not help.</summary>
[Trait("Rule", "R-SILENT")]
public sealed class SilenceTests(SharedRedis redis) : IAsyncLifetime
{
    private static readonly RoomLimits Closed = new(0, 50, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60));
    private static readonly DateTimeOffset Start = new(2030, 5, 1, 20, 0, 0, TimeSpan.Zero);
    private readonly string _name = "c" + Guid.NewGuid().ToString("N")[..8];
    private ServiceProvider _instance = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _instance = ConcertRedis.Instance(await redis.ServerAsync(), ConcertRedis.Patient);

    public ValueTask DisposeAsync() => _instance.DisposeAsync();

    private static DateTimeOffset At(double seconds) => Start + TimeSpan.FromSeconds(seconds);

    private async Task<TokenClaims> JoinAsync(string user, DateTimeOffset now)
    {
        var claims = new TokenClaims(Guid.NewGuid(), user, _name, now);
        await _instance.Room().JoinAsync(claims, Closed, now, Cancel);
        return claims;
    }

    private async Task<int> DroppedAsync(DateTimeOffset now) => (await _instance.Room().AdmitAsync(_name, Closed, now, Cancel)).Dropped;

    private Task<MemberState> PollAsync(TokenClaims claims, DateTimeOffset now) => _instance.Room().GetAsync(claims, poll: true, Closed, now, Cancel);

    [Fact]
    public async Task AdmitAsync_RedisWasAwayForLongerThanTheSilenceLimit_DropsOnlyThoseSilentBefore()
    {
        var quiet = await JoinAsync("quiet", Start);
        var polling = await JoinAsync("polling", At(50));
        await DroppedAsync(At(55));

        // No call reaches Redis for two minutes. Six seconds after that, quiet was silent for 61 s of service.
        (await DroppedAsync(At(175))).ShouldBe(0);
        (await DroppedAsync(At(181))).ShouldBe(1);
        (await PollAsync(quiet, At(181))).Status.ShouldBe(MemberStatus.Ended);
        (await PollAsync(polling, At(181))).Position.ShouldBe(1);

        // Then silence counts as always.
        foreach (var second in new[] { 200, 220, 240, 241 })
        {
            (await DroppedAsync(At(second))).ShouldBe(0);
        }

        (await DroppedAsync(At(241.001))).ShouldBe(1);
    }

    [Fact]
    public async Task AdmitAsync_TwoOutagesInARow_BothAreNoSilence()
    {
        var polling = await JoinAsync("polling", Start);
        await DroppedAsync(At(1));

        (await DroppedAsync(At(101))).ShouldBe(0);
        (await DroppedAsync(At(141))).ShouldBe(0);

        (await PollAsync(polling, At(142))).Position.ShouldBe(1);
    }

    [Fact]
    public async Task AdmitAsync_WaiterRetriedTheJoin_IsNotSilent()
    {
        var claims = await JoinAsync("kim", Start);
        await DroppedAsync(At(20));
        await _instance.Room().JoinAsync(claims, Closed, At(30), Cancel);
        foreach (var second in new[] { 40, 55, 70, 85 })
        {
            (await DroppedAsync(At(second))).ShouldBe(0);
        }

        (await DroppedAsync(At(91))).ShouldBe(1);
    }
}
