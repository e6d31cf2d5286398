using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

public abstract partial class WaitingRoomContract
{
    [Fact]
    public async Task JoinAsync_NobodyWaitsAndLimitsAllow_AdmitsAtOnceUntilTheActiveTimeEnds()
    {
        var claims = Claims("kim", Start);

        var result = await Room.JoinAsync(claims, Limits, Start, Cancel);

        result.ShouldBe(new JoinResult.Joined(claims, new MemberState(MemberStatus.Active, null, Start + Limits.ActiveFor)));
        (await LookAsync(claims, At(1))).ShouldBe(new MemberState(MemberStatus.Active, null, Start + Limits.ActiveFor));
    }

    [Fact]
    public async Task JoinAsync_IntervalIsUsedUp_Waits()
    {
        for (var i = 0; i < Limits.AdmitPerInterval; i++)
        {
            (await PollAsync(await JoinAsync($"user-{i}", Start), Start)).Status.ShouldBe(MemberStatus.Active);
        }

        var claims = Claims("late", At(1));
        var result = await Room.JoinAsync(claims, Limits, At(1), Cancel);

        result.ShouldBe(new JoinResult.Joined(claims, new MemberState(MemberStatus.Waiting, 1)));
    }

    [Fact]
    public async Task JoinAsync_RoomIsFullOfActiveMembers_Waits()
    {
        for (var i = 0; i < Limits.MaxActive; i++)
        {
            await JoinAsync($"user-{i}", At(i * 10));
        }

        var claims = await JoinAsync("late", At(60));

        (await LookAsync(claims, At(60))).ShouldBe(new MemberState(MemberStatus.Waiting, 1));
    }

    [Fact]
    public async Task JoinAsync_ActiveTimeOfTheOthersIsOver_AdmitsAtOnceWithoutARound()
    {
        var limits = Limits with { MaxActive = 1 };
        await JoinAsync("first", Start, limits);

        var second = await JoinAsync("second", Start + limits.ActiveFor, limits);

        (await LookAsync(second, Start + limits.ActiveFor)).Status.ShouldBe(MemberStatus.Active);
    }

    [Fact]
    public async Task JoinAsync_SomebodyWaits_QueuesBehindEvenWhenLimitsWouldAllow()
    {
        var first = await JoinAsync("first", Start, Closed);

        var second = await JoinAsync("second", At(1));

        (await LookAsync(first, At(1))).ShouldBe(new MemberState(MemberStatus.Waiting, 1));
        (await LookAsync(second, At(1))).ShouldBe(new MemberState(MemberStatus.Waiting, 2));
    }

    [Fact]
    public async Task JoinAsync_SameTokenAgain_GivesTheFirstClaimsAndTheSamePlace()
    {
        var line = await JoinWaitingAsync(3, Start);

        var again = await Room.JoinAsync(line[1] with { IssuedAt = At(5) }, Closed, At(5), Cancel);

        again.ShouldBe(new JoinResult.Joined(line[1], new MemberState(MemberStatus.Waiting, 2)));
        (await PositionsAsync(line, At(5))).ShouldBe([1, 2, 3]);
        (await AdmitAsync(At(5), Closed)).Waiting.ShouldBe(3);
    }

    [Fact]
    public async Task JoinAsync_SameTokenAgainWhenActive_KeepsTheFirstEndAndTakesNoSecondAdmission()
    {
        var claims = await JoinAsync("kim", Start);

        var again = await Room.JoinAsync(claims with { IssuedAt = At(5) }, Limits, At(5), Cancel);

        again.ShouldBe(new JoinResult.Joined(claims, new MemberState(MemberStatus.Active, null, Start + Limits.ActiveFor)));
        (await AdmitAsync(At(5))).ShouldBe(new AdmissionRound(0, 0, 0, Active: 1, Waiting: 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task JoinAsync_SameUserWithAnotherToken_IsAlreadyQueuedAndChangesNothing(bool active)
    {
        var first = await JoinAsync("kim", Start, active ? Limits : Closed);
        var before = await LookAsync(first, At(1));

        (await Room.JoinAsync(Claims("kim", At(1)), Limits, At(1), Cancel)).ShouldBe(new JoinResult.AlreadyQueued(first));

        (await LookAsync(first, At(1))).ShouldBe(before);
        var round = await AdmitAsync(At(1), Closed);
        (round.Active + round.Waiting).ShouldBe(1);
    }

    [Fact]
    public async Task JoinAsync_SameUserAfterEnd_JoinsAtTheEndOfTheLine()
    {
        var line = await JoinWaitingAsync(3, Start);
        await Room.EndAsync(line[0], Cancel);

        var again = await JoinAsync("user-0", At(1), Closed);

        (await PositionsAsync([line[1], line[2], again], At(1))).ShouldBe([1, 2, 3]);
        (await LookAsync(line[0], At(1))).ShouldBe(new MemberState(MemberStatus.Ended));
    }

    [Fact]
    public async Task JoinAsync_SameUserAfterTheActiveTime_JoinsWithoutARound()
    {
        await JoinAsync("kim", Start);
        var over = Start + Limits.ActiveFor;

        var again = await JoinAsync("kim", over);

        (await LookAsync(again, over)).Status.ShouldBe(MemberStatus.Active);
    }

    [Fact]
    public async Task JoinAsync_ManyAtOnce_PositionsAreUniqueAndDense()
    {
        const int Count = 100;
        var claims = Enumerable.Range(0, Count).Select(i => Claims($"user-{i}", Start)).ToArray();

        var results = await Task.WhenAll(claims.Select(c => Room.JoinAsync(c, Closed, Start, Cancel)));

        // Nobody leaves, so the place given at join is the place kept.
        results.Select(r => r.ShouldBeOfType<JoinResult.Joined>().State.Position!.Value).Order().ShouldBe(Enumerable.Range(1, Count).Select(i => (long)i));
        (await PositionsAsync(claims, At(1))).ShouldBe(results.Select(r => ((JoinResult.Joined)r).State.Position));
    }

    [Fact]
    public async Task JoinAsync_OneUserManyTokensAtOnce_OneIsIn()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Room.JoinAsync(Claims("kim", Start), Limits, Start, Cancel)));

        results.OfType<JoinResult.Joined>().Count().ShouldBe(1);
        (await AdmitAsync(Start)).Active.ShouldBe(1);
    }

    [Fact]
    public async Task JoinAsync_OneTokenManyTimesAtOnce_TakesOnePlace()
    {
        var claims = Claims("kim", Start);

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Room.JoinAsync(claims, Closed, Start, Cancel)));

        results.ShouldAllBe(r => r == new JoinResult.Joined(claims, new MemberState(MemberStatus.Waiting, 1)));
        (await AdmitAsync(Start, Closed)).Waiting.ShouldBe(1);
    }

    [Fact]
    public async Task JoinAsync_ManyAtOnceIntoAnEmptyRoom_AdmitsNoMoreThanTheLimits()
    {
        var claims = Enumerable.Range(0, 30).Select(i => Claims($"user-{i}", Start)).ToArray();

        var results = await Task.WhenAll(claims.Select(c => Room.JoinAsync(c, Limits, Start, Cancel)));

        results.Count(r => ((JoinResult.Joined)r).State.Status == MemberStatus.Active).ShouldBe(Limits.AdmitPerInterval);
        (await AdmitAsync(Start)).ShouldBe(new AdmissionRound(0, 0, 0, Active: 3, Waiting: 27));
    }
}
