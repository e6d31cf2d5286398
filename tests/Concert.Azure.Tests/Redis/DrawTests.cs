using Concert.Azure.Tests.Redis.Server;
using Concert.Booking.Ports;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Redis;

/// <summary>The draw at an opening: on two instances, and after Redis lost all or a part of what it knew.</summary>
[Trait("Rule", "R-DRAW")]
public sealed class DrawTests : IAsyncLifetime
{
    private const string Name = "c1";
    private static readonly DateTimeOffset Start = new(2030, 5, 1, 19, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Opening = Start.AddHours(1);
    private static readonly RoomLimits Limits = new(100, 50, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60));
    private static readonly RoomLimits Resting = Limits with { Sale = new LineSale(null, Opening) };
    private static readonly RoomLimits Open = Limits with { MaxActive = 0, Sale = new LineSale(Opening, null) };
    private RedisServer _server = null!;
    private ServiceProvider[] _instances = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IWaitingRoom Room => _instances[0].Room();

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _instances = [ConcertRedis.Instance(_server, ConcertRedis.Patient), ConcertRedis.Instance(_server, ConcertRedis.Patient)];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances)
        {
            await instance.DisposeAsync();
        }

        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>In the order of their lots; they join in another.</summary>
    private async Task<TokenClaims[]> EarlyAsync(int count)
    {
        var line = Enumerable.Range(0, count)
            .Select(i => new TokenClaims(Guid.NewGuid(), $"user-{i}", Name, Start.AddSeconds(i * 7 % count)) { Early = new EarlyEntry(Opening, i * 1_000_003L) }).ToArray();
        foreach (var claims in line.OrderBy(c => c.IssuedAt))
        {
            (await Room.JoinAsync(claims, Resting, claims.IssuedAt, Cancel)).ShouldBeOfType<JoinResult.Joined>().State.Status.ShouldBe(MemberStatus.Early);
        }

        return line;
    }

    private Task<MemberState> PollAsync(TokenClaims claims, RoomLimits limits, DateTimeOffset now) => Room.GetAsync(claims, poll: true, limits, now, Cancel);

    private async Task ShouldStandAsync(IEnumerable<TokenClaims> line, DateTimeOffset now)
    {
        var place = 0;
        foreach (var claims in line)
        {
            (await Room.GetAsync(claims, poll: false, Open, now, Cancel)).ShouldBe(new MemberState(MemberStatus.Waiting, ++place), claims.UserId);
        }
    }

    [Fact]
    public async Task TwoInstancesWithDifferingClocks_EverybodyCallsAroundTheOpening_OneDrawAndLatecomersBehindIt()
    {
        var line = await EarlyAsync(40);
        var late = Enumerable.Range(0, 20).Select(i => new TokenClaims(Guid.NewGuid(), $"late-{i}", Name, Opening)).ToArray();

        await Task.WhenAll(line.Concat(late).Select(async (claims, i) =>
        {
            // One clock is five seconds behind the other.
            var (room, limits, now) = i % 2 == 0 ? (_instances[0].Room(), Open, Opening) : (_instances[1].Room(), Resting with { MaxActive = 0 }, Opening.AddSeconds(-5));
            if (late.Contains(claims))
            {
                await room.JoinAsync(claims with { Early = new EarlyEntry(Opening, 0) }, limits, now, Cancel);
            }
            else
            {
                await room.GetAsync(claims, poll: true, limits, now, Cancel);
            }

            await room.AdmitAsync(Name, limits, now, Cancel);
        }));

        await Room.AdmitAsync(Name, Open, Opening, Cancel);
        var places = new Dictionary<string, long>();
        foreach (var claims in line.Concat(late))
        {
            var seen = await Task.WhenAll(_instances.Select(i => i.Room().GetAsync(claims, poll: false, Open, Opening, Cancel)));
            seen[0].ShouldBe(seen[1]);
            places[claims.UserId] = seen[0].Position!.Value;
        }

        places.Values.Order().ShouldBe(Enumerable.Range(1, 60).Select(i => (long)i));
        // Who came late by the clock that is ahead stands behind; who was still early by the other may have a lot.
        var drawn = line.Select(c => places[c.UserId]).ToArray();
        drawn.ShouldBe(drawn.Order());
        var last = drawn.Max();
        late.Where((_, i) => i % 2 == 0).ShouldAllBe(c => places[c.UserId] > last);
    }

    [Fact]
    public async Task FlushAll_BeforeTheOpening_WhoComesBackTakesPartWithTheSameLot()
    {
        var line = await EarlyAsync(20);
        await _server.SendAsync("FLUSHALL");
        foreach (var claims in line.OrderBy(c => c.Id).Where(c => c != line[3]))
        {
            (await PollAsync(claims, Resting, Opening.AddMinutes(-1))).ShouldBe(new MemberState(MemberStatus.Early));
        }

        await Room.AdmitAsync(Name, Open, Opening, Cancel);

        await ShouldStandAsync(line.Where(c => c != line[3]), Opening);
        (await PollAsync(line[3], Open, Opening.AddSeconds(1))).Position.ShouldBe(4);
        await ShouldStandAsync(line, Opening.AddSeconds(1));
    }

    [Fact]
    public async Task FlushAll_AfterTheOpening_TheDrawIsTheSameAndLatecomersAreBehindIt()
    {
        var line = await EarlyAsync(20);
        await Room.AdmitAsync(Name, Open, Opening, Cancel);
        var late = new TokenClaims(Guid.NewGuid(), "late", Name, Opening.AddSeconds(10));
        await Room.JoinAsync(late, Open, late.IssuedAt, Cancel);
        await ShouldStandAsync([.. line, late], Opening.AddSeconds(10));
        await _server.SendAsync("FLUSHALL");

        var newcomer = new TokenClaims(Guid.NewGuid(), "new", Name, Opening.AddSeconds(20));
        await Room.JoinAsync(newcomer, Open, newcomer.IssuedAt, Cancel);
        await PollAsync(late, Open, Opening.AddSeconds(20));
        await Task.WhenAll(line.OrderBy(c => c.Id).Select(claims => PollAsync(claims, Open, Opening.AddSeconds(21))));

        await ShouldStandAsync([.. line, late, newcomer], Opening.AddSeconds(22));
    }

    [Theory]
    [InlineData("early")]
    [InlineData("early-quiet")]
    [InlineData("members")]
    [InlineData("state")]
    public async Task KeyIsEvicted_BeforeTheOpening_WhoPollsHasTheSameLot(string key)
    {
        var line = await EarlyAsync(6);
        await _server.SendAsync("DEL", $"{{room:{Name}}}:{key}");
        foreach (var claims in line.Reverse())
        {
            (await PollAsync(claims, Resting, Opening.AddMinutes(-1))).ShouldBe(new MemberState(MemberStatus.Early));
        }

        await Room.AdmitAsync(Name, Open, Opening, Cancel);

        await ShouldStandAsync(line, Opening);
    }

    [Theory]
    [InlineData("drawn")]
    [InlineData("quiet")]
    [InlineData("members")]
    [InlineData("state")]
    public async Task KeyIsEvicted_AfterTheOpening_WhoPollsKeepsThePlace(string key)
    {
        var line = await EarlyAsync(6);
        await Room.AdmitAsync(Name, Open, Opening, Cancel);
        await _server.SendAsync("DEL", $"{{room:{Name}}}:{key}");

        foreach (var claims in line.Reverse())
        {
            (await PollAsync(claims, Open, Opening.AddSeconds(1))).Status.ShouldBe(MemberStatus.Waiting);
        }

        await Room.AdmitAsync(Name, Open, Opening.AddSeconds(2), Cancel);
        await ShouldStandAsync(line, Opening.AddSeconds(2));
        (await Room.AdmitAsync(Name, Open with { MaxActive = 2 }, Opening.AddSeconds(3), Cancel)).Admitted.ShouldBe(2);
        await ShouldStandAsync(line[2..], Opening.AddSeconds(3));
    }

    [Fact]
    public async Task AnotherOpening_ThousandsOfTheFirstDrawStillWait_KeepTheirPlacesAheadOfTheSecond()
    {
        var line = await EarlyAsync(3000);
        await Room.AdmitAsync(Name, Open, Opening, Cancel);
        var late = new TokenClaims(Guid.NewGuid(), "late", Name, Opening);
        await Room.JoinAsync(late, Open, Opening, Cancel);
        var second = Opening.AddSeconds(30);
        var resting = Limits with { Sale = new LineSale(Opening, second) };
        var early = new TokenClaims(Guid.NewGuid(), "second", Name, Opening.AddSeconds(10)) { Early = new EarlyEntry(second, 0) };
        await Room.JoinAsync(early, resting, Opening.AddSeconds(10), Cancel);

        (await Room.AdmitAsync(Name, resting, Opening.AddSeconds(11), Cancel)).ShouldBe(new AdmissionRound(0, 0, 0, Active: 0, Waiting: 3001) { Early = 1 });
        await ShouldStandAsync([.. line, late], Opening.AddSeconds(11));
        await Room.AdmitAsync(Name, Open with { Sale = new LineSale(second, null) }, second, Cancel);

        await ShouldStandAsync([.. line, late, early], second);
    }
}
