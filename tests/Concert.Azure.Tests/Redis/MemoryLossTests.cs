using Concert.Azure.Tests.Redis.Server;
using Concert.Booking.Ports;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Redis;

/// <summary>What members have left when Redis lost all or a part of what it knew.</summary>
public sealed class MemoryLossTests : IAsyncLifetime
{
    private const string Name = "c1";
    private static readonly RoomLimits Limits = new(100, 50, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60));
    private static readonly RoomLimits Closed = Limits with { MaxActive = 0 };
    private static readonly DateTimeOffset Start = new(2030, 5, 1, 20, 0, 0, TimeSpan.Zero);
    private RedisServer _server = null!;
    private ServiceProvider _instance = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IWaitingRoom Room => _instance.Room();

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _instance = ConcertRedis.Instance(_server, ConcertRedis.Patient);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _instance.DisposeAsync();
            await _server.DisposeAsync();
        }
    }

    private static DateTimeOffset At(double seconds) => Start + TimeSpan.FromSeconds(seconds);

    private async Task<TokenClaims> JoinAsync(string user, DateTimeOffset now, RoomLimits? limits = null)
    {
        var claims = new TokenClaims(Guid.NewGuid(), user, Name, now);
        return (await Room.JoinAsync(claims, limits ?? Closed, now, Cancel)).ShouldBeOfType<JoinResult.Joined>().Claims;
    }

    private async Task<TokenClaims[]> LineAsync(int count)
    {
        var line = new TokenClaims[count];
        for (var i = 0; i < count; i++)
        {
            line[i] = await JoinAsync($"user-{i}", At(i * 0.1));
        }

        return line;
    }

    private Task<MemberState> PollAsync(TokenClaims claims, DateTimeOffset now) => Room.GetAsync(claims, poll: true, Limits, now, Cancel);

    [Fact]
    public async Task FlushAll_MembersPollInAnyOrder_HaveTheirPlacesBackBeforeNewcomers()
    {
        var line = await LineAsync(50);
        await _server.SendAsync("FLUSHALL");

        var newcomer = await JoinAsync("new", At(10));
        (await PollAsync(newcomer, At(10))).Position.ShouldBe(1);
        await Task.WhenAll(line.OrderBy(c => c.Id).Select(claims => PollAsync(claims, At(11))));

        for (var i = 0; i < line.Length; i++)
        {
            (await PollAsync(line[i], At(12))).ShouldBe(new MemberState(MemberStatus.Waiting, i + 1));
        }

        (await PollAsync(newcomer, At(12))).Position.ShouldBe(line.Length + 1);
        (await Room.ListRoomsAsync(Cancel)).ShouldBe([Name]);
    }

    [Fact]
    public async Task FlushAll_WasActive_IsAtTheHeadOfTheLineAndAdmittedAgain()
    {
        var active = await JoinAsync("active", At(-60), Limits);
        var line = await LineAsync(3);
        await _server.SendAsync("FLUSHALL");
        foreach (var claims in line.Append(active))
        {
            await PollAsync(claims, At(10));
        }

        (await PollAsync(active, At(10))).Position.ShouldBe(1);
        (await Room.AdmitAsync(Name, Limits with { AdmitPerInterval = 1 }, At(11), Cancel)).Admitted.ShouldBe(1);

        (await PollAsync(active, At(11))).Status.ShouldBe(MemberStatus.Active);
    }

    [Fact]
    public async Task FlushAll_MemberNeverPolls_IsNotBackAndOthersAreAdmitted()
    {
        var line = await LineAsync(2);
        await _server.SendAsync("FLUSHALL");
        await PollAsync(line[1], At(10));

        (await Room.AdmitAsync(Name, Limits, At(11), Cancel)).ShouldBe(new AdmissionRound(1, 0, 0, Active: 1, Waiting: 0));

        (await PollAsync(line[0], At(12))).ShouldBe(new MemberState(MemberStatus.Waiting, 1));
    }

    [Fact]
    public async Task FlushAll_UserJoinedAnewMeanwhile_TheOldTokenIsEnded()
    {
        var old = await JoinAsync("kim", Start);
        await _server.SendAsync("FLUSHALL");
        var anew = await JoinAsync("kim", At(10));

        (await PollAsync(old, At(11))).Status.ShouldBe(MemberStatus.Ended);
        (await PollAsync(anew, At(11))).Position.ShouldBe(1);
    }

    [Fact]
    public async Task FlushAll_PaidBeforeTheNextPoll_IsNotPutBack()
    {
        var active = await JoinAsync("kim", Start, Limits);
        await _server.SendAsync("FLUSHALL");

        await Room.EndAsync(active, Cancel);

        (await PollAsync(active, At(10))).Status.ShouldBe(MemberStatus.Ended);
        (await Room.AdmitAsync(Name, Limits, At(11), Cancel)).ShouldBe(new AdmissionRound(0, 0, 0, 0, 0));
    }

    [Theory]
    [InlineData("waiting")]
    [InlineData("members")]
    [InlineData("state")]
    public async Task KeyIsEvicted_WaitingMembersPoll_KeepTheirOrder(string key)
    {
        var line = await LineAsync(5);
        await _server.SendAsync("DEL", $"{{room:{Name}}}:{key}");

        foreach (var claims in line.Reverse())
        {
            (await PollAsync(claims, At(10))).Status.ShouldBe(MemberStatus.Waiting);
        }

        for (var i = 0; i < line.Length; i++)
        {
            (await PollAsync(line[i], At(11))).Position.ShouldBe(i + 1);
        }

        await Room.EndAsync(line[0], Cancel);
        (await PollAsync(line[1], At(11))).Position.ShouldBe(1);
        await JoinAsync("late", At(12));
        (await PollAsync(line[4], At(12))).Position.ShouldBe(4);
    }

    /// <summary>Without the note who is in, a user may come in twice; what ends one token still ends only that one.</summary>
    [Fact]
    public async Task UsersAreEvicted_OneOfTwoTokensEnds_TheNoteOfTheOtherStays()
    {
        var first = await JoinAsync("kim", Start);
        await _server.SendAsync("DEL", $"{{room:{Name}}}:users");
        var second = await JoinAsync("kim", At(1));

        await Room.EndAsync(first, Cancel);

        (await PollAsync(second, At(2))).ShouldBe(new MemberState(MemberStatus.Waiting, 1));
        var third = new TokenClaims(Guid.NewGuid(), "kim", Name, At(2));
        (await Room.JoinAsync(third, Closed, At(2), Cancel)).ShouldBeOfType<JoinResult.AlreadyQueued>();
    }

    [Fact]
    public async Task RegisterIsLostAlone_MembersPoll_TheRoomIsListedAgain()
    {
        var claims = await JoinAsync("kim", Start);
        await _server.SendAsync("DEL", "{rooms}:listed");

        await PollAsync(claims, At(6));

        (await Room.ListRoomsAsync(Cancel)).ShouldBe([Name]);
    }

    [Fact]
    public async Task FlushAll_PollRightAfterTheRoomWasListed_ListsItAgain()
    {
        var claims = await JoinAsync("kim", Start);
        await _server.SendAsync("FLUSHALL");

        await PollAsync(claims, At(0.1));

        (await Room.ListRoomsAsync(Cancel)).ShouldBe([Name]);
    }

    [Fact]
    public async Task RegisterRemoval_SomebodyListedTheRoomJustNow_KeepsIt()
    {
        await Room.EndAsync(await JoinAsync("kim", Start), Cancel);

        await Room.AdmitAsync(Name, Limits, At(1), Cancel);
        (await Room.ListRoomsAsync(Cancel)).ShouldBe([Name]);

        await Room.AdmitAsync(Name, Limits, At(31), Cancel);
        (await Room.ListRoomsAsync(Cancel)).ShouldBeEmpty();
    }
}
