using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

public abstract partial class WaitingRoomContract
{
    [Fact]
    public async Task AdmitAsync_UnknownRoom_DoesNothing() => (await AdmitAsync(Start)).ShouldBe(new AdmissionRound(0, 0, 0, 0, 0));

    [Fact]
    public async Task AdmitAsync_LineIsWaiting_AdmitsTheFirstInOrder()
    {
        var line = await JoinWaitingAsync(6, Start);

        (await AdmitAsync(At(1))).ShouldBe(new AdmissionRound(3, 0, 0, Active: 3, Waiting: 3));

        foreach (var claims in line[..3])
        {
            (await LookAsync(claims, At(1))).ShouldBe(new MemberState(MemberStatus.Active, null, At(1) + Limits.ActiveFor));
        }

        (await PositionsAsync(line[3..], At(1))).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task AdmitAsync_BothLimits_TheTighterOneDecides()
    {
        await JoinWaitingAsync(9, Start);

        (await AdmitAsync(At(1))).Admitted.ShouldBe(3);
        (await AdmitAsync(At(2))).Admitted.ShouldBe(0);
        (await AdmitAsync(At(10.999))).Admitted.ShouldBe(0);
        (await AdmitAsync(At(11))).ShouldBe(new AdmissionRound(1, 0, 0, Active: 4, Waiting: 5));
        (await AdmitAsync(At(30))).ShouldBe(new AdmissionRound(0, 0, 0, Active: 4, Waiting: 5));
    }

    [Fact]
    public async Task AdmitAsync_AdmissionsSpreadOverTheInterval_AnyIntervalHoldsTheLimit()
    {
        var limits = Limits with { MaxActive = 1000, SilenceLimit = TimeSpan.FromHours(1) };
        await JoinAsync("early", Start, limits);
        var admitted = new List<DateTimeOffset> { Start };
        var waiting = await JoinWaitingAsync(40, Start);
        foreach (var second in new[] { 4, 9, 10, 12, 13.5, 14, 19, 20, 22, 23.999, 24, 31, 40, 41, 45 })
        {
            var round = await AdmitAsync(At(second), limits);
            admitted.AddRange(Enumerable.Repeat(At(second), round.Admitted));
        }

        foreach (var start in admitted)
        {
            admitted.Count(a => a >= start && a < start + limits.AdmitInterval).ShouldBeLessThanOrEqualTo(limits.AdmitPerInterval);
        }

        // The window slides, so the limit is also used: 1 + 2 by 4 s, then 1 as the first leaves the window, and so on.
        admitted.Count.ShouldBe(13);
        (await LookAsync(waiting[admitted.Count - 1], At(45))).Position.ShouldBe(1);
    }

    [Fact]
    public async Task AdmitAsync_ActiveTimeIsOver_EndsThemAndAdmitsTheNext()
    {
        var limits = Limits with { MaxActive = 2, SilenceLimit = TimeSpan.FromHours(1) };
        var line = await JoinWaitingAsync(3, Start);
        await AdmitAsync(Start, limits);

        (await AdmitAsync(Start + limits.ActiveFor, limits)).ShouldBe(new AdmissionRound(1, 0, 2, Active: 1, Waiting: 0));

        (await LookAsync(line[0], Start + limits.ActiveFor)).Status.ShouldBe(MemberStatus.Ended);
        (await LookAsync(line[2], Start + limits.ActiveFor)).Status.ShouldBe(MemberStatus.Active);
    }

    [Fact]
    public async Task AdmitAsync_SilentWaiter_LosesThePlaceAndTheOthersCloseUp()
    {
        var line = await JoinWaitingAsync(3, Start);
        foreach (var second in new[] { 15, 30, 45, 59 })
        {
            await PollAsync(line[0], At(second));
            await PollAsync(line[2], At(second));
            (await AdmitAsync(At(second), Closed)).ShouldBe(new AdmissionRound(0, 0, 0, Active: 0, Waiting: 3));
        }

        (await AdmitAsync(At(61), Closed)).ShouldBe(new AdmissionRound(0, Dropped: 1, 0, Active: 0, Waiting: 2));

        (await PollAsync(line[1], At(61))).ShouldBe(new MemberState(MemberStatus.Ended));
        (await PositionsAsync([line[0], line[2]], At(61))).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task AdmitAsync_LookedAtButNotPolled_IsSilent()
    {
        var claims = await JoinAsync("kim", Start, Closed);
        foreach (var second in new[] { 15, 30, 45, 59 })
        {
            await LookAsync(claims, At(second));
            await AdmitAsync(At(second), Closed);
        }

        (await AdmitAsync(At(61), Closed)).Dropped.ShouldBe(1);
    }

    [Fact]
    public async Task AdmitAsync_SilentWaiterAtTheHead_IsDroppedAndNotAdmitted()
    {
        var line = await JoinWaitingAsync(2, Start);
        foreach (var second in new[] { 15, 30, 45, 59 })
        {
            await PollAsync(line[1], At(second));
            await AdmitAsync(At(second), Closed);
        }

        (await AdmitAsync(At(61))).ShouldBe(new AdmissionRound(1, 1, 0, Active: 1, Waiting: 0));

        (await LookAsync(line[0], At(61))).Status.ShouldBe(MemberStatus.Ended);
        (await LookAsync(line[1], At(61))).Status.ShouldBe(MemberStatus.Active);
    }

    [Fact]
    public async Task AdmitAsync_ActiveMemberDoesNotPoll_StaysActive()
    {
        var waited = await JoinAsync("waited", Start, Closed);
        (await AdmitAsync(At(1))).Admitted.ShouldBe(1);
        var straightIn = await JoinAsync("straight-in", At(2));
        foreach (var second in new[] { 15, 30, 45, 60, 75 })
        {
            (await AdmitAsync(At(second))).ShouldBe(new AdmissionRound(0, 0, 0, Active: 2, Waiting: 0));
        }

        (await LookAsync(waited, At(75))).Status.ShouldBe(MemberStatus.Active);
        (await LookAsync(straightIn, At(75))).Status.ShouldBe(MemberStatus.Active);
    }

    [Fact]
    public async Task AdmitAsync_DroppedUser_MayJoinAgain()
    {
        await JoinAsync("kim", Start, Closed);
        foreach (var second in new[] { 15, 30, 45, 61 })
        {
            await AdmitAsync(At(second), Closed);
        }

        (await LookAsync(await JoinAsync("kim", At(62), Closed), At(62))).Position.ShouldBe(1);
    }

    [Fact]
    public async Task AdmitAsync_ManyRoundsAtOnce_AdmitNoMoreThanOneWould()
    {
        var line = await JoinWaitingAsync(10, Start);

        var rounds = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AdmitAsync(At(1))));

        rounds.Sum(r => r.Admitted).ShouldBe(Limits.AdmitPerInterval);
        (await PositionsAsync(line[3..], At(1))).ShouldBe([1, 2, 3, 4, 5, 6, 7]);
    }

