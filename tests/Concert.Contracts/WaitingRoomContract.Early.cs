using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

/// <summary>
/// Before an opening members are EARLY; the draw at the opening gives them their places. The clock says when to open, so these tests open by what the
/// caller says of the sale, from <see cref="WaitingRoomContract.Start"/> on.
/// </summary>
public abstract partial class WaitingRoomContract
{
    private static DateTimeOffset Opening => At(100);

    private static RoomLimits Resting => Limits with { Sale = new LineSale(null, Opening) };

    /// <summary>Open, and nobody is admitted: positions stay.</summary>
    private static RoomLimits OpenFull => Closed with { Sale = new LineSale(Opening, null) };

    private static RoomLimits Open => Limits with { Sale = new LineSale(Opening, null) };

    private TokenClaims EarlyClaims(string user, long lot, DateTimeOffset issuedAt, DateTimeOffset? opensAt = null) =>
        Claims(user, issuedAt) with { Early = new EarlyEntry(opensAt ?? Opening, lot) };

    private async Task<TokenClaims> JoinEarlyAsync(string user, long lot, DateTimeOffset now, RoomLimits? limits = null)
    {
        var claims = EarlyClaims(user, lot, now, (limits ?? Resting).Sale.OpensAt);
        (await Room.JoinAsync(claims, limits ?? Resting, now, Cancel)).ShouldBe(new JoinResult.Joined(claims, new MemberState(MemberStatus.Early)));
        return claims;
    }

    /// <summary>Joins in the order given; the answer is in the order of the lots.</summary>
    private async Task<TokenClaims[]> JoinEarlyAsync(params long[] lots)
    {
        var line = new List<TokenClaims>();
        foreach (var lot in lots)
        {
            line.Add(await JoinEarlyAsync($"early-{lot}", lot, At(line.Count)));
        }

        return [.. line.OrderBy(c => c.Early!.Lot)];
    }

    [Fact]
    public async Task JoinAsync_BeforeTheOpening_IsEarlyWithoutPlaceOrAdmission()
    {
        var line = await JoinEarlyAsync(3, 1, 2);

        foreach (var claims in line)
        {
            (await LookAsync(claims, At(10))).ShouldBe(new MemberState(MemberStatus.Early));
            (await Room.GetAsync(claims, poll: true, Resting, At(10), Cancel)).ShouldBe(new MemberState(MemberStatus.Early));
        }

        (await AdmitAsync(At(11), Resting)).ShouldBe(new AdmissionRound(0, 0, 0, Active: 0, Waiting: 0) { Early = 3 });
        (await Room.ListRoomsAsync(Cancel)).ShouldContain(Name);
    }

    [Fact]
    public async Task AdmitAsync_EarlyMembersDoNotPoll_AreNeverSilent()
    {
        var line = await JoinEarlyAsync(1, 2);
        var later = Resting with { Sale = new LineSale(null, At(1000)) };
        for (var second = 20; second < 900; second += 20)
        {
            (await AdmitAsync(At(second), later)).ShouldBe(new AdmissionRound(0, 0, 0, 0, 0) { Early = 2 });
        }

        (await LookAsync(line[0], At(900))).Status.ShouldBe(MemberStatus.Early);
        var open = OpenFull with { Sale = new LineSale(At(1000), null) };
        foreach (var second in new[] { 1000, 1020, 1040, 1060 })
        {
            (await AdmitAsync(At(second), open)).ShouldBe(new AdmissionRound(0, 0, 0, Active: 0, Waiting: 2));
        }
    }

    [Theory]
    [InlineData("join")]
    [InlineData("poll")]
    [InlineData("round")]
    public async Task AnyCall_AtTheOpening_DrawsThePlacesByLotBeforeWhoComesLater(string first)
    {
        var line = await JoinEarlyAsync(700, 2, (1L << 52) - 1, 0, 31, 30);
        switch (first)
        {
            case "poll":
                (await Room.GetAsync(line[2], poll: true, OpenFull, Opening, Cancel)).ShouldBe(new MemberState(MemberStatus.Waiting, 3));
                break;
            case "round":
                (await AdmitAsync(Opening, OpenFull)).ShouldBe(new AdmissionRound(0, 0, 0, Active: 0, Waiting: 6));
                break;
        }

        var late = await JoinAsync("late", Opening, Open);
        var later = await JoinAsync("later", Opening, Open);

        (await PositionsAsync([.. line, late, later], Opening)).ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
    }

