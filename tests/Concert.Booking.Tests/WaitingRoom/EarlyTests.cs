using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.Tests.Support;
using Concert.Booking.WaitingRoom;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.WaitingRoom;

/// <summary>The fair start: who comes before booking opens is EARLY, and the places are drawn at the opening.</summary>
[Trait("Rule", "Q1")]
[Trait("Rule", "R-DRAW")]
public sealed class EarlyTests
{
    private static readonly (string, string) PerConcert = ("WaitingRoom:Scope", "Concert");

    /// <summary>What every world has on sale is over by then.</summary>
    private static readonly DateTimeOffset Now = World.Start.AddDays(31);

    private static World NewWorld(params (string, string)[] settings)
    {
        var world = new World(settings);
        world.Time.Advance(Now - World.Start);
        return world;
    }

    private static World NewWorld(World beside, params (string, string)[] settings) => new(beside, settings);

    private static async Task<string> ConcertAsync(World world) =>
        (await world.Get<ICatalogAdmin>().CreateConcertAsync(new NewConcert("Spring"), null, CancellationToken.None)).Value.Id;

    /// <summary>A concert with one schedule.</summary>
    private static async Task<string> ConcertAsync(World world, double fromMinutes, double toMinutes)
    {
        var concert = await ConcertAsync(world);
        await ScheduleAsync(world, concert, fromMinutes, toMinutes);
        return concert;
    }

    private static async Task ScheduleAsync(World world, string concert, double fromMinutes, double toMinutes)
    {
        var request = new NewSchedule(
            concert, Now.AddDays(60), Now.AddDays(61), Now.AddMinutes(fromMinutes), Now.AddMinutes(toMinutes), null,
            [new NewInventory("Floor", 5, 7)]);
        (await world.Get<ICatalogAdmin>().CreateScheduleAsync(request, null, CancellationToken.None)).Refusal.ShouldBeNull();
    }

    private static async Task<QueueAnswer> JoinAsync(World world, string user, string concert) =>
        (await world.Get<IQueueUseCases>().JoinAsync(user, concert, null, CancellationToken.None)).Value;

    private static TokenClaims ClaimsOf(World world, QueueAnswer answer) => world.Get<TokenSigner>().Verify(answer.View.Token).Value;

    private static async Task<QueueAnswer> CheckAsync(World world, QueueAnswer joined) =>
        (await world.Get<IQueueUseCases>().CheckAsync(ClaimsOf(world, joined), joined.View.Token, CancellationToken.None)).Value;

    [Theory]
    [InlineData("Service")]
    [InlineData("Concert")]
    public async Task Join_BeforeTheOpening_IsEarlyAndLearnsWhenItOpens(string scope)
    {
        using var world = NewWorld(("WaitingRoom:Scope", scope));
        var concert = await ConcertAsync(world, 30, 600);
        await ScheduleAsync(world, concert, 20, 500);

        var joined = await JoinAsync(world, "kim", concert);

        joined.View.ShouldBe(new QueueTokenView(joined.View.Token, "EARLY", null, 1200, null, Now.AddMinutes(20).ToUniversalTime()));
        joined.AskAgainAfter.ShouldBe(TimeSpan.FromSeconds(30));
        var refusal = (await world.Get<IQueueUseCases>().RequireActiveAsync(ClaimsOf(world, joined), concert, CancellationToken.None))!;
        refusal.Code.ShouldBe(RefusalCode.NotAdmitted);
        refusal.RetryAfter.ShouldBe(TimeSpan.FromSeconds(30));
        world.Time.Advance(TimeSpan.FromMinutes(18));
        (await CheckAsync(world, joined)).AskAgainAfter.ShouldBe(TimeSpan.FromSeconds(12));
        (await CheckAsync(world, joined)).View.EstimatedWaitSeconds.ShouldBe(120);
    }

    [Fact]
    public async Task Check_AtTheOpening_HasAPlaceOrIsInAndNotBefore()
    {
        using var world = NewWorld(PerConcert, ("WaitingRoom:AdmitPerInterval", "1"));
        var concert = await ConcertAsync(world, 10, 600);
        QueueAnswer[] early = [await JoinAsync(world, "kim", concert), await JoinAsync(world, "lee", concert), await JoinAsync(world, "ann", concert)];
        world.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        await world.Timers.AdmitWaitingAsync(CancellationToken.None);
        foreach (var joined in early)
        {
            (await CheckAsync(world, joined)).View.Status.ShouldBe("EARLY");
        }

        world.Time.Advance(TimeSpan.FromMilliseconds(1));
        var late = await JoinAsync(world, "late", concert);

        late.View.Position.ShouldBe(4);
        (await world.Timers.AdmitWaitingAsync(CancellationToken.None)).ShouldBe(1);
        var states = new List<QueueTokenView>();
        foreach (var joined in early.OrderBy(e => ClaimsOf(world, e).Early!.Lot))
        {
            states.Add((await CheckAsync(world, joined)).View);
        }

        states.Select(s => (s.Status, s.Position)).ShouldBe([("ACTIVE", null), ("WAITING", 1), ("WAITING", 2)]);
        states[0].ExpiresAt.ShouldBe(Now.AddMinutes(20));
    }

