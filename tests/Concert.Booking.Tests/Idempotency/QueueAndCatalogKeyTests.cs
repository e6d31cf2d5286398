using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ports;
using Concert.Booking.Tests.Support;
using Concert.Booking.WaitingRoom;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Idempotency;

/// <summary>One key, one effect: of the waiting room and of what staff create.</summary>
[Trait("Rule", "L3")]
[Trait("Rule", "R-KEY"), Trait("Rule", "R-KEYTIME")]
public sealed class QueueAndCatalogKeyTests : IDisposable
{
    private readonly World _world = new();

    private IQueueUseCases Queue => _world.Get<IQueueUseCases>();

    private ICatalogAdmin Catalog => _world.Get<ICatalogAdmin>();

    public void Dispose() => _world.Dispose();

    private Task<Result<QueueAnswer>> JoinAsync(string? concert, string? key = "key") => Queue.JoinAsync("kim", concert, key, CancellationToken.None);

    private TokenClaims ClaimsOf(Result<QueueAnswer> answer) => _world.Get<TokenSigner>().Verify(answer.Value.View.Token).Value;

    private static NewSchedule Schedule(string concert, int quantity = 5, string name = "Floor") => new(
        concert, World.Start.AddDays(60), World.Start.AddDays(61), World.Start, World.Start.AddDays(59), null, [new NewInventory(name, quantity, 7)]);

    private Task<Result<CreatedSchedule>> CreateAsync(NewSchedule schedule) => Catalog.CreateScheduleAsync(schedule, "key", CancellationToken.None);

    [Fact]
    public async Task Join_OneKeyForTwoConcerts_IsAMismatch()
    {
        var first = await JoinAsync(World.ConcertId);
        var asked = _world.Room.Asked.Count;

        (await JoinAsync(null)).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);

