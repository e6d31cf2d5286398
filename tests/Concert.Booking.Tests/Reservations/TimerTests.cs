using System.Diagnostics;
using Concert.Booking.Commands;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Telemetry;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations;

[Trait("Rule", "F1"), Trait("Rule", "R-HOLD"), Trait("Rule", "R-MESSAGEID"), Trait("Rule", "R-TIMER")]
public sealed class TimerTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private Task<int> ReleaseAsync() => _world.Timers.ReleaseExpiredHoldsAsync(CancellationToken.None);

    private Task<int> RepairAsync() => _world.Timers.RepairPaymentsAsync(CancellationToken.None);

    private Task<int> AdmitAsync() => _world.Timers.AdmitWaitingAsync(CancellationToken.None);

    /// <summary>A hold that is to be released.</summary>
    private async Task<string> ExpiredHoldAsync()
    {
        var reservation = await _world.HoldAsync("kim", 1);
        _world.Time.Advance(TimeSpan.FromMinutes(6));
        return reservation;
    }

    [Fact]
    public async Task Release_BeforeTheGraceIsOver_SendsNothing()
    {
        await _world.HoldAsync("kim", 1);
        _world.Time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(15) - TimeSpan.FromMilliseconds(1));
        (await ReleaseAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Release_GraceIsOver_SendsOneCommandInTheSessionOfTheHoldAndWritesNothing()
    {
        var reservation = await _world.HoldAsync("kim", 1);
        _world.Time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(15));
        var before = _world.Store.Snapshot();

        (await ReleaseAsync()).ShouldBe(1);

        _world.Store.Snapshot().ShouldBe(before);
        var message = _world.Queue.Sent[^1];
        message.SessionId.ShouldBe(_world.Queue.Sent[0].SessionId);
        message.MessageId.ShouldStartWith($"expire:{World.CodeOf(reservation)}:2");
        CommandJson.TryRead(message.Body).ShouldBe(new ExpireCommand(reservation, _world.Time.GetUtcNow()));
        (await ReleaseAsync()).ShouldBe(0, "this round was asked for");
        _world.Queue.Waiting.ShouldBe(1);
    }

    [Fact]
    public async Task Release_Handled_PutsTheSeatBackAndOpensItsGate()
    {
        var reservation = await ExpiredHoldAsync();
        await ReleaseAsync();
        await _world.DrainAsync();

        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Expired);
        _world.SeatAt(1).Status.ShouldBe(SeatStatus.Available);
        _world.Gate.Released.ShouldContain((World.Seat(1), reservation));
        (await ReleaseAsync()).ShouldBe(0);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Release_HoldThatWasGivenBackByAPayment_IsAnotherMessage()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var one = await _world.HoldAsync("kim", 1);
        var two = await _world.HoldAsync("kim", 2);
        _world.Time.Advance(TimeSpan.FromMinutes(4));
        await _world.AskToPayAsync("kim", one);
        await _world.AskToPayAsync("kim", two);
        await _world.DrainAsync();
        _world.Reservation(two)!.Revision.ShouldBe(4);
        _world.Time.Advance(TimeSpan.FromMinutes(2));

        (await ReleaseAsync()).ShouldBe(1);

        _world.Queue.Sent[^1].MessageId.ShouldStartWith($"expire:{World.CodeOf(two)}:4");
    }

    [Fact]
    public async Task Expire_WhilePaying_KeepsAway()
    {
        var (reservation, _) = await _world.PayHalfwayAsync();
        _world.Time.Advance(TimeSpan.FromHours(1));

        (await ReleaseAsync()).ShouldBe(0);
        (await _world.HandleAsync(new ExpireCommand(reservation, _world.Time.GetUtcNow()))).ShouldBeOfType<ProcessResult.Done>();

        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Paying);
    }

    [Fact]
    public async Task Expire_NothingThere_IsDone() => (await _world.HandleAsync(
        new ExpireCommand(_world.Minter.NewReservation(World.Seats, "kim", _ => 0).ToString(), World.Start))).ShouldBeOfType<ProcessResult.Done>();

    [Fact]
    public async Task Release_ManyHolds_AreSentInChunksTheQueueTakes()
    {
        for (var i = 0; i < 1_100; i++)
        {
            var id = _world.Minter.NewReservation(World.Large, "kim", _ => 0);
            _world.Store.Seed(World.Large.Partition, (ReservationDocument)Section.Held(id, "kim", World.Start)[0]);
        }

        _world.Time.Advance(TimeSpan.FromMinutes(1));

        (await ReleaseAsync()).ShouldBe(1_100);

        _world.Queue.Sent.Count.ShouldBe(1_100);
    }

    [Fact]
    public async Task Release_QueueAway_ThrowsSoThatTheRoundIsSeenToFail()
    {
        await ExpiredHoldAsync();
        _world.Queue.Away = true;
        await Should.ThrowAsync<StoreUnavailableException>(ReleaseAsync);
    }

    [Fact]
    public async Task Repair_PaymentInFlight_IsLeftAloneUntilItIsLate()
    {
        var (reservation, _) = await _world.PayHalfwayAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromMilliseconds(1));
        (await RepairAsync()).ShouldBe(0);
        _world.Time.Advance(TimeSpan.FromMilliseconds(1));
        (await RepairAsync()).ShouldBe(1);

        var first = _world.Queue.Sent[^1];
        first.MessageId.ShouldStartWith($"resume:{World.CodeOf(reservation)}:3:");
        first.SessionId.ShouldBe(_world.Queue.Sent[0].SessionId);
        CommandJson.TryRead(first.Body).ShouldBe(new ResumeCommand(reservation, _world.Time.GetUtcNow()));
        await RepairAsync();
        _world.Queue.Sent[^1].ShouldBe(first, "within the interval it is a duplicate");
        _world.Time.Advance(TimeSpan.FromSeconds(30));
        await RepairAsync();
        _world.Queue.Sent[^1].MessageId.ShouldNotBe(first.MessageId, "a repair that was lost is asked for again");
    }

    [Fact]
    public async Task Admit_Rooms_AddsUpWhatWasAdmitted()
    {
        _world.Room.SaidRounds["a"] = new AdmissionRound(3, 0, 0, 3, 9);
        _world.Room.SaidRounds["b"] = new AdmissionRound(4, 1, 1, 200, 0);

        (await AdmitAsync()).ShouldBe(7);
    }

    [Theory]
    [InlineData("a", 3)]
    [InlineData("b", 0)]
    public async Task Admit_Rooms_CountsWhoWasLetInByRoom(string room, int admitted)
    {
        using var meter = new Metering("concert.tokens.admitted", room);
        _world.Room.SaidRounds["a"] = new AdmissionRound(3, 0, 0, 3, 9);
        _world.Room.SaidRounds["b"] = new AdmissionRound(0, 0, 0, 100, 9);

        await AdmitAsync();

        meter.Count.ShouldBe(admitted);
    }

    [Fact]
    public async Task Admit_RoomAway_Throws()
    {
        _world.Room.Away = true;
        await Should.ThrowAsync<StoreUnavailableException>(AdmitAsync);
    }

    [Fact]
    public async Task Release_CommandHadNoEffect_IsSentAgainAfterAWhile()
    {
        var reservation = await ExpiredHoldAsync();
        await ReleaseAsync();

        // The handler's clock is behind the timer's, further than the grace: for it the hold is not over yet.
        _world.Time.AdjustTime(_world.Time.GetUtcNow().AddMinutes(-2));
        await _world.DrainAsync();
        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Held);
        _world.Time.Advance(TimeSpan.FromMinutes(3));
        await ReleaseAsync();
        await _world.DrainAsync();

        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Expired);
    }

    [Fact]
    public async Task Release_NobodyHandlesIt_IsAskedForAgainAfterTwiceTheTimeEachTime()
    {
        await _world.HoldAsync("kim", 1);
        _world.Time.AdjustTime(World.Start.AddSeconds(315));
        List<int> waiting = [];
        foreach (var age in new[] { 0, 29, 30, 89, 90, 209, 210, 449, 450 })
        {
            _world.Time.AdjustTime(World.Start.AddSeconds(315 + age));
            await ReleaseAsync();
            waiting.Add(_world.Queue.Waiting);
        }

        waiting.ShouldBe([1, 1, 2, 2, 3, 3, 4, 4, 5]);
    }

    [Fact]
    public async Task Release_QueueIsNotDrainedForFortyMinutes_SendsAHandfulAHold()
    {
        for (var seat = 1; seat <= 20; seat++)
        {
            await _world.HoldAsync($"user{seat}", seat);
        }

        _world.Queue.ForgetsDuplicates = true;
        for (var seconds = 0; seconds <= 2_400; seconds += 10)
        {
            _world.Time.AdjustTime(World.Start.AddSeconds(315 + seconds));
            await ReleaseAsync();
        }

        _world.Queue.Waiting.ShouldBe(20 * 7, "ages 0, 30, 90, 210, 450, 930 and 1,890 s");
        await _world.DrainAsync();
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Repair_NobodyHandlesIt_GrowsRarerToo()
    {
        await _world.PayHalfwayAsync();
        _world.Queue.ForgetsDuplicates = true;
        var before = _world.Queue.Waiting;
        for (var minutes = 1; minutes <= 40; minutes++)
        {
            _world.Time.AdjustTime(World.Start.AddMinutes(minutes));
            await RepairAsync();
        }

        _world.Queue.Waiting.ShouldBe(before + 6);
    }

    [Fact]
    public async Task Release_Traced_HasOneProducerAndOneConsumerSpanACommand()
    {
        var spans = new System.Collections.Concurrent.ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == BookingTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        var reservation = await ExpiredHoldAsync();
        using (var timer = new Activity("timer").Start())
        {
            await ReleaseAsync();
        }

        // A head that begins the delivery's span itself.
        using (var head = BookingTelemetry.Source.StartActivity("process command", ActivityKind.Consumer, _world.Queue.Sent[^1].TraceParent))
        {
            await _world.DrainAsync();
            head!.DisplayName.ShouldBe("expire process");
            head.GetTagItem("concert.outcome").ShouldBe(ReservationStatus.Expired.Name());
        }

        await _world.HandleAsync(new ExpireCommand(reservation, World.Start));

        var trace = ActivityContext.Parse(_world.Queue.Sent[^1].TraceParent!, null).TraceId;
        spans.Where(s => s.TraceId == trace).Select(s => (s.DisplayName, s.Kind)).ShouldBe(
            [("expire send", ActivityKind.Producer), ("expire process", ActivityKind.Consumer)], ignoreOrder: true);
        spans.ShouldContain(s => s.TraceId != trace && s.DisplayName == "expire process" && (string?)s.GetTagItem("concert.reservation.id") == reservation);
    }

    [Fact]
    public async Task Release_ByTwoInstances_IsOneMessageARound()
    {
        using var beside = new World(_world);
        await ExpiredHoldAsync();

        (await ReleaseAsync()).ShouldBe(1);
        (await beside.Timers.ReleaseExpiredHoldsAsync(CancellationToken.None)).ShouldBe(1, "it knows nothing of the other");

        _world.Queue.Waiting.ShouldBe(1);
    }

    [Fact]
    public async Task Release_QueueWasAway_SendsTheSameRoundOnceItIsBack()
    {
        await ExpiredHoldAsync();
        _world.Queue.Away = true;
        await Should.ThrowAsync<StoreUnavailableException>(ReleaseAsync);
        _world.Queue.Away = false;

        (await ReleaseAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Release_Places_GoBackToTheInventory()
    {
        await _world.HoldPlacesAsync("kim", 3);
        await _world.HoldPlacesAsync("kim", 2);
        _world.Time.Advance(TimeSpan.FromMinutes(2));
        await _world.HoldPlacesAsync("kim", 1);
        _world.Time.Advance(TimeSpan.FromMinutes(4));
        (await ReleaseAsync()).ShouldBe(2);
        await _world.DrainAsync();

        _world.Counters(World.Floor).Left.ShouldBe(World.Standing - 1);
        Invariants.Check(_world);
    }

    [Theory]
    [InlineData(99, 0)]
    [InlineData(100, 0)]
    [InlineData(101, 1)]
    public async Task Admit_MoreActiveThanAllowed_RaisesAnAlarm(int active, int alarms)
    {
        using var meter = new Metering("concert.invariant.broken", "Q1");
        _world.Room.SaidRounds["a"] = new AdmissionRound(1, 0, 0, active, 9);

        await AdmitAsync();

        meter.Count.ShouldBe(alarms);
    }

    [Fact]
    public async Task HoldsExpired_ByTimerOrTakeOver_AreCountedOnce()
    {
        using var timer = new Metering("concert.holds.expired", "timer");
        await ExpiredHoldAsync();
        await ReleaseAsync();
        await _world.DrainAsync();
        timer.Count.ShouldBe(1);
        await _world.HandleAsync(CommandJson.TryRead(_world.Queue.Sent[^1].Body)!);
        timer.Count.ShouldBe(1);

        using var takeOver = new Metering("concert.holds.expired", "take-over");
        await _world.HoldAsync("kim", 2);
        _world.Time.Advance(TimeSpan.FromMinutes(5));
        await _world.HoldAsync("lee", 2);
        takeOver.Count.ShouldBe(1);
    }
}