    [Fact]
    public async Task AdmitAsync_AtTheOpening_AdmitsByLotAsTheLimitsAllow()
    {
        var line = await JoinEarlyAsync(5, 4, 3, 2, 1);

        (await AdmitAsync(Opening, Open)).ShouldBe(new AdmissionRound(3, 0, 0, Active: 3, Waiting: 2));

        foreach (var claims in line[..3])
        {
            (await LookAsync(claims, Opening)).ShouldBe(new MemberState(MemberStatus.Active, null, Opening + Limits.ActiveFor));
        }

        (await PositionsAsync(line[3..], Opening)).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task AdmitAsync_BeforeAnOpening_TheLineRestsAndWhoWaitedStaysAhead()
    {
        var waited = await JoinWaitingAsync(2, Start);
        var early = await JoinEarlyAsync("early", 0, At(1));
        foreach (var second in new[] { 10, 25, 40, 55 })
        {
            (await AdmitAsync(At(second), Resting)).ShouldBe(new AdmissionRound(0, 0, 0, Active: 0, Waiting: 2) { Early = 1 });
        }

        await AdmitAsync(At(58), OpenFull);

        (await PositionsAsync([.. waited, early], At(58))).ShouldBe([1, 2, 3]);
        var late = await JoinAsync("late", At(58), Open);
        (await AdmitAsync(At(59), Open)).Admitted.ShouldBe(3);
        (await LookAsync(late, At(59))).Position.ShouldBe(1);
    }

    [Fact]
    public async Task JoinAsync_CallerWithAClockBehindAfterTheDraw_StandsBehindIt()
    {
        var line = await JoinEarlyAsync(2, 1);
        await AdmitAsync(Opening, OpenFull);

        var slow = EarlyClaims("slow", 0, Opening.AddSeconds(-5));
        (await Room.JoinAsync(slow, Resting, Opening.AddSeconds(-5), Cancel))
            .ShouldBe(new JoinResult.Joined(slow with { Early = null }, new MemberState(MemberStatus.Waiting, 3)));
        (await Room.GetAsync(line[1], poll: true, Resting, Opening.AddSeconds(-5), Cancel)).ShouldBe(new MemberState(MemberStatus.Waiting, 2));
        (await AdmitAsync(Opening.AddSeconds(-5), Resting)).Admitted.ShouldBe(3);
    }

    [Fact]
    public async Task JoinAsync_EarlyTokenAgain_GivesTheFirstClaimsBeforeAndAfterTheDraw()
    {
        var line = await JoinEarlyAsync(2, 1);
        var retry = line[1] with { IssuedAt = At(50) };

        (await Room.JoinAsync(retry, Resting, At(50), Cancel)).ShouldBe(new JoinResult.Joined(line[1], new MemberState(MemberStatus.Early)));
        (await Room.JoinAsync(retry with { Early = null }, OpenFull, Opening, Cancel))
            .ShouldBe(new JoinResult.Joined(line[1], new MemberState(MemberStatus.Waiting, 2)));
        await AdmitAsync(Opening, Open);
        (await Room.JoinAsync(retry with { Early = null }, Open, Opening, Cancel)).ShouldBeOfType<JoinResult.Joined>().Claims.ShouldBe(line[1]);
    }

    [Fact]
    public async Task JoinAsync_EarlyUserWithAnotherToken_IsAlreadyQueuedInEveryState()
    {
        var line = await JoinEarlyAsync(1, 2);

        await ShouldBeInAsync(Resting, At(50));
        await ShouldBeInAsync(OpenFull, Opening);
        await AdmitAsync(Opening, Open);
        await ShouldBeInAsync(Open, Opening);

        async Task ShouldBeInAsync(RoomLimits limits, DateTimeOffset now) =>
            (await Room.JoinAsync(EarlyClaims(line[0].UserId, 9, now), limits, now, Cancel)).ShouldBe(new JoinResult.AlreadyQueued(line[0]));
    }

    [Fact]
    public async Task EndAsync_Early_TakesNoPartInTheDraw()
    {
        var line = await JoinEarlyAsync(1, 2, 3);

        await Room.EndAsync(line[0], Cancel);

        (await LookAsync(line[0], At(50))).ShouldBe(new MemberState(MemberStatus.Ended));
        var again = await JoinEarlyAsync(line[0].UserId, 8, At(51));
        await AdmitAsync(Opening, OpenFull);
        (await PositionsAsync([line[1], line[2], again], Opening)).ShouldBe([1, 2, 3]);
        await Room.EndAsync(line[1], Cancel);
        (await PositionsAsync([line[2], again], Opening)).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task AdmitAsync_WhoIsSilentSinceTheDraw_LosesThePlace()
    {
        var line = await JoinEarlyAsync(1, 2, 3, 4);
        foreach (var second in new[] { 100, 115, 130, 145, 160 })
        {
            (await AdmitAsync(At(second), OpenFull)).Dropped.ShouldBe(0);
            await Room.GetAsync(line[1], poll: true, OpenFull, At(second), Cancel);
        }

        await Room.GetAsync(line[3], poll: true, OpenFull, At(160), Cancel);
        (await AdmitAsync(At(160.001), OpenFull)).ShouldBe(new AdmissionRound(0, Dropped: 2, 0, Active: 0, Waiting: 2));

        (await PositionsAsync([line[1], line[3]], At(161))).ShouldBe([1, 2]);
        (await LookAsync(line[0], At(161))).ShouldBe(new MemberState(MemberStatus.Ended));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AdmitAsync_AnotherOpening_WhoWaitsStillIsAheadOfItsDraw(bool roundsBetween)
    {
        var first = await JoinEarlyAsync(5, 6);
        await AdmitAsync(Opening, OpenFull);
        var late = await JoinAsync("late", At(101), OpenFull);
        var resting = Limits with { Sale = new LineSale(Opening, At(150)) };
        var (b, a) = (await JoinEarlyAsync("b", 2, At(110), resting), await JoinEarlyAsync("a", 1, At(111), resting));
        if (roundsBetween)
        {
            (await AdmitAsync(At(120), resting)).ShouldBe(new AdmissionRound(0, 0, 0, Active: 0, Waiting: 3) { Early = 2 });
        }

        (await PositionsAsync([.. first, late], At(120))).ShouldBe([1, 2, 3]);
        await AdmitAsync(At(150), OpenFull with { Sale = new LineSale(At(150), null) });
        var last = await JoinAsync("last", At(151), OpenFull with { Sale = new LineSale(At(150), null) });

        (await PositionsAsync([.. first, late, a, b, last], At(151))).ShouldBe([1, 2, 3, 4, 5, 6]);
        (await AdmitAsync(At(152), Limits with { Sale = new LineSale(At(150), null) })).Admitted.ShouldBe(3);
        (await PositionsAsync([a, b, last], At(152))).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task JoinAsync_EarlyByTheWordOfWhoDidNotKnowOfTheOpening_GoesToTheEnd()
    {
        var line = await JoinEarlyAsync(5);
        await AdmitAsync(Opening, OpenFull);
        var waits = await JoinAsync("waits", At(101), OpenFull);

        // A schedule has brought the opening forward, which this caller has not heard of.
        var late = await JoinEarlyAsync("late", 0, At(102), Limits with { Sale = new LineSale(null, At(5000)) });
        await AdmitAsync(At(103), OpenFull);

        (await PositionsAsync([.. line, waits, late], At(103))).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task JoinAsync_IssuedBeforeTheOpeningAndAtTheLineAfterIt_StandsWhereItArrives()
    {
        var line = await JoinEarlyAsync(5);
        await AdmitAsync(Opening, OpenFull);

        // Calls that took long over the opening: nobody was told EARLY and nobody has a lot, so it is the line that says who came first.
        TokenClaims[] slow = [Claims("second", At(98)), Claims("third", At(90))];
        for (var i = 0; i < slow.Length; i++)
        {
            (await Room.JoinAsync(slow[i], OpenFull, slow[i].IssuedAt, Cancel)).ShouldBe(new JoinResult.Joined(slow[i], new MemberState(MemberStatus.Waiting, i + 2)));
        }

        (await PositionsAsync([.. line, .. slow], At(101))).ShouldBe([1, 2, 3]);
        (await AdmitAsync(At(102), Open with { AdmitPerInterval = 2 })).Admitted.ShouldBe(2);
        (await PositionsAsync([.. line, .. slow], At(102))).ShouldBe([null, null, 1]);
    }

    [Fact]
    public async Task AdmitAsync_OpeningIsPutOff_TheDrawIsMadeThen()
    {
        var line = await JoinEarlyAsync(2, 1);
        var later = Resting with { Sale = new LineSale(null, At(200)) };

        (await AdmitAsync(At(101), later)).ShouldBe(new AdmissionRound(0, 0, 0, 0, 0) { Early = 2 });

        (await Room.GetAsync(line[0], poll: true, later, At(101), Cancel)).Status.ShouldBe(MemberStatus.Early);
        await AdmitAsync(At(200), OpenFull with { Sale = new LineSale(At(200), null) });
        (await PositionsAsync(line, At(200))).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task AdmitAsync_WindowCameAndWentUnseen_TheDrawIsMadeAllTheSame()
    {
        var line = await JoinEarlyAsync(2, 1);
        var missed = Limits with { Sale = new LineSale(Opening, At(900)) };

        (await AdmitAsync(At(500), missed)).ShouldBe(new AdmissionRound(0, 0, 0, Active: 0, Waiting: 2));
        var next = await JoinEarlyAsync("next", 0, At(501), missed);

        (await PositionsAsync(line, At(501))).ShouldBe([1, 2]);
        (await LookAsync(next, At(501))).Status.ShouldBe(MemberStatus.Early);
    }

    [Fact]
    public async Task AdmitAsync_NoOpeningIsKnownAnyMore_EarlyMembersWaitOnceTheirOwnHasPassed()
    {
        var line = await JoinEarlyAsync(2, 1);

        (await AdmitAsync(At(50), Closed)).Early.ShouldBe(2);
        (await AdmitAsync(Opening, Closed)).ShouldBe(new AdmissionRound(0, 0, 0, Active: 0, Waiting: 2));

        (await PositionsAsync(line, Opening)).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task GetAsync_EarlyTokenFromBeforeTheBeginning_IsEarlyAgainUntilTheOpening()
    {
        await JoinEarlyAsync("new", 5, Start);
        var (a, b) = (EarlyClaims("a", 9, At(-300)), EarlyClaims("b", 1, At(-200)));

        (await Room.GetAsync(a, poll: false, Resting, At(1), Cancel)).Status.ShouldBe(MemberStatus.Early);
        (await AdmitAsync(At(1), Resting)).Early.ShouldBe(1);
        foreach (var claims in new[] { a, b })
        {
            (await Room.GetAsync(claims, poll: true, Resting, At(1), Cancel)).ShouldBe(new MemberState(MemberStatus.Early));
        }

        await AdmitAsync(Opening, OpenFull);
        (await LookAsync(b, Opening)).Position.ShouldBe(1);
        (await LookAsync(a, Opening)).Position.ShouldBe(3);
    }

    [Fact]
    public async Task GetAsync_EarlyTokensAfterTheOpeningWasForgotten_StandByLotBeforeWhoCameLater()
    {
        // Nobody has called since all was lost; those of the draw and one who came after it come back in any order.
        TokenClaims[] drawn = [EarlyClaims("a", 1, At(-300)), EarlyClaims("b", 2, At(-200)), EarlyClaims("c", 3, At(-250))];
        var (before, after) = (Claims("before", At(50)), Claims("after", At(105)));
        var late = await JoinAsync("late", At(110), OpenFull);

        foreach (var claims in new[] { after, drawn[1], before, drawn[2], drawn[0] })
        {
            (await Room.GetAsync(claims, poll: true, OpenFull, At(111), Cancel)).Status.ShouldBe(MemberStatus.Waiting);
        }

        (await PositionsAsync([before, .. drawn, after, late], At(112))).ShouldBe([1, 2, 3, 4, 5, 6]);
        (await AdmitAsync(At(113), Open)).Admitted.ShouldBe(3);
        (await PositionsAsync([drawn[2], after, late], At(113))).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Race_CallersWithDifferingClocksAtTheOpening_OneDraw()
    {
        var line = await JoinEarlyAsync([.. Enumerable.Range(0, 20).Select(i => (long)(i * 7 % 20))]);
        await RaceAsync(24, async i =>
        {
            var (limits, now) = i % 2 == 0 ? (OpenFull, Opening) : (Closed with { Sale = Resting.Sale }, Opening.AddSeconds(-5));
            switch (i % 3)
            {
                case 0:
                    await AdmitAsync(now, limits);
                    break;
                case 1:
                    await Room.GetAsync(line[i % 20], poll: true, limits, now, Cancel);
                    break;
                default:
                    await Room.JoinAsync(EarlyClaims($"late-{i}", 50 + i, now), limits, now, Cancel);
                    break;
            }

            return 0;
        });

        await AdmitAsync(Opening, OpenFull);
        await AdmitAsync(Opening, OpenFull);
        var positions = await PositionsAsync(line, Opening);
        positions.ShouldBe(positions.Order());
        positions.ShouldAllBe(p => p != null);
        (await AdmitAsync(Opening, OpenFull)).Waiting.ShouldBe(28);
    }

    [Fact]
    public async Task GetAsync_ThousandDrawnAndAsManyLater_PositionsAreExact()
    {
        const int Many = 1000;
        var line = await JoinEarlyAsync([.. Enumerable.Range(0, Many).Select(i => (long)(i * 377 % Many))]);
        await AdmitAsync(Opening, OpenFull);
        var later = new List<TokenClaims>();
        for (var i = 0; i < Many / 10; i++)
        {
            later.Add(await JoinAsync($"later-{i}", At(101), OpenFull));
        }

        await Room.EndAsync(line[10], Cancel);
        await Room.EndAsync(later[10], Cancel);

        var left = line.Concat(later).Where(c => c != line[10] && c != later[10]);
        (await PositionsAsync(left, At(102))).ShouldBe(Enumerable.Range(1, Many + (Many / 10) - 2).Select(i => (long?)i));
    }
}
