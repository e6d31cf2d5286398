using System.Collections.Concurrent;
using Concert.Azure.Tests.Redis.Server;
using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Redis;

/// <summary>Many callers on many connections at once, as several instances of the app.</summary>
[Trait("Rule", "Q1"), Trait("Rule", "R-LIMITS")]
public sealed class ConcurrencyTests(SharedRedis redis)
{
    private static readonly RoomLimits Limits = new(15, 7, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(40), TimeSpan.FromMinutes(30));
    private static readonly DateTimeOffset Start = new(2030, 5, 1, 20, 0, 0, TimeSpan.Zero);
    private long _clock;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The sale's clock: 20 ms later at each call, so that the sale lasts some minutes of its own time.</summary>
    private DateTimeOffset Tick() => Start.AddMilliseconds(20 * Interlocked.Increment(ref _clock));

    [Fact]
    public async Task Room_TwoHundredBuyersAtOnce_NeverAboveTheLimitsAndNobodyOvertakes()
    {
        const int Buyers = 200;
        var server = await redis.ServerAsync();
        var instances = Enumerable.Range(0, 4).Select(_ => ConcertRedis.Instance(server, ConcertRedis.Patient)).ToArray();
        var name = "c" + Guid.NewGuid().ToString("N")[..8];
        var admitted = new ConcurrentBag<DateTimeOffset>();
        var rounds = new ConcurrentBag<AdmissionRound>();
        using var done = new CancellationTokenSource();

        async Task BuyAsync(int number)
        {
            var room = instances[number % instances.Length].Room();
            var now = Tick();
            var claims = new TokenClaims(Guid.NewGuid(), $"user-{number}", name, now);
            var state = (await room.JoinAsync(claims, Limits, now, Cancel)).ShouldBeOfType<JoinResult.Joined>().State;
            var last = long.MaxValue;
            while (state.Status == MemberStatus.Waiting)
            {
                state.Position!.Value.ShouldBeLessThanOrEqualTo(last, "a position grew");
                last = state.Position.Value;
                state = await room.GetAsync(claims, poll: true, Limits, Tick(), Cancel);
            }

            state.Status.ShouldBe(MemberStatus.Active);
            admitted.Add(state.ExpiresAt!.Value - Limits.ActiveFor);
            if (number % 4 == 0)
            {
                await room.EndAsync(claims, Cancel);
            }
        }

        async Task AdmitAsync(int number)
        {
            while (!done.IsCancellationRequested)
            {
                rounds.Add(await instances[number % instances.Length].Room().AdmitAsync(name, Limits, Tick(), Cancel));
            }
        }

        var admitting = Enumerable.Range(0, 3).Select(AdmitAsync).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Buyers).Select(BuyAsync));
        await done.CancelAsync();
        await Task.WhenAll(admitting);

        admitted.Count.ShouldBe(Buyers);
        rounds.Max(r => r.Active).ShouldBe(Limits.MaxActive);
        foreach (var from in admitted)
        {
            admitted.Count(at => at >= from && at < from + Limits.AdmitInterval).ShouldBeLessThanOrEqualTo(Limits.AdmitPerInterval);
        }
    }

    [Fact]
    public async Task Room_TwoHundredJoinsAndLeavesAtOnce_PositionsAreUniqueAndDense()
    {
        const int Buyers = 200;
        var server = await redis.ServerAsync();
        await using var instance = ConcertRedis.Instance(server, ConcertRedis.Patient);
        var room = instance.Room();
        var closed = Limits with { MaxActive = 0 };
        var name = "c" + Guid.NewGuid().ToString("N")[..8];
        var claims = Enumerable.Range(0, Buyers).Select(i => new TokenClaims(Guid.NewGuid(), $"user-{i}", name, Start)).ToArray();

        await Task.WhenAll(claims.Select(async (c, i) =>
        {
            await room.JoinAsync(c, closed, Tick(), Cancel);
            await room.JoinAsync(c, closed, Tick(), Cancel);
            if (i % 4 == 0)
            {
                await room.EndAsync(c, Cancel);
            }
        }));

        var left = claims.Where((_, i) => i % 4 != 0).ToArray();
        var states = await Task.WhenAll(left.Select(c => room.GetAsync(c, poll: true, closed, Tick(), Cancel)));
        states.Select(s => s.Position!.Value).Order().ShouldBe(Enumerable.Range(1, left.Length).Select(i => (long)i));
        (await room.AdmitAsync(name, closed, Tick(), Cancel)).Waiting.ShouldBe(left.Length);
    }

    [Fact]
    public async Task Room_ThousandsFallSilent_AreDroppedInOneRoundAndTheNextIsAdmitted()
    {
        var server = await redis.ServerAsync();
        await using var instance = ConcertRedis.Instance(server, ConcertRedis.Patient);
        var room = instance.Room();
        var limits = Limits with { SilenceLimit = TimeSpan.FromSeconds(60) };
        var name = "c" + Guid.NewGuid().ToString("N")[..8];
        TokenClaims Claims(int number) => new(Guid.NewGuid(), $"user-{number}", name, Start);
        await Task.WhenAll(Enumerable.Range(0, 2500).Select(i => room.JoinAsync(Claims(i), limits with { MaxActive = 0 }, Start, Cancel)));
        var alive = Claims(-1);
        await room.JoinAsync(alive, limits with { MaxActive = 0 }, Start.AddSeconds(30), Cancel);

        var round = await room.AdmitAsync(name, limits, Start.AddSeconds(61), Cancel);

        round.ShouldBe(new AdmissionRound(Admitted: 1, Dropped: 2500, Expired: 0, Active: 1, Waiting: 0));
        (await room.GetAsync(alive, poll: true, limits, Start.AddSeconds(61), Cancel)).Status.ShouldBe(MemberStatus.Active);
    }

    [Fact]
    public async Task Gate_TwoHundredOwnersOfOverlappingCarts_NoSeatHasTwo()
    {
        var server = await redis.ServerAsync();
        await using var instance = ConcertRedis.Instance(server, ConcertRedis.Patient);
        var partition = "c" + Guid.NewGuid().ToString("N")[..8] + ":1";
        var owners = new ConcurrentDictionary<string, string>();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            string[] seats = [.. Enumerable.Range(0, 4).Select(n => $"s{(i + (n * (i % 3 + 1))) % 20}").Distinct()];
            if (await instance.Gate().TryEnterAsync(partition, seats, $"r{i}", TimeSpan.FromMinutes(5), Cancel))
            {
                foreach (var seat in seats)
                {
                    owners.TryAdd(seat, $"r{i}").ShouldBeTrue($"{seat} has two owners");
                }
            }
        }));

        owners.ShouldNotBeEmpty();
    }
}