    [Fact]
    public async Task AdmitAsync_SilentForExactlyTheLimit_KeepsThePlace()
    {
        await JoinAsync("kim", Start, Closed);
        foreach (var second in new[] { 15, 30, 45, 60 })
        {
            (await AdmitAsync(At(second), Closed)).ShouldBe(new AdmissionRound(0, 0, 0, Active: 0, Waiting: 1));
        }

        (await AdmitAsync(At(60.001), Closed)).Dropped.ShouldBe(1);
    }

    [Fact]
    public async Task AdmitAsync_LimitLoweredBelowTheActive_AdmitsNobodyAndEndsNobody()
    {
        await JoinWaitingAsync(4, Start);
        await AdmitAsync(Start, Limits);

        (await AdmitAsync(At(11), Limits with { MaxActive = 2 })).ShouldBe(new AdmissionRound(0, 0, 0, Active: 3, Waiting: 1));
        (await AdmitAsync(At(12), Limits)).ShouldBe(new AdmissionRound(1, 0, 0, Active: 4, Waiting: 0));
    }

    [Fact]
    public async Task AnyCall_Cancelled_ThrowsAndChangesNothing()
    {
        var line = await JoinWaitingAsync(2, Start);

        await ThrowsAsync<OperationCanceledException>(() => Room.JoinAsync(Claims("lee", Start), Closed, Start, Cancelled()));
        await ThrowsAsync<OperationCanceledException>(() => Room.GetAsync(line[0], poll: true, Limits, At(1), Cancelled()));
        await ThrowsAsync<OperationCanceledException>(() => Room.EndAsync(line[0], Cancelled()));
        await ThrowsAsync<OperationCanceledException>(() => Room.AdmitAsync(Name, Limits, At(1), Cancelled()));
        await ThrowsAsync<OperationCanceledException>(() => Room.ListRoomsAsync(Cancelled()));
        await ThrowsAsync<OperationCanceledException>(() => Room.CheckAsync(Cancelled()));

        (await PositionsAsync(line, At(2))).ShouldBe([1, 2]);
        (await AdmitAsync(At(2), Closed)).ShouldBe(new AdmissionRound(0, 0, 0, Active: 0, Waiting: 2));
    }

    [Fact]
    public async Task Race_JoinsLeavesAndRounds_KeepBothLimitsAndExactPositions()
    {
        var early = await JoinWaitingAsync(10, Start);
        var joining = Enumerable.Range(0, 10).Select(i => Claims($"late-{i}", At(1))).ToArray();

        var admitted = await RaceAsync(24, async i =>
        {
            switch (i % 3)
            {
                case 0:
                    return (await AdmitAsync(At(1))).Admitted;
                case 1:
                    await Room.EndAsync(early[i / 3], Cancel);
                    return 0;
                default:
                    await Room.JoinAsync(joining[i / 3], Limits, At(1), Cancel);
                    return 0;
            }
        });

        // Whom a round admitted may have left at once, so there is no exact number; but never more than the interval's.
        admitted.Sum().ShouldBeInRange(1, Limits.AdmitPerInterval);
        var round = await AdmitAsync(At(2));
        round.Active.ShouldBeLessThanOrEqualTo(Limits.MaxActive);
        var positions = (await PositionsAsync([.. early, .. joining.Take(8)], At(2))).OfType<long>().ToList();
        positions.Order().ShouldBe(Enumerable.Range(1, round.Waiting).Select(p => (long)p));
    }
}
