using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

/// <summary>
/// What a durable waiting room promises whose commits a test can hold back: a place, an admission or an end that a crash could take back is neither
/// shown nor repeated.
/// </summary>
public abstract class DurableRoomContract
{
    private static readonly DateTimeOffset Now = new(2030, 5, 1, 20, 0, 0, TimeSpan.Zero);

    private static readonly RoomLimits Limits =
        new(MaxActive: 4, AdmitPerInterval: 3, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60));

    private static readonly RoomLimits Closed = Limits with { MaxActive = 0 };

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract IWaitingRoom Room { get; }

    /// <summary>Holds back commits from now on.</summary>
    protected abstract ICommitHold Hold();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task JoinAsync_NotDurableYet_IsNeitherAnsweredNorRepeatedNorShown(bool isAdmitted)
    {
        var limits = isAdmitted ? Limits : Closed;
        var claims = Claims("kim");
        using var hold = Hold();
        var first = Join(claims, limits);
        await hold.Reached;
        var (repeat, other, poll, look) = (Join(claims, limits), Join(Claims("kim"), limits), Get(claims, poll: true), Get(claims, poll: false));

        await hold.ShouldWaitAsync(first, repeat, other, poll, look);

        hold.Release();
        var joined = (await first).ShouldBeOfType<JoinResult.Joined>();
        (await repeat).ShouldBe(joined);
        (await other).ShouldBeOfType<JoinResult.AlreadyQueued>();
        (await poll).ShouldBe(joined.State);
        (await look).ShouldBe(joined.State);
    }

    [Fact]
    public async Task EndAsync_NotDurableYet_IsNeitherAnsweredNorRepeatedNorShown()
    {
        var claims = Claims("kim");
        await Join(claims, Closed);
        using var hold = Hold();
        var first = Room.EndAsync(claims, Cancel);
        await hold.Reached;
        var (repeat, poll, look, next) = (Room.EndAsync(claims, Cancel), Get(claims, poll: true), Get(claims, poll: false), Join(Claims("kim"), Closed));

        await hold.ShouldWaitAsync(first, repeat, poll, look, next);

        hold.Release();
        await Task.WhenAll(first, repeat);
        (await poll).ShouldBe(new MemberState(MemberStatus.Ended));
        (await look).ShouldBe(new MemberState(MemberStatus.Ended));
        (await next).ShouldBeOfType<JoinResult.Joined>();
    }

    [Fact]
    public async Task AdmitAsync_NotDurableYet_IsNeitherAnsweredNorRepeatedNorShown()
    {
        var claims = Claims("kim");
        await Join(claims, Closed);
        using var hold = Hold();
        var first = Room.AdmitAsync(claims.Room, Limits, Now, Cancel);
        await hold.Reached;
        var (again, poll, look) = (Room.AdmitAsync(claims.Room, Limits, Now, Cancel), Get(claims, poll: true), Get(claims, poll: false));

        await hold.ShouldWaitAsync(first, again, poll, look);

        hold.Release();
        (await first).Admitted.ShouldBe(1);
        (await again).ShouldBe(new AdmissionRound(0, 0, 0, Active: 1, Waiting: 0));
        (await poll).Status.ShouldBe(MemberStatus.Active);
        (await look).Status.ShouldBe(MemberStatus.Active);
    }

    [Fact]
    public async Task GetAsync_PutBackIsNotDurableYet_IsNeitherAnsweredNorShown()
    {
        var lost = Claims("kim") with { IssuedAt = Now.AddMinutes(-5) };
        using var hold = Hold();
        var first = Get(lost, poll: true);
        await hold.Reached;
        var (again, look) = (Get(lost, poll: true), Get(lost, poll: false));

        await hold.ShouldWaitAsync(first, again, look);

        hold.Release();
        (await Task.WhenAll(first, again, look)).ShouldAllBe(state => state == new MemberState(MemberStatus.Waiting, 1, null));
    }

    private static TokenClaims Claims(string user) => new(Guid.NewGuid(), user, "c1", Now);

    private Task<JoinResult> Join(TokenClaims claims, RoomLimits limits) => Room.JoinAsync(claims, limits, Now, Cancel);

    private Task<MemberState> Get(TokenClaims claims, bool poll) => Room.GetAsync(claims, poll, Limits, Now, Cancel);
}
