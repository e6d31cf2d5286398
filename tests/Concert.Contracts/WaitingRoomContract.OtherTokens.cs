using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

/// <summary>What ends a token ends that token: never the user's current one, and never the note that the user is in, by whatever way the token ends.</summary>
public abstract partial class WaitingRoomContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EndAsync_EarlierTokenOfAUserWhoIsInAgain_LeavesTheCurrentOne(bool isActive)
    {
        var earlier = await JoinAsync("kim", Start, Closed);
        await Room.EndAsync(earlier, Cancel);
        var current = await JoinAsync("kim", At(1), isActive ? Limits : Closed);

        await Room.EndAsync(earlier, Cancel);
        await Room.EndAsync(earlier, Cancel);

        await ShouldBeInAsync(current, isActive, At(2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EndAsync_TokenThatNeverCameIn_LeavesTheUsersCurrentOne(bool isActive)
    {
        var current = await JoinAsync("kim", Start, isActive ? Limits : Closed);

        // One that was refused as already queued, and one from before the room lost its memory.
        await Room.EndAsync(Claims("kim", At(1)), Cancel);
        await Room.EndAsync(Claims("kim", At(-300)), Cancel);

        await ShouldBeInAsync(current, isActive, At(2));
    }

    [Fact]
    public async Task AdmitAsync_EarlierTokensTimeIsOver_LeavesTheCurrentOne()
    {
        var earlier = await JoinAsync("kim", Start);
        var over = Start + Limits.ActiveFor;
        var current = await JoinAsync("kim", over);

        await AdmitAsync(over);
        await AdmitAsync(over + TimeSpan.FromSeconds(5));
        (await PollAsync(earlier, over)).ShouldBe(new MemberState(MemberStatus.Ended));
        await Room.EndAsync(earlier, Cancel);

        await ShouldBeInAsync(current, isActive: true, over + TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task AdmitAsync_EarlierTokenFellSilent_LeavesTheCurrentOne()
    {
        var earlier = await JoinAsync("kim", Start, Closed);
        foreach (var second in new[] { 15, 30, 45, 61 })
        {
            await AdmitAsync(At(second), Closed);
        }

        var current = await JoinAsync("kim", At(62), Closed);
        foreach (var second in new[] { 63, 75, 90, 105, 120 })
        {
            (await AdmitAsync(At(second), Closed)).ShouldBe(new AdmissionRound(0, 0, 0, Active: 0, Waiting: 1));
        }

        (await PollAsync(earlier, At(121))).ShouldBe(new MemberState(MemberStatus.Ended));
        await Room.EndAsync(earlier, Cancel);
        await ShouldBeInAsync(current, isActive: false, At(121));
    }

    [Fact]
    public async Task JoinAsync_EarlierTokenAgain_HasEndedAndLeavesTheCurrentOne()
    {
        var earlier = await JoinAsync("kim", Start, Closed);
        await Room.EndAsync(earlier, Cancel);
        var current = await JoinAsync("kim", At(1), Closed);

        (await Room.JoinAsync(earlier, Closed, At(2), Cancel)).ShouldBe(new JoinResult.Joined(earlier, new MemberState(MemberStatus.Ended)));
        (await PollAsync(earlier, At(2))).ShouldBe(new MemberState(MemberStatus.Ended));

        await ShouldBeInAsync(current, isActive: false, At(3));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetAsync_TokenFromBeforeOfAUserWhoIsInAgain_LeavesTheCurrentOneInEveryRound(bool isActive)
    {
        var current = await JoinAsync("kim", Start, isActive ? Limits : Closed);
        var lost = Claims("kim", At(-300));
        for (var second = 1; second < 50; second += 15)
        {
            (await PollAsync(lost, At(second))).ShouldBe(new MemberState(MemberStatus.Ended));
            (await LookAsync(lost, At(second))).ShouldBe(new MemberState(MemberStatus.Ended));
            await PollAsync(current, At(second));
            await AdmitAsync(At(second), isActive ? Limits : Closed);
        }

        await Room.EndAsync(lost, Cancel);

        await ShouldBeInAsync(current, isActive, At(50));
    }

    [Fact]
    public async Task EndAsync_CurrentTokenAfterAnEarlierOne_LetsTheUserJoinAgain()
    {
        var earlier = await JoinAsync("kim", Start, Closed);
        await Room.EndAsync(earlier, Cancel);
        var current = await JoinAsync("kim", At(1), Closed);
        await Room.EndAsync(earlier, Cancel);

        await Room.EndAsync(current, Cancel);

        await ShouldBeInAsync(await JoinAsync("kim", At(2), Closed), isActive: false, At(3));
    }

    /// <summary>In, known to be in, and alone in a room that has nobody else.</summary>
    private async Task ShouldBeInAsync(TokenClaims current, bool isActive, DateTimeOffset now)
    {
        var status = isActive ? MemberStatus.Active : MemberStatus.Waiting;
        (await LookAsync(current, now)).Status.ShouldBe(status);
        (await Room.JoinAsync(Claims(current.UserId, now), Closed, now, Cancel)).ShouldBeOfType<JoinResult.AlreadyQueued>();
        (await Room.JoinAsync(current, Closed, now, Cancel)).ShouldBeOfType<JoinResult.Joined>().Claims.ShouldBe(current);
        (await PollAsync(current, now)).Status.ShouldBe(status);
        var round = await AdmitAsync(now, Closed);
        (round.Active, round.Waiting).ShouldBe(isActive ? (1, 0) : (0, 1));
    }
}
