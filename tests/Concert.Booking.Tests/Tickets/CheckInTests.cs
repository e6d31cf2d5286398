using Concert.Booking.Calls;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Concert.Booking.Tickets;
using Concert.Testing.Fakes;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Tickets;

[Trait("Rule", "R-TICKET"), Trait("Rule", "R-USED"), Trait("Rule", "R-KEY")]
public sealed class CheckInTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private Task<Result<CheckInView>> CheckInAsync(string? code, string? key = null, string? schedule = null) =>
        _world.Get<ICheckInUseCase>().CheckInAsync(new CheckInRequest(code, schedule), key, CancellationToken.None);

    private string CodeOf(string reservation) => _world.Get<TicketSigner>().Sign(World.Parse(reservation));

    private async Task<RefusalCode?> RefusedAsync(string? code, string? key = null, string? schedule = null) =>
        (await CheckInAsync(code, key, schedule)).Refusal?.Code;

    [Fact]
    public async Task CheckIn_Ticket_LetsInOnceAndWritesNothingElse()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1, 2);
        var before = _world.Reservation(reservation)!;

        var entry = (await CheckInAsync(CodeOf(reservation))).Value;

        entry.Reservation.ShouldBe(reservation);
        entry.ConcertScheduleId.ShouldBe(World.ScheduleId);
        entry.ConcertName.ShouldBe("Spring");
        entry.Seats.Select(s => s.Id).ShouldBe([World.Seat(1), World.Seat(2)]);
        var used = _world.Reservation(reservation)!;
        used.Used!.At.ShouldBe(entry.At.ToUnixTimeMilliseconds());
        (used with { Used = null, History = before.History, Seats = before.Seats }).ShouldBe(before);
        used.History.Count.ShouldBe(before.History.Count);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task CheckIn_Again_IsAlreadyUsedAndSaysWhen()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);
        var at = (await CheckInAsync(CodeOf(reservation))).Value.At;
        _world.Time.Advance(TimeSpan.FromMinutes(5));

        var again = (await CheckInAsync(CodeOf(reservation))).Refusal!;

        again.Code.ShouldBe(RefusalCode.AlreadyUsed);
        again.At.ShouldBe(at);
        again.Detail.ShouldBe($"The ticket was used at {at.ToOffset(TimeSpan.FromHours(9)):yyyy-MM-ddTHH:mm:ss}+09:00.");
        _world.Reservation(reservation)!.Used!.At.ShouldBe(at.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task CheckIn_SameKeyTwice_IsOneEntryWithOneAnswer()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);
        var first = (await CheckInAsync(CodeOf(reservation), "scan-1")).Value;
        _world.Time.Advance(TimeSpan.FromMinutes(5));

        (await CheckInAsync(CodeOf(reservation), "scan-1")).Value.At.ShouldBe(first.At);

        (await RefusedAsync(CodeOf(reservation), "scan-2")).ShouldBe(RefusalCode.AlreadyUsed);
        (await RefusedAsync(CodeOf(reservation), "scan-2")).ShouldBe(RefusalCode.AlreadyUsed);
    }

    [Fact]
    public async Task CheckIn_SameKeyForAnotherTicket_IsAMismatchAndUsesNothing()
    {
        var (one, _) = await _world.BuyAsync("kim", 1);
        var (two, _) = await _world.BuyAsync("lee", 2);
        await CheckInAsync(CodeOf(one), "scan-1");

        (await RefusedAsync(CodeOf(two), "scan-1")).ShouldBe(RefusalCode.IdempotencyMismatch);
        (await RefusedAsync("forged", "scan-1")).ShouldBe(RefusalCode.IdempotencyMismatch);

        _world.Reservation(two)!.Used.ShouldBeNull();
    }

    [Fact]
    public async Task CheckIn_ForgedOrUnknownCode_IsNotThereAndLeavesNothing()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);
        var documents = _world.Store.All().Count;
        var unknown = _world.Get<TicketSigner>().Sign(Section.Id(World.Seats, 0, 9));

        foreach (var code in new[] { null, "", "x", reservation, CodeOf(reservation) + "A" })
        {
            (await RefusedAsync(code, "scan-1")).ShouldBe(RefusalCode.NotYours);
        }

        (await RefusedAsync(unknown)).ShouldBe(RefusalCode.NotYours);
        _world.Store.All().Count.ShouldBe(documents);
    }

    [Fact]
    public async Task CheckIn_AtAnotherSchedulesDoor_IsNotValidAndStaysUnused()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);

        (await RefusedAsync(CodeOf(reservation), schedule: World.ConcertId + "-other")).ShouldBe(RefusalCode.NotValid);

        _world.Reservation(reservation)!.Used.ShouldBeNull();
        (await CheckInAsync(CodeOf(reservation), schedule: World.ScheduleId)).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task CheckIn_Cancelled_IsNotValid()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);
        await _world.Cancellations.RequestAsync(new Caller("kim"), reservation, CancelRequest.Whole, CancellationToken.None);
        await _world.DrainAsync();

        var refused = (await CheckInAsync(CodeOf(reservation))).Refusal!;

        refused.ShouldBe(new Refusal(RefusalCode.NotValid, "The reservation is CANCELLED."));
        _world.Reservation(reservation)!.Used.ShouldBeNull();
    }

    [Theory]
    [InlineData(ReservationStatus.Held)]
    [InlineData(ReservationStatus.Paying)]
    [InlineData(ReservationStatus.Expired)]
    [InlineData(ReservationStatus.Cancelled)]
    [InlineData(ReservationStatus.Rejected)]
    public void Decide_WhatIsNotConfirmed_IsNotValid(ReservationStatus status)
    {
        var id = Section.Id(World.Seats, 0, 1);
        var state = Section.Of(World.Seats, Section.Live(status, SeatStatus.Held, id, "kim", World.Start, 1));

        var decision = CheckInDecision.Decide(state, id.Code, "me", World.Start);

        decision.Refused.ShouldBe(RefusalCode.NotValid);
        decision.Changes.ShouldBeNull();
    }

    [Fact]
    public void Decide_WhatIsBeingCancelled_IsNotValidThoughTheMoneyIsNotBackYet()
    {
        var id = Section.Id(World.Seats, 0, 1);
        var cancelling = Paid(id) with { Cancellations = [new CancellationRecord(5, "kim", "asked", "request", null, null, 50_000, 50_000, Done: false)] };

        CheckInDecision.Decide(Section.Of(World.Seats, cancelling), id.Code, "me", World.Start).Refused.ShouldBe(RefusalCode.NotValid);
    }

    [Fact]
    public async Task Cancel_Used_IsRefused()
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1);
        await CheckInAsync(CodeOf(reservation));

        (await _world.Cancellations.RequestAsync(new Caller("kim"), reservation, CancelRequest.Whole, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotCancellable);

        _world.Balance("kim").ShouldBe(0);
        _world.Payment(payment)!.Refund.ShouldBeNull();
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Cancel_AcceptedAndUsedBeforeItIsHandled_IsRefusedLaterAndSaysWhy()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);
        await _world.Cancellations.RequestAsync(new Caller("kim"), reservation, CancelRequest.Whole, CancellationToken.None);
        (await CheckInAsync(CodeOf(reservation))).Refusal.ShouldBeNull();

        await _world.DrainAsync();

        var used = _world.Reservation(reservation)!;
        (used.Status, used.Reason, used.Cancellations).ShouldBe((ReservationStatus.Confirmed, "not-cancellable", null));
        _world.Balance("kim").ShouldBe(0);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public void Cancel_DecidedOnWhatIsUsed_ChangesNothing()
    {
        var id = Section.Id(World.Seats, 0, 1);
        var state = Section.Of(World.Seats, Paid(id) with { Used = new TicketUse(1, "door") });

        var decision = CancelDecisions.Begin(
            state, id.Code, new CancelCommand(id.ToString(), World.Start, "kim", "asked", "request"), World.Schedule.OpenAt, World.Start, new BookingOptions(), new CancellationOptions());

        decision.Refused.ShouldBe(RefusalCode.NotCancellable);
        decision.Changes.ShouldBeNull();
    }

    [Fact]
    public async Task CheckIn_TwoDoorsAtOnce_LetOneIn()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);
        using var beside = new World(_world);
        var code = CodeOf(reservation);

        var doors = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => Task.Run(() =>
            (n % 2 == 0 ? _world : beside).Get<ICheckInUseCase>().CheckInAsync(new CheckInRequest(code), null, CancellationToken.None))));

        doors.Count(d => d.Refusal is null).ShouldBe(1);
        doors.Where(d => d.Refusal is not null).ShouldAllBe(d => d.Refusal!.Code == RefusalCode.AlreadyUsed);
    }

    [Fact]
    public async Task CheckIn_WhoseAnswerFromTheStoreIsLost_IsItsOwn()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);
        var isLost = false;
        _world.Store.OnCommit = (_, _) => !isLost && (isLost = true) ? CommitFault.AnswerLost : CommitFault.None;

        (await CheckInAsync(CodeOf(reservation))).Refusal.ShouldBeNull();

        (await RefusedAsync(CodeOf(reservation))).ShouldBe(RefusalCode.AlreadyUsed);
    }

    [Fact]
    public async Task CheckIn_StoreAway_IsToldSoonAndCanBeRepeated()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);
        _world.Store.OnCommit = (partition, _) => partition == World.Seats.Partition ? CommitFault.Refused : CommitFault.None;
        await Should.ThrowAsync<StoreUnavailableException>(() => CheckInAsync(CodeOf(reservation), "scan-1"));
        _world.Store.OnCommit = null;

        (await CheckInAsync(CodeOf(reservation), "scan-1")).Refusal.ShouldBeNull();
    }

    private static ReservationDocument Paid(ReservationId id) =>
        Section.Live(ReservationStatus.Confirmed, SeatStatus.Sold, id, "kim", World.Start, 1).OfType<ReservationDocument>().Single();
}