    [Fact]
    public async Task Join_SomethingOfTheLineIsOnSale_IsNotEarly()
    {
        using var world = NewWorld();
        var (open, closed) = (await ConcertAsync(world), await ConcertAsync(world));
        await ScheduleAsync(world, closed, 10, 600);
        await ScheduleAsync(world, open, -5, 5);

        (await JoinAsync(world, "kim", closed)).View.Status.ShouldBe("ACTIVE");

        using var perConcert = NewWorld(world, PerConcert);
        (await JoinAsync(perConcert, "kim", closed)).View.Status.ShouldBe("EARLY");
        (await JoinAsync(perConcert, "kim", open)).View.Status.ShouldBe("ACTIVE");
        world.Time.Advance(TimeSpan.FromMinutes(5));
        (await JoinAsync(world, "lee", open)).View.Status.ShouldBe("EARLY");
    }

    [Fact]
    public async Task Join_NothingIsToCome_IsFirstComeFirstServed()
    {
        using var world = NewWorld(PerConcert);
        var concert = await ConcertAsync(world);
        (await JoinAsync(world, "kim", concert)).View.Status.ShouldBe("ACTIVE");
        await ScheduleAsync(world, concert, -5, 5);
        world.Time.Advance(TimeSpan.FromMinutes(6));

        (await JoinAsync(world, "lee", concert)).View.Status.ShouldBe("ACTIVE");
    }

    [Fact]
    public async Task Check_ScheduleBringsTheOpeningForward_DrawsAtOnce()
    {
        using var world = NewWorld(PerConcert);
        var concert = await ConcertAsync(world, 60, 600);
        var joined = await JoinAsync(world, "kim", concert);

        await ScheduleAsync(world, concert, -1, 600);

        (await CheckAsync(world, joined)).View.Status.ShouldBe("WAITING");
        await world.Timers.AdmitWaitingAsync(CancellationToken.None);
        (await CheckAsync(world, joined)).View.Status.ShouldBe("ACTIVE");
    }

    [Fact]
    public async Task Join_AnotherInstancesSchedule_IsKnownWithinSeconds()
    {
        using var world = NewWorld(PerConcert);
        using var other = NewWorld(world, PerConcert);
        var concert = await ConcertAsync(world);
        await JoinAsync(other, "kim", concert);
        await ScheduleAsync(world, concert, 60, 600);

        world.Time.Advance(ConcertListing.KeptFor);

        (await JoinAsync(other, "lee", concert)).View.Status.ShouldBe("EARLY");
    }

    [Fact]
    public async Task Check_StoreIsAway_KnowsTheOpeningStill()
    {
        using var world = NewWorld(PerConcert);
        var concert = await ConcertAsync(world, 60, 600);
        var joined = await JoinAsync(world, "kim", concert);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        world.Store.OnRead = (_, _) => throw new StoreUnavailableException("away");

        (await CheckAsync(world, joined)).View.OpensAt.ShouldBe(Now.AddMinutes(60));
    }

    [Fact]
    public async Task Verify_EarlyToken_LivesFromTheOpeningOn()
    {
        using var world = NewWorld(PerConcert);
        var concert = await ConcertAsync(world, TimeSpan.FromDays(3).TotalMinutes, TimeSpan.FromDays(5).TotalMinutes);
        var joined = await JoinAsync(world, "kim", concert);

        world.Time.Advance(TimeSpan.FromDays(4));
        ClaimsOf(world, joined).UserId.ShouldBe("kim");
        world.Time.Advance(TimeSpan.FromMilliseconds(1));

        world.Get<TokenSigner>().Verify(joined.View.Token).Refusal!.Code.ShouldBe(RefusalCode.TokenExpired);
    }

    [Fact]
    public async Task Join_HolderIsTooOldToBeShown_EndsItAndJoins()
    {
        using var world = NewWorld(PerConcert);
        var concert = await ConcertAsync(world, 10, 12);
        var first = await JoinAsync(world, "kim", concert);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        await ScheduleAsync(world, concert, TimeSpan.FromDays(40).TotalMinutes, TimeSpan.FromDays(41).TotalMinutes);
        world.Room.Holder = ClaimsOf(world, first);
        world.Time.Advance(TimeSpan.FromDays(2));

        (await JoinAsync(world, "kim", concert)).View.Status.ShouldBe("EARLY");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("key")]
    public async Task Join_RepeatedBeforeAndAfterTheOpening_IsTheFirstToken(string? rotation)
    {
        using var world = NewWorld(PerConcert);
        var concert = await ConcertAsync(world, 10, 600);
        var queue = world.Get<IQueueUseCases>();
        var first = (await queue.JoinAsync("kim", concert, "key", CancellationToken.None)).Value;
        world.Time.Advance(TimeSpan.FromMinutes(9));
        (await queue.JoinAsync("kim", concert, "key", CancellationToken.None)).Value.View.Token.ShouldBe(first.View.Token);
        world.Time.Advance(TimeSpan.FromMinutes(1));

        // In the middle of a rotation, too.
        using var rotated = NewWorld(world, PerConcert, ("WaitingRoom:SigningKey", new string(rotation is null ? 'k' : 'x', 32)), ("WaitingRoom:PreviousSigningKey", new string('k', 32)));
        var repeat = (await rotated.Get<IQueueUseCases>().JoinAsync("kim", concert, "key", CancellationToken.None)).Value;

        repeat.View.Token.ShouldBe(first.View.Token);
        repeat.View.Status.ShouldBe("WAITING");
        repeat.IsNew.ShouldBeTrue();
    }

