using Concert.Booking.Calls;
using Concert.Booking.Commands;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations;

[Trait("Rule", "R-HIDDEN"), Trait("Rule", "R-WINDOW"), Trait("Rule", "R-LOSER")]
public sealed class ReserveUseCaseTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private Task<Result<ReservationView>> AskAsync(string user, params int[] seats) => AskAsync(new Caller(user), seats);

    private Task<Result<ReservationView>> AskAsync(Caller caller, params int[] seats) => _world.Reserve.RequestAsync(
        caller, new ReservationRequest(null, [.. seats.Select(World.Seat)], null, null), CancellationToken.None);

    private Task<Result<ReservationView>> GetAsync(string user, string id) => _world.Reservations.GetAsync(new Caller(user), id, CancellationToken.None);

    [Fact]
    public async Task Request_Seats_AnswersPendingAndWritesNothing()
    {
        var before = _world.Store.Snapshot();

        var view = (await AskAsync("kim", 1, 2)).Value;

        view.Status.ShouldBe(ReservationStatus.Pending);
        view.ConcertScheduleId.ShouldBe(World.ScheduleId);
        view.Seats.ShouldBe([new ReservedSeat(World.Seat(1), "Stalls", null, "1", null, World.SeatPrice), new ReservedSeat(World.Seat(2), "Stalls", null, "2", null, World.SeatPrice)]);
        view.TotalAmount.ShouldBe(2 * World.SeatPrice);
        view.InventoryId.ShouldBeNull();
        view.Quantity.ShouldBeNull();
        view.CreatedAt.ShouldBe(World.Start);
        view.History.ShouldHaveSingleItem().ShouldBe(new HistoryEntry(view.CreatedAt, ReservationStatus.Pending, null));
        _world.Store.Snapshot().ShouldBe(before);
        var message = _world.Queue.Sent.ShouldHaveSingleItem();
        message.MessageId.ShouldBe("reserve:" + World.CodeOf(view.Id));
        message.SessionId.ShouldBe($"{World.ScheduleId}:1:0");
        var command = CommandJson.TryRead(message.Body).ShouldBeOfType<ReserveCommand>();
        command.AcceptedAt.ShouldBe(World.Start);
        command.UserId.ShouldBe("kim");
        command.Seats.ShouldBe([1, 2]);
        _world.Gate.Lifetime.ShouldBe(TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Request_Places_AnswersPendingInASessionOfTheInventory()
    {
        var view = (await _world.Reserve.RequestAsync(
            new Caller("kim"), new ReservationRequest(null, null, World.Floor.InventoryId, 3), CancellationToken.None)).Value;

        view.InventoryId.ShouldBe(World.Floor.InventoryId);
        view.Quantity.ShouldBe(3);
        view.TotalAmount.ShouldBe(3 * World.StandingPrice);
        view.Seats.ShouldBeEmpty();
        _world.Queue.Sent.ShouldHaveSingleItem().SessionId.ShouldStartWith($"{World.ScheduleId}:g1:");
        _world.Gate.Owners.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("caaaaaaaa-bbbbbb-1-21")]
    [InlineData("caaaaaaaa-bbbbbb-3-1")]
    [InlineData("caaaaaaaa-cccccc-1-1")]
    [InlineData("cnowhere-bbbbbb-1-1")]
    public async Task Request_SeatThatIsNotThere_IsNobodys(string seat)
    {
        var refused = await _world.Reserve.RequestAsync(new Caller("kim"), new ReservationRequest(seat, null, null, null), CancellationToken.None);

        refused.Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        _world.Queue.Sent.ShouldBeEmpty();
        _world.Gate.Owners.ShouldBeEmpty();
    }

    [Fact]
    public async Task Request_InventoryThatIsNotThere_IsNobodys()
    {
        var request = new ReservationRequest(null, null, World.ScheduleId + "-g2", 1);
        (await _world.Reserve.RequestAsync(new Caller("kim"), request, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
    }

    [Fact]
    public async Task Request_OutsideTheWindow_IsRefusedAndNothingIsSent()
    {
        _world.Time.AdjustTime(World.Schedule.BookingStartAt.AddMilliseconds(-1));
        (await AskAsync("kim", 1)).Refusal!.Code.ShouldBe(RefusalCode.BookingClosed);
        _world.Time.AdjustTime(World.Schedule.BookingEndAt.AddMilliseconds(1));
        (await AskAsync("kim", 1)).Refusal!.Code.ShouldBe(RefusalCode.BookingClosed);
        _world.Queue.Sent.ShouldBeEmpty();
        _world.Gate.Owners.ShouldBeEmpty();

        _world.Time.AdjustTime(World.Schedule.BookingEndAt);
        (await AskAsync("kim", 1)).Refusal.ShouldBeNull();
        _world.Time.AdjustTime(World.Schedule.BookingStartAt);
        (await AskAsync("kim", 2)).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task Request_TooManySeats_IsInvalid() =>
        (await AskAsync("kim", 1, 2, 3, 4, 5, 6, 7, 8, 9)).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);

    [Fact]
    public async Task Request_GateIsTaken_IsRefusedAtOnce()
    {
        await AskAsync("lee", 2);

        (await AskAsync("kim", 1, 2)).Refusal!.Code.ShouldBe(RefusalCode.SeatTaken);

        _world.Queue.Sent.Count.ShouldBe(1);
        _world.Gate.Owners.Keys.ShouldNotContain(World.Seat(1));
    }

    [Fact]
    public async Task Request_QueueAway_IsUnavailableAndGivesTheGateBack()
    {
        _world.Queue.Away = true;

        var refusal = (await AskAsync("kim", 1)).Refusal!;

        refusal.Code.ShouldBe(RefusalCode.Unavailable);
        refusal.RetryAfter.ShouldBe(TimeSpan.FromSeconds(3));
        _world.Gate.Owners.ShouldBeEmpty();
    }

    [Fact]
    public async Task Request_KeyedRepeatBeforeItIsHandled_IsTheSameReservationAndOneMessage()
    {
        var caller = new Caller("kim", "key");
        var first = (await AskAsync(caller, 1)).Value;
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        var second = (await AskAsync(caller, 1)).Value;

        second.Id.ShouldBe(first.Id);
        _world.Queue.Waiting.ShouldBe(1);
        second.CreatedAt.ShouldBe(first.CreatedAt);
    }

    [Fact]
    public async Task Request_KeyedRepeatAfterItIsHandled_GivesTheOutcome()
    {
        var caller = new Caller("kim", "key");
        var id = await _world.HoldAsync(caller, 1);

        var again = (await AskAsync(caller, 1)).Value;

        again.Id.ShouldBe(id);
        again.Status.ShouldBe(ReservationStatus.Held);
        _world.Queue.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Request_SameKeyOtherSeats_IsAMismatch()
    {
        var caller = new Caller("kim", "key");
        await _world.HoldAsync(caller, 1);

        (await AskAsync(caller, 2)).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);

        _world.Queue.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Request_SameKeyOfAnotherUser_IsAnotherRequest()
    {
        var kim = await _world.HoldAsync(new Caller("kim", "key"), 1);
        var lee = await _world.HoldAsync(new Caller("lee", "key"), 2);

        lee.ShouldNotBe(kim);
        _world.Reservation(lee)!.Status.ShouldBe(ReservationStatus.Held);
    }

    [Fact]
    public async Task Request_SameKeyOtherBodyWhileTheFirstWaits_IsAMismatchAndTouchesNothing()
    {
        var caller = new Caller("kim", "key");
        await AskAsync(caller, 1, 2);
        var before = _world.Store.Snapshot();

        (await AskAsync(caller, 1, 3)).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);

        _world.Store.Snapshot().ShouldBe(before);
        _world.Queue.Sent.Count.ShouldBe(1);
        _world.Gate.Owners.Keys.ShouldBe([World.Seat(1), World.Seat(2)], ignoreOrder: true);
    }

    [Fact]
    public async Task Get_YoungGenuineIdWithoutADocument_IsPending()
    {
        var id = (await AskAsync("kim", 1)).Value.Id;
        _world.Time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMilliseconds(1));

        var view = (await GetAsync("kim", id)).Value;

        view.Status.ShouldBe(ReservationStatus.Pending);
        view.CreatedAt.ShouldBe(World.Start);
        _world.Time.Advance(TimeSpan.FromMilliseconds(1));
        (await GetAsync("kim", id)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
    }

    [Fact]
    public async Task Get_PlacesStillPending_SaysWhichInventory()
    {
        var asked = (await _world.Reserve.RequestAsync(
            new Caller("kim"), new ReservationRequest(null, null, World.Floor.InventoryId, 3), CancellationToken.None)).Value;

        (await GetAsync("kim", asked.Id)).Value.InventoryId.ShouldBe(World.Floor.InventoryId);
    }

    [Fact]
    public async Task Get_AnothersOrMadeUp_IsNobodysForBoth()
    {
        var id = await _world.HoldAsync("kim", 1);

        var others = (await GetAsync("lee", id)).Refusal!;
        var forged = (await GetAsync("kim", Section.Id(World.Seats, 0, 9).ToString())).Refusal!;
        var nonsense = (await GetAsync("kim", "nonsense")).Refusal!;

        others.Code.ShouldBe(RefusalCode.NotYours);
        forged.ShouldBe(others);
        nonsense.ShouldBe(others);
    }

    [Fact]
    public async Task Get_Held_ShowsItsSeatsAndEnd()
    {
        var id = await _world.HoldAsync("kim", 3);

        var view = (await GetAsync("kim", id)).Value;

        view.Status.ShouldBe(ReservationStatus.Held);
        view.HoldExpiresAt.ShouldBe(World.Start.AddMinutes(5));
        view.Seats.ShouldBe([new ReservedSeat(World.Seat(3), "Stalls", null, "3", null, World.SeatPrice)]);
        view.TotalAmount.ShouldBe(World.SeatPrice);
        view.PaymentId.ShouldBeNull();
        view.Cancellation.ShouldBeNull();
        view.Reason.ShouldBeNull();
        view.History.Select(h => h.Status).ShouldBe([ReservationStatus.Pending, ReservationStatus.Held]);
    }

    [Fact]
    public async Task Get_Paid_ShowsItsPaymentAndNoEnd()
    {
        var (id, payment) = await _world.BuyAsync("kim", 3);

        var view = (await GetAsync("kim", id)).Value;

        view.Status.ShouldBe(ReservationStatus.Confirmed);
        view.PaymentId.ShouldBe(payment);
        view.HoldExpiresAt.ShouldBeNull();
    }

    [Fact]
    public async Task Get_Cancelled_ShowsTheRefundOnlyOnceItIsDone()
    {
        var (id, _) = await _world.BuyAsync("kim", 3);
        await _world.Cancellations.RequestAsync(new Caller("kim"), id, CancelRequest.Whole, CancellationToken.None);
        _world.Store.OnCommit = (_, operations) =>
            operations.Any(o => o.Id.StartsWith("led:", StringComparison.Ordinal)) ? CommitFault.CrashBefore : CommitFault.None;
        await _world.Queue.DeliverAsync(_world.Processor);
        (await GetAsync("kim", id)).Value.Cancellation.ShouldBeNull();
        _world.Store.OnCommit = null;
        await _world.DrainAsync();

        (await GetAsync("kim", id)).Value.Cancellation.ShouldBe(new CancellationView(World.Start, World.SeatPrice));
    }

    [Fact]
    public async Task Get_Rejected_SaysWhy()
    {
        await _world.HoldAsync("lee", 1);
        _world.Gate.Flush();
        var id = await _world.HoldAsync("kim", 1);

        var view = (await GetAsync("kim", id)).Value;

        view.Status.ShouldBe(ReservationStatus.Rejected);
        view.Reason.ShouldBe("seat-taken");
        view.History[^1].Reason.ShouldBe("seat-taken");
        view.HoldExpiresAt.ShouldBeNull();
    }

    [Fact]
    public async Task List_Mine_IsNewestFirstInPages()
    {
        List<string> mine = [];
        for (var seat = 1; seat <= 5; seat++)
        {
            mine.Add(await _world.HoldAsync("kim", seat));
            _world.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await _world.HoldAsync("lee", 9);
        mine.Reverse();
        var pages = new List<IReadOnlyList<string>>();
        string? continuation = null;
        do
        {
            var page = (await _world.Reservations.ListAsync(new Caller("kim"), continuation, 2, CancellationToken.None)).Value;
            pages.Add([.. page.Items.Select(i => i.Id)]);
            continuation = page.Continuation;
        }
        while (continuation is not null);

        pages.Select(p => p.Count).ShouldBe([2, 2, 1]);
        pages.SelectMany(p => p).ShouldBe(mine);
    }

    [Theory]
    [InlineData("")]
    [InlineData("!")]
    [InlineData("cGF5eDox")]
    [InlineData("cmVxOgo")]
    [InlineData("cmVxOsOp")]
    public async Task List_ContinuationThatIsNotOurs_IsInvalid(string continuation) =>
        (await _world.Reservations.ListAsync(new Caller("kim"), continuation, 2, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);

    [Fact]
    public async Task List_ContinuationTooLong_IsInvalid() =>
        (await _world.Reservations.ListAsync(new Caller("kim"), "cmVxOj" + new string('E', 520), 2, CancellationToken.None))
            .Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);

    [Fact]
    public async Task Cancel_AnothersOrEnded_IsRefusedAndNothingIsSent()
    {
        var id = await _world.HoldAsync("kim", 1);
        (await _world.Cancellations.RequestAsync(new Caller("lee"), id, CancelRequest.Whole, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        _world.Time.Advance(TimeSpan.FromHours(1));
        await _world.Timers.ReleaseExpiredHoldsAsync(CancellationToken.None);
        await _world.DrainAsync();
        var sent = _world.Queue.Sent.Count;

        (await _world.Cancellations.RequestAsync(new Caller("kim"), id, CancelRequest.Whole, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotCancellable);

        _world.Queue.Sent.Count.ShouldBe(sent);
    }

    [Fact]
    public async Task Cancel_PaidAroundTheDeadline_IsRefusedOnlyAfterIt()
    {
        var (id, _) = await _world.BuyAsync("kim", 1);
        _world.Time.AdjustTime(World.Schedule.OpenAt.AddDays(-1).AddMilliseconds(1));
        (await _world.Cancellations.RequestAsync(new Caller("kim"), id, CancelRequest.Whole, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.CancelWindowClosed);
        _world.Time.AdjustTime(World.Schedule.OpenAt.AddDays(-1));
        (await _world.Cancellations.RequestAsync(new Caller("kim"), id, CancelRequest.Whole, CancellationToken.None)).Value.Status.ShouldBe(ReservationStatus.Confirmed);
    }

    [Fact]
    public async Task Cancel_StillPending_IsHandledAfterTheHold()
    {
        var id = (await AskAsync("kim", 1)).Value.Id;
        (await _world.Cancellations.RequestAsync(new Caller("kim"), id, CancelRequest.Whole, CancellationToken.None)).Value.Status.ShouldBe(ReservationStatus.Pending);
        _world.Queue.Sent.Select(m => m.SessionId).Distinct().Count().ShouldBe(1);

        await _world.DrainAsync();

        _world.Reservation(id)!.Status.ShouldBe(ReservationStatus.Cancelled);
    }

    [Fact]
    public async Task Cancel_QueueAway_IsUnavailable()
    {
        var id = await _world.HoldAsync("kim", 1);
        _world.Queue.Away = true;

        (await _world.Cancellations.RequestAsync(new Caller("kim"), id, CancelRequest.Whole, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.Unavailable);
    }

    [Fact]
    public async Task Request_KeyedRepeatWithItsSeatsInAnotherOrder_IsTheSameReservation()
    {
        var caller = new Caller("kim", "key");
        var first = (await AskAsync(caller, 2, 1)).Value;
        var second = (await AskAsync(caller, 1, 2)).Value;
        await _world.DrainAsync();

        second.Id.ShouldBe(first.Id);
        (await GetAsync("kim", second.Id)).Value.Status.ShouldBe(ReservationStatus.Held);
        _world.Queue.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Request_SendIsBrokenOff_GivesTheGateBack()
    {
        _world.Queue.Throws = new OperationCanceledException();

        await Should.ThrowAsync<OperationCanceledException>(() => AskAsync("kim", 1));

        _world.Gate.Owners.ShouldBeEmpty();
    }

    [Fact]
    public async Task Request_PlacesAndQueueAway_IsUnavailableAndLeavesTheGateAlone()
    {
        _world.Queue.Away = true;

        var request = new ReservationRequest(null, null, World.Floor.InventoryId, 1);
        (await _world.Reserve.RequestAsync(new Caller("kim"), request, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.Unavailable);
    }

    [Fact]
    public async Task Request_OneSeatThatIsNotThereAmongOthers_IsNobodys() =>
        (await AskAsync("kim", 1, World.SeatCount + 1)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);

    [Fact]
    public async Task Cancel_HoldAfterTheDeadlineOfPaidOnes_IsAllowed()
    {
        _world.Time.AdjustTime(World.Schedule.OpenAt.AddHours(-2));
        var id = await _world.HoldAsync("kim", 1);

        (await _world.Cancellations.RequestAsync(new Caller("kim"), id, CancelRequest.Whole, CancellationToken.None)).Refusal.ShouldBeNull();
        await _world.DrainAsync();

        var view = (await GetAsync("kim", id)).Value;
        view.Status.ShouldBe(ReservationStatus.Cancelled);
        view.HoldExpiresAt.ShouldBeNull();
        view.InventoryId.ShouldBeNull();
        view.Cancellation!.RefundAmount.ShouldBe(0);
    }

    [Fact]
    public async Task Get_HeldPlaces_SaysWhichInventoryAndHowMany()
    {
        var view = (await GetAsync("kim", await _world.HoldPlacesAsync("kim", 3))).Value;

        view.InventoryId.ShouldBe(World.Floor.InventoryId);
        view.Quantity.ShouldBe(3);
        view.Seats.ShouldBeEmpty();
        view.HoldExpiresAt.ShouldBe(World.Start.AddMinutes(5));
    }

    [Fact]
    public async Task Request_EightSeats_IsTaken() => (await AskAsync("kim", 1, 2, 3, 4, 5, 6, 7, 8)).Refusal.ShouldBeNull();

    [Fact]
    public async Task Request_TraceOfTheCall_TravelsWithTheCommand()
    {
        const string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using var counted = new Metering("concert.commands.accepted", "reserve");
        await AskAsync(new Caller("kim", TraceParent: trace), 1);
        _world.Queue.Sent[^1].TraceParent.ShouldBe(trace);

        using var current = new System.Diagnostics.Activity("call").Start();
        await AskAsync(new Caller("kim", TraceParent: trace), 2);
        _world.Queue.Sent[^1].TraceParent.ShouldBe(trace);
        await AskAsync(new Caller("kim"), 3);
        _world.Queue.Sent[^1].TraceParent.ShouldBe(current.Id);
        counted.Count.ShouldBe(3);
    }
}