        _world.Room.Asked.Count.ShouldBe(asked);
        ClaimsOf(first).Room.ShouldBe(TokenClaims.General);
    }

    [Fact]
    public async Task Join_RepeatedAfterLeaving_ShowsTheEndedTokenAndDoesNotReviveIt()
    {
        var token = ClaimsOf(await JoinAsync(null));
        await Queue.LeaveAsync(token, null, CancellationToken.None);
        _world.Time.Advance(TimeSpan.FromMinutes(1));

        var repeat = await JoinAsync(null);

        ClaimsOf(repeat).ShouldBe(token);
        repeat.Value.View.Status.ShouldBe("ENDED");
        _world.Room.Joined.ShouldBe(1);
    }

    [Fact]
    public async Task Join_Repeated_IsTheTokenAsItStandsNow()
    {
        var token = ClaimsOf(await JoinAsync(null));
        _world.Room.Said[token.Id] = new MemberState(MemberStatus.Active, null, World.Start.AddMinutes(10));

        var repeat = await JoinAsync(null);

        ClaimsOf(repeat).ShouldBe(token);
        repeat.Value.View.Status.ShouldBe("ACTIVE");
    }

    [Fact]
    public async Task Join_DiedBetweenClaimAndRoom_JoinsOnceUnderTheSameToken()
    {
        _world.Room.Away = true;
        await Should.ThrowAsync<StoreUnavailableException>(() => JoinAsync(null));
        _world.Room.Away = false;
        _world.Time.Advance(TimeSpan.FromSeconds(2));

        var token = ClaimsOf(await JoinAsync(null));
        ClaimsOf(await JoinAsync(null)).ShouldBe(token);

        _world.Room.Joined.ShouldBe(1);
    }

    [Fact]
    public async Task Join_AnotherKey_IsAnotherToken()
    {
        var first = ClaimsOf(await JoinAsync(null));
        await Queue.LeaveAsync(first, null, CancellationToken.None);

        ClaimsOf(await JoinAsync(null, "other")).Id.ShouldNotBe(first.Id);
    }

    [Fact]
    public async Task Leave_OneKeyForTwoTokens_IsAMismatchAndEndsNothing()
    {
        var one = ClaimsOf(await JoinAsync(null, null));
        var two = ClaimsOf(await Queue.JoinAsync("lee", null, null, CancellationToken.None)) with { UserId = "kim" };
        (await Queue.LeaveAsync(one, "key", CancellationToken.None)).ShouldBeNull();
        (await Queue.LeaveAsync(one, "key", CancellationToken.None)).ShouldBeNull();

        (await Queue.LeaveAsync(two, "key", CancellationToken.None))!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);

        _world.Room.Ended.ShouldAllBe(t => t == one);
    }

    [Fact]
    public async Task CreateSchedule_OneKeyForTwoConcerts_IsAMismatch()
    {
        var other = (await Catalog.CreateConcertAsync(new NewConcert("Autumn"), null, CancellationToken.None)).Value.Id;
        (await CreateAsync(Schedule(World.ConcertId))).Refusal.ShouldBeNull();
        var before = _world.Store.Snapshot();

        (await CreateAsync(Schedule(other))).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);

        _world.Store.Snapshot().ShouldBe(before);
    }

    [Fact]
    public async Task CreateSchedule_RepeatedWhenTheShowIsOver_IsStillTheFirst()
    {
        using var world = new World(("Booking:KeepIdempotencyKeys", "100.00:00:00"));
        var catalog = world.Get<ICatalogAdmin>();
        var first = (await catalog.CreateScheduleAsync(Schedule(World.ConcertId), "key", CancellationToken.None)).Value;
        world.Time.Advance(TimeSpan.FromDays(70));

        (await catalog.CreateScheduleAsync(Schedule(World.ConcertId), "key", CancellationToken.None)).Value.Id.ShouldBe(first.Id);
    }

    [Fact]
    public async Task CreateSchedule_SameRequestInAnotherSpelling_IsTheSame()
    {
        var request = Schedule(World.ConcertId, name: "Hall");
        var first = (await CreateAsync(request)).Value;

        (await CreateAsync(request with
        {
            OpenAt = request.OpenAt!.Value.ToUniversalTime(),
            Inventories = [new NewInventory(" Hall ", 5, 7)],
        })).Value.Id.ShouldBe(first.Id);
        (await CreateAsync(request with { CloseAt = request.CloseAt!.Value.AddTicks(1) })).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);
    }

    [Fact]
    public async Task CreateSchedule_RefusedFirst_LeavesTheKeyNew()
    {
        (await CreateAsync(Schedule("cnowhere"))).Refusal!.Code.ShouldBe(RefusalCode.NotYours);

        (await CreateAsync(Schedule(World.ConcertId))).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task CreateConcert_KeyIsForgotten_IsNew()
    {
        var first = (await Catalog.CreateConcertAsync(new NewConcert("Summer"), "key", CancellationToken.None)).Value;
        _world.Time.Advance(TimeSpan.FromDays(2));

        var second = (await Catalog.CreateConcertAsync(new NewConcert("Winter"), "key", CancellationToken.None)).Value;

        second.Id.ShouldNotBe(first.Id);
        second.Name.ShouldBe("Winter");
    }

    [Fact]
    public async Task CreateConcert_DiedBetweenClaimAndConcert_IsMadeByTheRepeat()
    {
        var seen = 0;
        _world.Store.OnCommit = (_, _) => ++seen == 2 ? CommitFault.CrashBefore : CommitFault.None;
        await Should.ThrowAsync<StoreUnavailableException>(() => Catalog.CreateConcertAsync(new NewConcert("Summer"), "key", CancellationToken.None));
        _world.Store.OnCommit = null;

        var made = (await Catalog.CreateConcertAsync(new NewConcert("Summer"), "key", CancellationToken.None)).Value;

        var concerts = _world.Store.All().Where(d => d.Document.Id == ConcertDocument.DocumentId && d.Partition.Key != World.ConcertId).ToList();
        concerts.ShouldHaveSingleItem().Partition.Key.ShouldBe(made.Id);
    }
}