    [Fact]
    public async Task Join_DiedBetweenRoomAndClaimBeforeTheOpening_IsTheSameEarlyTokenAfter()
    {
        using var world = NewWorld(PerConcert);
        var concert = await ConcertAsync(world, 10, 600);
        var queue = world.Get<IQueueUseCases>();
        await world.Get<ICatalogQueries>().ListConcertsAsync(CancellationToken.None);
        var commits = 0;
        world.Store.OnCommit = (_, _) => ++commits > 1 ? Testing.Fakes.CommitFault.CrashBefore : Testing.Fakes.CommitFault.None;
        await Should.ThrowAsync<StoreUnavailableException>(() => queue.JoinAsync("kim", concert, "key", CancellationToken.None));
        world.Store.OnCommit = null;
        world.Time.Advance(TimeSpan.FromMinutes(10));

        var joined = (await queue.JoinAsync("kim", concert, "key", CancellationToken.None)).Value;

        var claims = ClaimsOf(world, joined);
        claims.Early.ShouldNotBeNull();
        claims.IssuedAt.ShouldBe(Now);
        (await CheckAsync(world, joined)).View.Position.ShouldBe(1);
    }

    [Fact]
    public async Task LotOf_TwoInstancesInTheMiddleOfARotation_IsTheSame()
    {
        using var world = NewWorld(PerConcert);
        using var rotated = NewWorld(
            world, PerConcert, ("WaitingRoom:SigningKey", new string('x', 32)), ("WaitingRoom:PreviousSigningKey", new string('k', 32)));
        var concert = await ConcertAsync(world, 10, 600);
        var joined = await JoinAsync(world, "kim", concert);

        ClaimsOf(rotated, joined).ShouldBe(ClaimsOf(world, joined));
        using var foreign = NewWorld(world, PerConcert, ("WaitingRoom:SigningKey", new string('y', 32)));
        foreign.Get<Lots>().Of(ClaimsOf(world, joined).Id).ShouldNotBe(ClaimsOf(world, joined).Early!.Lot);
    }

    /// <summary>
    /// Four who come one after the other: each of the 24 orders should come about equally often. Chi-squared with 23 degrees of freedom is under 49.73 with a
    /// probability of 99.9 %; the seeds are fixed.
    /// </summary>
    [Fact]
    public async Task Draw_OfFour_GivesEachOrderEquallyOften()
    {
        const int Draws = 2400;
        using var world = NewWorld(PerConcert, ("WaitingRoom:MaxActive", "1"));
        var orders = new Dictionary<string, int>(StringComparer.Ordinal);
        var lots = world.Get<Lots>();
        for (var draw = 0; draw < Draws; draw++)
        {
            var now = Now.AddHours(draw);
            var before = world.Get<Microsoft.Extensions.Options.IOptions<WaitingRoomOptions>>().Value.Limits with { Sale = new LineSale(null, now.AddMinutes(1)) };
            var line = new List<TokenClaims>();
            foreach (var user in "abcd")
            {
                var id = world.Minter.NewTokenId();
                line.Add(new TokenClaims(id, $"{user}", $"c{draw}", now) { Early = new EarlyEntry(now.AddMinutes(1), lots.Of(id)) });
                await world.Room.JoinAsync(line[^1], before, now, CancellationToken.None);
            }

            var open = before with { MaxActive = 0, Sale = new LineSale(now.AddMinutes(1), null) };
            await world.Room.AdmitAsync($"c{draw}", open, now.AddMinutes(1), CancellationToken.None);
            var places = new List<(long, string)>();
            foreach (var claims in line)
            {
                places.Add(((await world.Room.GetAsync(claims, poll: false, open, now.AddMinutes(1), CancellationToken.None)).Position!.Value, claims.UserId));
            }

            var order = string.Concat(places.Order().Select(p => p.Item2));
            orders[order] = orders.GetValueOrDefault(order) + 1;
        }

        orders.Count.ShouldBe(24);
        orders.Values.Sum(n => Math.Pow(n - (Draws / 24.0), 2) / (Draws / 24.0)).ShouldBeLessThan(49.73);
    }
}
