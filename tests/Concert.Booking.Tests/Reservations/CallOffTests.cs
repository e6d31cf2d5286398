using System.Text.Json.Nodes;
using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Outbox;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Block;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Concert.Booking.Tests.Webhooks;
using Concert.Booking.Tickets;
using Concert.Booking.Wallets;
using Concert.Booking.Webhooks;
using Concert.Testing.Fakes;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations;

[Trait("Rule", "R-CALLOFF")]
public sealed class CallOffTests : IDisposable
{
    private const string Reason = "The singer is ill";

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private Task<Result<CallOffView>> CallOffAsync(string? key = null, string? reason = Reason, World? on = null) =>
        (on ?? _world).Get<ICallOffUseCase>().CallOffAsync(World.ScheduleId, new CallOffRequest(reason), key, CancellationToken.None);

    private Task<int> RepairAsync(World? on = null) => (on ?? _world).Timers.RepairPaymentsAsync(CancellationToken.None);

    /// <summary>A round of the timer, and everything that it sends.</summary>
    private async Task<int> RoundAsync(World? on = null)
    {
        var sent = await RepairAsync(on);
        await _world.DrainAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(30));
        return sent;
    }

    private async Task<ScheduleReport> ReportAsync() => (await _world.Get<IScheduleReports>().ReportAsync(World.ScheduleId, CancellationToken.None)).Value;

    private CallOffDocument? Document => _world.Store.Find<CallOffDocument>(CallOffDocument.PartitionOf(World.ScheduleId), CallOffDocument.DocumentId);

    private SaleDocument? Sale => _world.Store.Find<SaleDocument>(new PartitionRef(DocumentContainer.Catalog, World.ConcertId), SaleDocument.IdOf(World.ScheduleId));

    private int Refunds(string user) => _world.Store.All<LedgerDocument>(DocumentContainer.Wallets, user, LedgerDocument.Prefix).Count(e => e.Kind == LedgerKind.Refund);

    [Fact]
    public async Task CallOff_SaleOfEverything_EndsHoldsAndRefundsInFullWhateverTheDeadline()
    {
        var (paid, payment) = await _world.BuyAsync("kim", 1, 2);
        var (partly, _) = await _world.BuyAsync("lee", 3, 4);
        await _world.Cancellations.RequestAsync(new Caller("lee"), partly, new CancelRequest([World.Seat(4)]), CancellationToken.None);
        await _world.DrainAsync();
        var (used, _) = await _world.BuyAsync("han", 6);
        (await _world.Get<ICheckInUseCase>().CheckInAsync(new CheckInRequest(_world.Get<TicketSigner>().Sign(World.Parse(used))), null, CancellationToken.None)).Refusal.ShouldBeNull();
        await _world.ChargeAsync("yun", World.StandingPrice * 2);
        var standing = await _world.HoldPlacesAsync("yun", 2);
        await _world.AskToPayAsync("yun", standing);
        await _world.DrainAsync();
        _world.Time.AdjustTime(World.Schedule.OpenAt.AddHours(-2));
        var held = await _world.HoldAsync("cho", 7);

        var calledOff = (await CallOffAsync()).Value;
        await RoundAsync();

        calledOff.ShouldBe(new CallOffView(World.ScheduleId, World.Schedule.OpenAt.AddHours(-2), Reason));
        foreach (var id in new[] { paid, partly, used, standing, held })
        {
            var ended = _world.Reservation(id)!;
            ended.Status.ShouldBe(ReservationStatus.Cancelled);
            ended.Reason.ShouldBe("called-off");
            (ended.Cancellations![^1].By, ended.Cancellations[^1].Why).ShouldBe(("staff", Reason));
        }

        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Refunded);
        new[] { "kim", "lee", "han", "yun", "cho" }.Select(_world.Balance).ShouldBe([2 * World.SeatPrice, 2 * World.SeatPrice, World.SeatPrice, 2 * World.StandingPrice, 0]);
        new[] { "kim", "lee", "han", "yun", "cho" }.Select(Refunds).ShouldBe([1, 2, 1, 1, 0]);
        _world.Gate.Owners.ShouldBeEmpty();
        _world.Reservation(held)!.Cancellations![0].Refund.ShouldBeNull();
        var report = await ReportAsync();
        (report.Held, report.Sold, report.ReservedSeats).ShouldBe((0, 0, 0));
        report.CallOff.ShouldBe(new CallOffProgress(calledOff.At, Reason, 5, 1, 4, (3 * World.SeatPrice) + World.SeatPrice + (2 * World.StandingPrice), 0, null));
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task CallOff_UntilItIsSettled_IsNotFinished()
    {
        await _world.HoldAsync("kim", 1);
        await CallOffAsync();
        (await RepairAsync()).ShouldBe(1);
        await _world.DrainAsync();

        _world.Time.Advance(TimeSpan.FromMilliseconds(14_999));
        (await RepairAsync()).ShouldBe(0);
        Document!.FinishedAt.ShouldBeNull("another instance may still hold by what it knows");
        Document.Due.ShouldNotBeNull();

        _world.Time.Advance(TimeSpan.FromMilliseconds(1));
        (await RepairAsync()).ShouldBe(0);
        Document!.FinishedAt.ShouldBe(_world.Time.GetUtcNow().ToUnixTimeMilliseconds());
        Document.Due.ShouldBeNull("no timer looks at it any more");
        (await ReportAsync()).CallOff!.FinishedAt.ShouldBe(_world.Time.GetUtcNow());
    }

    [Fact]
    public async Task CallOff_HoldBySomebodyWhoKnowsItLater_IsFoundAndEnded()
    {
        using var other = new World(_world);
        _ = await other.Get<CatalogReader>().FindCurrentAsync(World.ScheduleId, CancellationToken.None);
        await CallOffAsync();
        await RepairAsync();

        // The other instance has not heard of it, and for three seconds it need not.
        await _world.ChargeAsync("kim", World.SeatPrice);
        var held = (await other.Reserve.RequestAsync(new Caller("kim"), new ReservationRequest(World.Seat(1), null, null, null), CancellationToken.None)).Value.Id;
        await _world.Queue.DrainAsync(other.Processor);
        _world.Reservation(held)!.Status.ShouldBe(ReservationStatus.Held);
        await other.Pay.RequestAsync(new Caller("kim"), new PaymentRequest(held, null), CancellationToken.None);
        await _world.Queue.DrainAsync(other.Processor);
        _world.Reservation(held)!.Status.ShouldBe(ReservationStatus.Confirmed);

        await RoundAsync();
        await RoundAsync();
        _world.Reservation(held)!.Reason.ShouldBe("called-off");
        _world.Balance("kim").ShouldBe(World.SeatPrice);
        await RoundAsync();
        Document!.FinishedAt.ShouldNotBeNull();
        (await other.Reserve.RequestAsync(new Caller("kim"), new ReservationRequest(World.Seat(2), null, null, null), CancellationToken.None))
            .Refusal!.Code.ShouldBe(RefusalCode.BookingClosed);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task CallOff_FromThen_NothingIsSoldNorChanged()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var held = await _world.HoldAsync("kim", 1);
        var (paid, _) = await _world.BuyAsync("lee", 2);
        var block = _world.Get<IBlockUseCase>();
        var seat = new BlockRequest([World.Seat(9)], null, null);
        (await block.BlockAsync(World.ScheduleId, seat, "key", CancellationToken.None)).Refusal.ShouldBeNull();
        await CallOffAsync();

        RefusalCode?[] refused =
        [
            (await _world.Reserve.RequestAsync(new Caller("cho"), new ReservationRequest(World.Seat(3), null, null, null), CancellationToken.None)).Refusal?.Code,
            (await _world.Reserve.RequestAsync(new Caller("cho"), new ReservationRequest(null, null, World.Floor.InventoryId, 1), CancellationToken.None)).Refusal?.Code,
            (await _world.Reserve.RequestAsync(
                new Caller("cho"), new ReservationRequest(null, null, null, null) { ConcertScheduleId = World.ScheduleId, Count = 2, Section = "Stalls" }, CancellationToken.None)).Refusal?.Code,
            (await _world.Pay.RequestAsync(new Caller("kim"), new PaymentRequest(held, null), CancellationToken.None)).Refusal?.Code,
            (await _world.Get<IScheduleEditor>().ChangeAsync(World.ScheduleId, new ScheduleChange(SalesPaused: false), null, CancellationToken.None)).Refusal?.Code,
            (await block.BlockAsync(World.ScheduleId, new BlockRequest([World.Seat(10)], null, null), null, CancellationToken.None)).Refusal?.Code,
            (await block.UnblockAsync(World.ScheduleId, seat, null, CancellationToken.None)).Refusal?.Code,
        ];
        refused.ShouldAllBe(code => code == RefusalCode.BookingClosed);
        (await block.BlockAsync(World.ScheduleId, seat, "key", CancellationToken.None)).Refusal.ShouldBeNull("a repeat hears what the first call heard");
        (await _world.Get<ITicketReader>().GetAsync(new Caller("lee"), paid, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotValid);
        (await _world.Get<ICheckInUseCase>().CheckInAsync(new CheckInRequest(_world.Get<TicketSigner>().Sign(World.Parse(paid))), null, CancellationToken.None))
            .Refusal!.Code.ShouldBe(RefusalCode.NotValid);
        _world.Reservation(paid)!.Used.ShouldBeNull();
    }

    [Fact]
    public async Task CallOff_CommandsThatWaitedInTheQueue_AreRefused()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var held = await _world.HoldAsync("kim", 1);
        var payment = await _world.AskToPayAsync("kim", held);
        var asked = (await _world.Reserve.RequestAsync(new Caller("lee"), new ReservationRequest(World.Seat(2), null, null, null), CancellationToken.None)).Value.Id;
        await CallOffAsync();
        await _world.DrainAsync();

        _world.Reservation(asked)!.Reason.ShouldBe("booking-closed");
        _world.Payment(payment)!.Reason.ShouldBe("booking-closed");
        _world.Reservation(held)!.Status.ShouldBe(ReservationStatus.Held);
        await RoundAsync();
        _world.Reservation(held)!.Reason.ShouldBe("called-off");
        _world.Balance("kim").ShouldBe(World.SeatPrice);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Pay_HandledOnlyWhenTheHoldWasCalledOff_IsRefusedAsClosedNotAsExpired()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var held = await _world.HoldAsync("kim", 1);
        var paymentId = _world.Minter.NewPayment(World.Parse(held), "kim");
        await _world.HandleAsync(new CallOffCommand(held, World.Start, Reason));

        await _world.HandleAsync(new PayCommand(held, World.Start, "kim", paymentId.ToString(), null));

        _world.Payment(paymentId.ToString())!.Reason.ShouldBe("booking-closed");
        _world.Balance("kim").ShouldBe(World.SeatPrice);
    }

    [Fact]
    public async Task CallOff_PaymentThatHadBegun_CompletesAndIsRefunded()
    {
        var (reservation, payment) = await _world.PayHalfwayAsync();
        await CallOffAsync();
        await RepairAsync();
        await _world.DrainAsync();

        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Refunded);
        _world.Reservation(reservation)!.History.Select(h => h.Status)
            .ShouldBe([ReservationStatus.Pending, ReservationStatus.Held, ReservationStatus.Paying, ReservationStatus.Confirmed, ReservationStatus.Cancelled]);
        _world.Balance("kim").ShouldBe(World.SeatPrice);
        Refunds("kim").ShouldBe(1);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task CallOff_PaymentThatHadBegunWithoutMoney_EndsTheHold()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        string[] holds = [await _world.HoldAsync("kim", 1), await _world.HoldAsync("kim", 2)];
        await _world.AskToPayAsync("kim", holds[0]);
        await _world.AskToPayAsync("kim", holds[1]);
        await _world.CrashBeforeWritingAsync("pay:", () => _world.Queue.DeliverAsync(_world.Processor));
        await _world.CrashBeforeWritingAsync("pay:", () => _world.Queue.DeliverAsync(_world.Processor, 1));
        holds.ShouldAllBe(id => _world.Reservation(id)!.Status == ReservationStatus.Paying);
        await CallOffAsync();
        await RoundAsync();

        holds.ShouldAllBe(id => _world.Reservation(id)!.Reason == "called-off");
        holds.Count(id => _world.Reservation(id)!.Cancellations![0].Refund is not null).ShouldBe(1);
        _world.Balance("kim").ShouldBe(World.SeatPrice);
        Refunds("kim").ShouldBe(1);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Cancel_ByTheUserOnceItIsCalledOff_GivesAllBackWhateverTheTableSays()
    {
        var (whole, _) = await _world.BuyAsync("kim", 1);
        var (part, _) = await _world.BuyAsync("lee", 2, 3);
        _world.Time.AdjustTime(World.Schedule.OpenAt.AddHours(-1));
        await CallOffAsync();
        await _world.Cancellations.RequestAsync(new Caller("kim"), whole, CancelRequest.Whole, CancellationToken.None);
        await _world.Cancellations.RequestAsync(new Caller("lee"), part, new CancelRequest([World.Seat(2)]), CancellationToken.None);
        await _world.DrainAsync();
        _world.Balance("kim").ShouldBe(World.SeatPrice);
        _world.Balance("lee").ShouldBe(World.SeatPrice);
        await RoundAsync();

        _world.Balance("lee").ShouldBe(2 * World.SeatPrice);
        Refunds("kim").ShouldBe(1);
        (await ReportAsync()).CallOff!.Refunded.ShouldBe(1, "the other had given it back already");
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task CallOff_CancellationThatHadBegun_EndsByItsOwnTerms()
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1, 2);
        _world.Time.AdjustTime(World.Schedule.OpenAt.AddDays(-2));
        await _world.CrashAtCommitAsync(
            TestCommands.Message(new CancelCommand(reservation, _world.Time.GetUtcNow(), "kim", "asked", "request", [1])), 1, applied: true);
        await CallOffAsync();
        await _world.HandleAsync(new CallOffCommand(reservation, _world.Time.GetUtcNow(), Reason));

        _world.Reservation(reservation)!.Cancellations!.Select(c => c.Refund).ShouldBe([40_000, 50_000]);
        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Refunded);
        await RoundAsync();
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task CallOff_Repeated_AnswersTheSameAndChangesNothing()
    {
        var first = (await CallOffAsync("key")).Value;
        await RoundAsync();
        await RoundAsync();
        var before = _world.Store.Snapshot();

        (await CallOffAsync("key")).Value.ShouldBe(first);
        (await CallOffAsync()).Value.ShouldBe(first);
        (await CallOffAsync(null, "Another reason")).Value.ShouldBe(first, "the first call-off stands");
        _world.Store.Snapshot().ShouldBe(before);
        (await CallOffAsync("key", "Another reason")).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);
        (await CallOffAsync("other")).Value.ShouldBe(first);
        Document!.Reason.ShouldBe(Reason);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\u0000b")]
    public async Task CallOff_WithoutAReason_IsRefusedAndChangesNothing(string? reason)
    {
        var before = _world.Store.Snapshot();
        (await CallOffAsync("key", reason)).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
        (await CallOffAsync("key", new string('x', 201))).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
        (await _world.Get<ICallOffUseCase>().CallOffAsync("cnothing-there", new CallOffRequest(Reason), "key", CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        _world.Store.Snapshot().ShouldBe(before);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(4, true)]
    public async Task CallOff_CrashAtEachWrite_IsFinishedByTheTimerOrNeverWas(int commit, bool applied)
    {
        await RegisterAsync();
        var (paid, _) = await _world.BuyAsync("kim", 1);
        await _world.DeliverAsync();
        var told = _world.Receivers.Attempts.Count;
        var seen = 0;
        _world.Store.OnCommit = (_, _) => ++seen != commit ? CommitFault.None : applied ? CommitFault.CrashAfter : CommitFault.CrashBefore;
        await Should.ThrowAsync<Exception>(() => CallOffAsync());
        _world.Store.OnCommit = null;

        using var restarted = new World(_world);
        for (var round = 0; round < 4; round++)
        {
            await RepairAsync(restarted);
            await _world.Queue.DrainAsync(restarted.Processor);
            _world.Time.Advance(TimeSpan.FromSeconds(30));
        }

        await restarted.DeliverAsync();
        var never = commit == 1 && !applied;
        _world.Reservation(paid)!.Status.ShouldBe(never ? ReservationStatus.Confirmed : ReservationStatus.Cancelled);
        (Sale?.CalledOff?.Reason, Document?.FinishedAt is null).ShouldBe(never ? (null, true) : (Reason, false));
        _world.Receivers.Attempts.Skip(told).Select(TypeOf).Order(StringComparer.Ordinal).ShouldBe(never ? [] : [WebhookEvents.Cancelled, WebhookEvents.CalledOff]);
        var listed = (await restarted.Get<ICatalogQueries>().ListConcertsAsync(CancellationToken.None)).Value.Count;
        listed.ShouldBe(never ? 1 : 0);
        Invariants.CheckSettled(_world);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task Command_CrashAtEachWrite_RefundsOnce(int commit, bool applied)
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1);
        var command = new CallOffCommand(reservation, World.Start, Reason);
        await _world.CrashAtCommitAsync(TestCommands.Message(command), commit, applied);
        Invariants.Check(_world);

        await _world.HandleAsync(command, 2);
        await _world.HandleAsync(command, 3);

        _world.Reservation(reservation)!.Reason.ShouldBe("called-off");
        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Refunded);
        Refunds("kim").ShouldBe(1);
        _world.Gate.Owners.ShouldBeEmpty();
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Command_ForWhatHasEndedOrIsNotThere_ChangesNothing()
    {
        var held = await _world.HoldAsync("kim", 1);
        await _world.Cancellations.RequestAsync(new Caller("kim"), held, CancelRequest.Whole, CancellationToken.None);
        await _world.DrainAsync();
        var before = _world.Store.Snapshot();

        (await _world.HandleAsync(new CallOffCommand(held, World.Start, Reason))).ShouldBeOfType<ProcessResult.Done>();
        (await _world.HandleAsync(new CallOffCommand(_world.Minter.NewReservation(World.Seats, "kim", _ => 0).ToString(), World.Start, Reason))).ShouldBeOfType<ProcessResult.Done>();

        _world.Store.Snapshot().ShouldBe(before);
    }

    [Fact]
    public async Task Sweep_QueueAway_IsSeenToFailAndGoneOnWithLater()
    {
        var (paid, _) = await _world.BuyAsync("kim", 1);
        await CallOffAsync();
        _world.Queue.Away = true;
        await Should.ThrowAsync<StoreUnavailableException>(() => RepairAsync());
        _world.Queue.Away = false;

        (await RoundAsync()).ShouldBe(1);
        _world.Reservation(paid)!.Reason.ShouldBe("called-off");
    }

    /// <summary>What nobody handles is asked for again, less and less often; what has changed meanwhile at once.</summary>
    [Fact]
    public async Task Sweep_CommandsThatNobodyHandles_GrowRarer()
    {
        var held = World.Parse(await _world.HoldAsync("kim", 1));
        _world.Rules.HoldFor.ShouldBeLessThan(TimeSpan.FromMinutes(61));
        await CallOffAsync();
        var before = _world.Queue.Sent.Count;
        for (var round = 0; round < 60; round++)
        {
            await RepairAsync();
            _world.Time.Advance(TimeSpan.FromSeconds(30));
        }

        var sent = _world.Queue.Sent.Skip(before).Select(m => m.MessageId).ToList();
        sent.ShouldBe([.. Enumerable.Range(0, 6).Select(round => $"call-off:{held.Code}:2:{round}")]);
        _world.Queue.Sent[^1].SessionId.ShouldBe(held.SessionId);
    }

    [Fact]
    public async Task Sweep_LargeHouse_SendsABoundedNumberInARound()
    {
        for (var i = 0; i < 10_500; i++)
        {
            var id = _world.Minter.NewReservation(World.Large, "kim", _ => 0);
            _world.Store.Seed(World.Large.Partition, (ReservationDocument)Section.Held(id, "kim", World.Start)[0]);
        }

        await CallOffAsync();
        (await RepairAsync()).ShouldBe(10_000);
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        (await RepairAsync()).ShouldBe(500);
        (await RepairAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Views_OfWhatIsCalledOff_SayThatItIsNotOnSale()
    {
        var calledOff = (await CallOffAsync()).Value;

        (await _world.Get<ICatalogQueries>().ListConcertsAsync(CancellationToken.None)).Value.ShouldBeEmpty();
        var date = (await _world.Get<ICatalogQueries>().ListSchedulesAsync(World.ConcertId, CancellationToken.None)).Value.ShouldHaveSingleItem();
        date.CalledOff.ShouldBe(new CalledOff(calledOff.At, Reason));
        (await MapAsync(includeAll: false))["seats"]!.AsArray().ShouldBeEmpty();
        var all = await MapAsync(includeAll: true);
        all["seats"]!.AsArray().Select(s => s!["status"]!.GetValue<string>()).Distinct().ShouldBe(["BLOCKED"]);
        all["inventories"]!.AsArray().Select(i => i!["available"]!.GetValue<long>()).ShouldBe([0]);
    }

    [Fact]
    public async Task Views_OfWhatWasOnSaleAMomentAgo_AreRenderedAnew()
    {
        (await MapAsync(includeAll: false))["seats"]!.AsArray().Count.ShouldBe(World.SeatCount + World.LargeCount);
        (await _world.Get<ICatalogQueries>().ListConcertsAsync(CancellationToken.None)).Value.Count.ShouldBe(1);
        await CallOffAsync();
        (await MapAsync(includeAll: false))["seats"]!.AsArray().ShouldBeEmpty();
        (await _world.Get<ICatalogQueries>().ListConcertsAsync(CancellationToken.None)).Value.ShouldBeEmpty();
    }

    [Fact]
    public async Task Event_OfTheCallOff_IsToldOnceWithTheReason()
    {
        await RegisterAsync(WebhookEvents.CalledOff);
        var calledOff = (await CallOffAsync()).Value;
        await CallOffAsync();
        await _world.DeliverAsync();
        await RoundAsync();
        await _world.DeliverAsync();

        var told = _world.Receivers.Attempts.ShouldHaveSingleItem();
        told.Id.ShouldBe($"evt_{World.ScheduleId}_1");
        var body = JsonNode.Parse(told.Body)!;
        body["type"]!.GetValue<string>().ShouldBe("schedule.called-off");
        body["timestamp"]!.GetValue<DateTimeOffset>().ShouldBe(calledOff.At);
        body["data"]!.ToJsonString().ShouldBe($$"""{"concertScheduleId":"{{World.ScheduleId}}","reason":"{{Reason}}"}""");
    }

    [Fact]
    public async Task Offer_OfWhatIsCalledOff_IsNone()
    {
        var (paid, _) = await _world.BuyAsync("kim", 1);
        (await _world.Reservations.GetAsync(new Caller("kim"), paid, CancellationToken.None)).Value.Cancellable.ShouldNotBeNull();
        await CallOffAsync();
        (await _world.Reservations.GetAsync(new Caller("kim"), paid, CancellationToken.None)).Value.Cancellable.ShouldBeNull("it comes back anyway");
    }

    /// <summary>A race that is decided by the sale's ETag: the change is made before the call-off, or not at all.</summary>
    [Fact]
    public async Task CallOff_WhileStaffChangeTheSchedule_LosesNeither()
    {
        var isFirst = true;
        _world.Store.OnCommit = (_, operations) =>
        {
            if (isFirst && operations.Any(o => o.Id == SaleDocument.IdOf(World.ScheduleId)))
            {
                isFirst = false;
                _world.Get<IScheduleEditor>().ChangeAsync(World.ScheduleId, new ScheduleChange(MaxPerUser: 3), null, CancellationToken.None).GetAwaiter().GetResult().Refusal.ShouldBeNull();
            }

            return CommitFault.None;
        };
        await CallOffAsync();
        (Sale!.MaxPerUser, Sale.CalledOff!.Reason, Sale.Revision).ShouldBe((3, Reason, 2));
    }

    private async Task<JsonNode> MapAsync(bool includeAll)
    {
        var map = (await _world.Get<ISeatMaps>().GetAsync(World.ScheduleId, null, includeAll, CancellationToken.None)).Value;
        return JsonNode.Parse(map.Json.SelectMany(part => part.ToArray()).ToArray())!;
    }

    private async Task RegisterAsync(params string[] events) => (await _world.Get<IWebhookUseCases>().RegisterAsync(
        new NewWebhook("https://shop.example.com/hook", events is [] ? null : events), null, CancellationToken.None)).Refusal.ShouldBeNull();

    private static string TypeOf(WebhookMessage message) => JsonNode.Parse(message.Body)!["type"]!.GetValue<string>();
}
