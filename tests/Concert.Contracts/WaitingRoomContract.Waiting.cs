using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

public abstract partial class WaitingRoomContract
{
    [Fact]
    public async Task GetAsync_JoinsWithinOneMillisecond_PositionsFollowTheArrival()
    {
        var line = await JoinWaitingAsync(30, Start);

        (await PositionsAsync(line, Start)).ShouldBe(Enumerable.Range(1, 30).Select(i => (long?)i));
    }

    [Fact]
    public async Task GetAsync_LaterJoinFromASlowerClock_QueuesBehind()
    {
        var first = await JoinAsync("first", At(1), Closed);

        var second = await JoinAsync("second", At(0.5), Closed);

        (await PositionsAsync([first, second], At(1))).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task GetAsync_MembersInTheMiddleLeave_PositionsCloseUpAndNeverGrow()
    {
        var line = (await JoinWaitingAsync(12, Start)).ToList();
        var last = Enumerable.Range(1, line.Count).Select(i => (long?)i).ToDictionary(i => line[(int)i!.Value - 1]);
        foreach (var leaver in new[] { 5, 2, 7, 0, 3 })
        {
            await Room.EndAsync(line[leaver], Cancel);
            line.RemoveAt(leaver);
            await JoinAsync($"new-{leaver}", At(1), Closed);

            var positions = await PositionsAsync(line, At(1));

            positions.ShouldBe(Enumerable.Range(1, line.Count).Select(i => (long?)i));
            for (var i = 0; i < line.Count; i++)
            {
                positions[i]!.Value.ShouldBeLessThanOrEqualTo(last[line[i]]!.Value);
                last[line[i]] = positions[i];
            }
        }
    }

    [Fact]
    public async Task GetAsync_ActiveTimeIsOver_IsEndedWithoutARound()
    {
        var claims = await JoinAsync("kim", Start);

        (await LookAsync(claims, Start + Limits.ActiveFor - TimeSpan.FromMilliseconds(1))).Status.ShouldBe(MemberStatus.Active);
        (await LookAsync(claims, Start + Limits.ActiveFor)).ShouldBe(new MemberState(MemberStatus.Ended));
        (await PollAsync(claims, Start + Limits.ActiveFor)).ShouldBe(new MemberState(MemberStatus.Ended));
    }

    [Fact]
    public async Task GetAsync_PollOfAnActiveMember_DoesNotProlongIt()
    {
        var claims = await JoinAsync("kim", Start);

        (await PollAsync(claims, At(300))).ShouldBe(new MemberState(MemberStatus.Active, null, Start + Limits.ActiveFor));
    }

    [Fact]
    public async Task EndAsync_Waiting_GivesUpThePlace()
    {
        var line = await JoinWaitingAsync(2, Start);

        await Room.EndAsync(line[0], Cancel);

        (await PollAsync(line[0], At(1))).ShouldBe(new MemberState(MemberStatus.Ended));
        (await LookAsync(line[1], At(1))).ShouldBe(new MemberState(MemberStatus.Waiting, 1));
    }

    [Fact]
    public async Task EndAsync_Active_MakesRoomForTheNextButNotWithinTheInterval()
    {
        var limits = Limits with { MaxActive = 1, AdmitPerInterval = 1 };
        var first = await JoinAsync("first", Start, limits);
        var second = await JoinAsync("second", At(1), limits);

        await Room.EndAsync(first, Cancel);

        (await AdmitAsync(At(2), limits)).ShouldBe(new AdmissionRound(0, 0, 0, Active: 0, Waiting: 1));
        (await AdmitAsync(At(10), limits)).ShouldBe(new AdmissionRound(1, 0, 0, Active: 1, Waiting: 0));
        (await LookAsync(second, At(10))).ExpiresAt.ShouldBe(At(10) + limits.ActiveFor);
    }

    [Fact]
    public async Task EndAsync_AgainOrUnknown_ChangesNothing()
    {
        var line = await JoinWaitingAsync(2, Start);
        await Room.EndAsync(line[0], Cancel);
        var again = await JoinAsync("user-0", At(1), Closed);

        await Room.EndAsync(line[0], Cancel);
        await Room.EndAsync(Claims("user-1", At(1)), Cancel);
        await Room.EndAsync(Claims("nobody", At(1), NewRoom()), Cancel);

        (await PositionsAsync([line[1], again], At(2))).ShouldBe([1, 2]);
        (await Room.JoinAsync(Claims("user-0", At(2)), Closed, At(2), Cancel)).ShouldBeOfType<JoinResult.AlreadyQueued>();
    }

    [Fact]
    public async Task CheckAsync_RoomCanBeUsed_Returns() => await Room.CheckAsync(Cancel);

    [Fact]
    public async Task ListRoomsAsync_RoomsWithMembers_AreListedUntilTheyAreEmpty()
    {
        var other = NewRoom();
        var waiting = await JoinAsync("kim", Start, Closed);
        await JoinAsync("lee", Start, Limits, other);
        (await Room.ListRoomsAsync(Cancel)).ShouldContain(Name);
        (await Room.ListRoomsAsync(Cancel)).ShouldContain(other);

        await Room.EndAsync(waiting, Cancel);
        await AdmitAsync(At(60));

        (await Room.ListRoomsAsync(Cancel)).ShouldNotContain(Name);
        (await Room.ListRoomsAsync(Cancel)).ShouldContain(other);
        await JoinAsync("kim", At(61));
        (await Room.ListRoomsAsync(Cancel)).Count(r => r == Name).ShouldBe(1);
    }

    [Fact]
    public async Task Rooms_OfOneUser_AreIndependent()
    {
        var other = NewRoom();
        var here = await JoinAsync("kim", Start, Closed);
        var there = await JoinAsync("kim", Start, Limits, other);

        (await LookAsync(here, At(1))).ShouldBe(new MemberState(MemberStatus.Waiting, 1));
        (await LookAsync(there, At(1))).Status.ShouldBe(MemberStatus.Active);

        await Room.EndAsync(here, Cancel);
        (await LookAsync(there, At(1))).Status.ShouldBe(MemberStatus.Active);
        (await AdmitAsync(At(1))).ShouldBe(new AdmissionRound(0, 0, 0, 0, 0));
    }
}
