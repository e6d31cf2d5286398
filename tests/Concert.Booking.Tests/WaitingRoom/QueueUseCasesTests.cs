using Concert.Booking.Calls;
using Concert.Booking.Ports;
using Concert.Booking.Tests.Support;
using Concert.Booking.WaitingRoom;
using Concert.Testing.Fakes;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.WaitingRoom;

/// <summary>Of a service with a line for each concert; see <see cref="LineScopeTests"/> for the difference.</summary>
[Trait("Rule", "R-ADMITTED")]
public sealed class QueueUseCasesTests : IDisposable
{
    private static readonly TokenClaims Token = TestCommands.Token();
    private static readonly (string, string) PerConcert = ("WaitingRoom:Scope", "Concert");

    private readonly World _world = new(PerConcert);

    private IQueueUseCases Queue => _world.Get<IQueueUseCases>();

    public void Dispose() => _world.Dispose();

    private void Put(MemberStatus status, long? position = null) => _world.Room.Said[Token.Id] = new MemberState(
        status, position, status == MemberStatus.Active ? _world.Time.GetUtcNow().AddMinutes(10) : null);

    private Task<Refusal?> RequireAsync(string? concert = World.ConcertId, TokenClaims? token = null) =>
        Queue.RequireActiveAsync(token ?? Token, concert, CancellationToken.None);

    [Fact]
    public async Task Require_Active_IsAdmittedAndNotCountedAsAPoll()
    {
        Put(MemberStatus.Active);
        (await RequireAsync()).ShouldBeNull();
        (await RequireAsync(null)).ShouldBeNull();
        _world.Room.Asked.ShouldAllBe(a => !a.Poll);
    }

    [Fact]
    public async Task Require_Waiting_IsNotAdmittedAndHearsWhenToAsk()
    {
        Put(MemberStatus.Waiting, 120);
        var refusal = (await RequireAsync())!;
        refusal.Code.ShouldBe(RefusalCode.NotAdmitted);
        refusal.RetryAfter.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Require_EndedOrUnknown_IsExpired()
    {
        await Queue.JoinAsync("lee", World.ConcertId, null, CancellationToken.None);

        (await RequireAsync())!.Code.ShouldBe(RefusalCode.TokenExpired);
        Put(MemberStatus.Ended);
        (await RequireAsync())!.Code.ShouldBe(RefusalCode.TokenExpired);
    }

    [Fact]
    public async Task Require_AnotherConcertsRoom_IsNotAdmittedThoughActive()
    {
        Put(MemberStatus.Active);
        var refusal = (await RequireAsync("cother"))!;
        refusal.Code.ShouldBe(RefusalCode.NotAdmitted);
        refusal.RetryAfter.ShouldNotBeNull();
        _world.Room.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Require_RoomAway_AdmitsOnlyWhoWasSeenActiveAndOnlyUntilTheEnd()
    {
        Put(MemberStatus.Active);
        await RequireAsync();
        _world.Room.Away = true;

        (await RequireAsync()).ShouldBeNull();
        await Should.ThrowAsync<StoreUnavailableException>(() => RequireAsync(token: Token with { Id = Guid.Empty }));
        _world.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        (await RequireAsync()).ShouldBeNull();
        _world.Time.Advance(TimeSpan.FromMilliseconds(1));
        await Should.ThrowAsync<StoreUnavailableException>(() => RequireAsync());
    }

    [Fact]
    public async Task Require_RoomAwayAfterTheTokenWasSeenEnded_AdmitsNobody()
    {
        Put(MemberStatus.Active);
        await RequireAsync();
        Put(MemberStatus.Ended);
        await RequireAsync();
        _world.Room.Away = true;

        await Should.ThrowAsync<StoreUnavailableException>(() => RequireAsync());
    }

    [Fact]
    public async Task Check_Active_IsRememberedForWhenTheRoomIsAway()
    {
        Put(MemberStatus.Active);
        await Queue.CheckAsync(Token, "token", CancellationToken.None);
        _world.Room.Away = true;
        (await RequireAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Leave_Active_IsForgottenAlsoWhenTheRoomIsAway()
    {
        Put(MemberStatus.Active);
        await RequireAsync();
        (await Queue.LeaveAsync(Token, null, CancellationToken.None)).ShouldBeNull();
        _world.Room.Ended.ShouldHaveSingleItem().ShouldBe(Token);
        _world.Room.Away = true;
        await Should.ThrowAsync<StoreUnavailableException>(() => RequireAsync());
    }

    [Fact]
    public async Task Join_Concert_GivesAVerifiableTokenOfItsRoom()
    {
        using var world = new World(PerConcert, ("WaitingRoom:AdmitPerInterval", "1"));
        var queue = world.Get<IQueueUseCases>();
        await queue.JoinAsync("lee", World.ConcertId, null, CancellationToken.None);

        var answer = (await queue.JoinAsync("kim", World.ConcertId, null, CancellationToken.None)).Value;

        answer.View.Status.ShouldBe("WAITING");
        answer.View.Position.ShouldBe(1);
        answer.View.EstimatedWaitSeconds.ShouldBe(10);
        answer.View.ExpiresAt.ShouldBeNull();
        answer.AskAgainAfter.ShouldBe(TimeSpan.FromSeconds(1));
        var claims = world.Get<TokenSigner>().Verify(answer.View.Token).Value;
        claims.UserId.ShouldBe("kim");
        claims.Room.ShouldBe(World.ConcertId);
        claims.IssuedAt.ShouldBe(World.Start);
    }

    [Theory]
    [InlineData("cnowhere")]
    [InlineData("caaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task Join_UnknownConcert_IsNobodys(string concert) =>
        (await Queue.JoinAsync("kim", concert, null, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);

    [Theory]
    [InlineData('k', 'x', false)]
    [InlineData('x', 'k', false)]
    [InlineData('x', 'y', true)]
    public async Task Join_OtherTokenCanNoLongerBeVerified_EndsItAndJoins(char current, char previous, bool isLost)
    {
        using var rotated = new World(
            _world, PerConcert, ("WaitingRoom:SigningKey", new string(current, 32)), ("WaitingRoom:PreviousSigningKey", new string(previous, 32)));
        var holder = Token with { Id = _world.Minter.NewTokenId() };
        _world.Room.Holder = holder;

        var answer = await rotated.Get<IQueueUseCases>().JoinAsync("kim", World.ConcertId, null, CancellationToken.None);

        (answer.Refusal is null).ShouldBe(isLost);
        _world.Room.Ended.ShouldBe(isLost ? [holder] : []);
    }

    [Fact]
    public async Task Join_AlreadyQueued_IsRefused()
    {
        await Queue.JoinAsync("kim", World.ConcertId, null, CancellationToken.None);

        (await Queue.JoinAsync("kim", World.ConcertId, null, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.AlreadyQueued);
    }

    [Fact]
    public async Task Join_Repeated_GivesTheFirstToken()
    {
        var first = (await Queue.JoinAsync("kim", World.ConcertId, "key", CancellationToken.None)).Value;
        _world.Time.Advance(TimeSpan.FromSeconds(2));

        var answer = (await Queue.JoinAsync("kim", World.ConcertId, "key", CancellationToken.None)).Value;

        answer.View.Token.ShouldBe(first.View.Token);
        _world.Get<TokenSigner>().Verify(answer.View.Token).Value.IssuedAt.ShouldBe(World.Start);
        answer.View.Status.ShouldBe("ACTIVE");
        answer.View.ExpiresAt.ShouldBe(World.Start.AddMinutes(10));
        answer.View.EstimatedWaitSeconds.ShouldBeNull();
        answer.AskAgainAfter.ShouldBeNull();
    }

    [Fact]
    public async Task Join_RepeatedAfterAJoinThatWasNotNotedHasEnded_ShowsThatAndJoinsNothing()
    {
        // The claim knows of no outcome, as it does not for a repeat that is on its way when the first call is answered and its token left.
        _world.Store.OnCommit = (_, operations) =>
            operations.Any(o => o is DocumentOperation.Replace && o.Id.StartsWith("claim:join:", StringComparison.Ordinal)) ? CommitFault.RequestLost : CommitFault.None;
        await Should.ThrowAsync<StoreUnavailableException>(() => Queue.JoinAsync("kim", World.ConcertId, "key", CancellationToken.None));
        _world.Store.OnCommit = null;
        var joined = _world.Room.Asked.ShouldHaveSingleItem().Claims;
        await _world.Room.EndAsync(joined, CancellationToken.None);

        for (var i = 0; i < 2; i++)
        {
            var repeat = (await Queue.JoinAsync("kim", World.ConcertId, "key", CancellationToken.None)).Value;

            repeat.View.Status.ShouldBe("ENDED");
            _world.Get<TokenSigner>().Verify(repeat.View.Token).Value.Id.ShouldBe(joined.Id);
        }

        (await Queue.JoinAsync("kim", World.ConcertId, "another key", CancellationToken.None)).Value.View.Status.ShouldBe("ACTIVE");
    }

    [Theory]
    [InlineData(1, 10, 1)]
    [InlineData(50, 10, 1)]
    [InlineData(51, 20, 2)]
    [InlineData(500, 100, 10)]
    [InlineData(1_001, 210, 20)]
    [InlineData(1_000_000, 200_000, 20)]
    public async Task Check_Waiting_AsksAgainLaterTheFurtherBack(long position, long wait, int askAgain)
    {
        Put(MemberStatus.Waiting, position);

        var answer = (await Queue.CheckAsync(Token, "token", CancellationToken.None)).Value;

        answer.View.ShouldBe(new QueueTokenView("token", "WAITING", position, wait, null));
        answer.AskAgainAfter.ShouldBe(TimeSpan.FromSeconds(askAgain));
        _world.Room.Asked.ShouldHaveSingleItem().Poll.ShouldBeTrue();
    }

    [Fact]
    public async Task Check_Ended_SaysSo()
    {
        Put(MemberStatus.Ended);

        var answer = (await Queue.CheckAsync(Token, "token", CancellationToken.None)).Value;
        answer.View.Status.ShouldBe("ENDED");
        answer.AskAgainAfter.ShouldBeNull();
    }

    [Theory]
    [InlineData("00:00:30", 10)]
    [InlineData("00:01:30", 20)]
    public async Task Check_ShortSilenceLimit_AsksAgainWellWithinIt(string silence, int askAgain)
    {
        using var world = new World(PerConcert, ("WaitingRoom:SilenceLimit", silence));
        world.Room.Said[Token.Id] = new MemberState(MemberStatus.Waiting, 1_000_000);

        var answer = (await world.Get<IQueueUseCases>().CheckAsync(Token, "token", CancellationToken.None)).Value;

        answer.AskAgainAfter.ShouldBe(TimeSpan.FromSeconds(askAgain));
    }

    [Theory]
    [InlineData("00:00:01")]
    [InlineData("00:00:02")]
    [InlineData("00:00:03")]
    public async Task Check_VeryShortSilenceLimit_NeverAsksToBeSilentLongerThanASecond(string silence)
    {
        using var world = new World(PerConcert, ("WaitingRoom:SilenceLimit", silence));
        world.Room.Said[Token.Id] = new MemberState(MemberStatus.Waiting, 1_000_000);

        var answer = (await world.Get<IQueueUseCases>().CheckAsync(Token, "token", CancellationToken.None)).Value;

        answer.AskAgainAfter.ShouldBe(TimeSpan.FromSeconds(1));
    }
}
