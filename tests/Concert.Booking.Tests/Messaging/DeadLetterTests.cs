using System.Text;
using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Concert.Booking.Wallets;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Messaging;

[Trait("Rule", "F1"), Trait("Rule", "R-DEAD")]
public sealed class DeadLetterTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private long Counted => _world.Get<IScheduleReports>().ReportAsync(World.ScheduleId, CancellationToken.None).GetAwaiter().GetResult().Value.DeadLetters;

    [Fact]
    public async Task DeadLetter_Reserve_IsRejectedAsUnavailableAndCountedOnce()
    {
        var id = _world.Minter.NewReservation(World.Seats, "kim", _ => 0);
        var command = Section.Reserve(id, "kim", World.Start, 1);

        (await _world.DeadLetterAsync(command)).ShouldBeOfType<ProcessResult.Done>();
        (await _world.DeadLetterAsync(command)).ShouldBeOfType<ProcessResult.Done>();

        var rejected = _world.Reservation(id)!;
        rejected.Status.ShouldBe(ReservationStatus.Rejected);
        rejected.Reason.ShouldBe("unavailable");
        rejected.Ttl.ShouldBe((int)TimeSpan.FromDays(7).TotalSeconds);
        Counted.ShouldBe(1);
        var kept = _world.Store.All<DeadLetterDocument>(DocumentContainer.Bookings, World.Seats.PartitionKey, "dead:").ShouldHaveSingleItem();
        kept.Command.ShouldBe("reserve");
        kept.Reason.ShouldBe("reason");
        _world.SeatAt(1).Status.ShouldBe(SeatStatus.Available);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task DeadLetter_TwoMessages_AreCountedBoth()
    {
        var reservation = await _world.HoldAsync("kim", 1);
        await _world.DeadLetterAsync(new ExpireCommand(reservation, World.Start), "one");
        await _world.DeadLetterAsync(new ExpireCommand(reservation, World.Start), "two");

        Counted.ShouldBe(2);
        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Held);
    }

    [Fact]
    public async Task DeadLetter_ReserveThatWasDecided_LeavesItAsItIs()
    {
        var reservation = await _world.HoldAsync("kim", 1);
        var command = CommandJson.TryRead(_world.Queue.Sent[^1].Body)!;

        await _world.DeadLetterAsync(command);

        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Held);
        Counted.ShouldBe(1);
    }

    [Fact]
    public async Task DeadLetter_PayThatDidNotBegin_IsFailedAndTheHoldStays()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var reservation = await _world.HoldAsync("kim", 1);
        var payment = await _world.AskToPayAsync("kim", reservation);
        var command = CommandJson.TryRead(_world.Queue.Sent[^1].Body)!;

        await _world.DeadLetterAsync(command);

        var failed = _world.Payment(payment)!;
        failed.Status.ShouldBe(PaymentStatus.Failed);
        failed.Reason.ShouldBe("unavailable");
        failed.Amount.ShouldBe(World.SeatPrice);
        failed.ReservationId.ShouldBe(reservation);
        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Held);
        _world.Balance("kim").ShouldBe(World.SeatPrice);

        await _world.DrainAsync();
        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Failed, "a late delivery of what was answered for moves no money");
        _world.Balance("kim").ShouldBe(World.SeatPrice);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task DeadLetter_PayThatHasBegun_IsLeftToTheRepair()
    {
        var (reservation, payment) = await _world.PayHalfwayAsync();
        var command = CommandJson.TryRead(_world.Queue.Sent[^1].Body)!;

        await _world.DeadLetterAsync(command);

        _world.Payment(payment).ShouldBeNull();
        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Paying);
        await _world.HandleAsync(new ResumeCommand(reservation, World.Start));
        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Completed);
    }

    [Fact]
    public async Task DeadLetter_PayOfAReservationThatIsNotThere_IsFailed()
    {
        var id = _world.Minter.NewReservation(World.Seats, "kim", _ => 0);
        var payment = _world.Minter.NewPayment(id, "kim").ToString();

        await _world.DeadLetterAsync(new PayCommand(id.ToString(), World.Start, "kim", payment, null));

        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Failed);
        _world.Reservation(id).ShouldBeNull();
    }

    [Fact]
    public async Task DeadLetter_PayWithAnUnreadablePayment_IsOnlyCounted()
    {
        var reservation = await _world.HoldAsync("kim", 1);

        (await _world.DeadLetterAsync(new PayCommand(reservation, World.Start, "kim", "nonsense", null))).ShouldBeOfType<ProcessResult.Done>();

        Counted.ShouldBe(1);
    }

    [Fact]
    public async Task DeadLetter_Cancel_SaysWhyInTheHistoryAndChangesNothingElse()
    {
        var reservation = await _world.HoldAsync("kim", 1);
        var before = _world.Reservation(reservation)!;

        await _world.DeadLetterAsync(new CancelCommand(reservation, World.Start, "kim", "why", "request"));

        var after = _world.Reservation(reservation)!;
        after.Status.ShouldBe(ReservationStatus.Held);
        after.Due.ShouldBe(before.Due);
        after.History.Count.ShouldBe(before.History.Count + 1);
        after.History[^1].ShouldBe(new HistoryLine(World.Start.ToUnixTimeMilliseconds(), ReservationStatus.Held, "unavailable"));
        Counted.ShouldBe(1);
    }

    [Fact]
    public async Task DeadLetter_CancelOrTimerOfNothing_IsOnlyCounted()
    {
        var id = _world.Minter.NewReservation(World.Seats, "kim", _ => 0).ToString();

        await _world.DeadLetterAsync(new CancelCommand(id, World.Start, "kim", "why", "request"));
        await _world.DeadLetterAsync(new ExpireCommand(id, World.Start));
        await _world.DeadLetterAsync(new ResumeCommand(id, World.Start));

        Counted.ShouldBe(3);
        _world.Reservation(id).ShouldBeNull();
    }

    [Fact]
    public async Task DeadLetter_ScheduleThatIsNotThere_IsRejectedWithoutACount()
    {
        var id = _world.Minter.NewReservation(new SectionRef("cnowhere-never", "1"), "kim", _ => 0);

        (await _world.DeadLetterAsync(Section.Reserve(id, "kim", World.Start, 1))).ShouldBeOfType<ProcessResult.Done>();

        _world.Reservation(id)!.Status.ShouldBe(ReservationStatus.Rejected);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"command":"expire","reservationId":"nowhere","acceptedAt":"2026-05-01T20:00:00+09:00"}""")]
    public async Task DeadLetter_Unreadable_IsDone(string body)
    {
        var message = new CommandMessage("m", "s", Encoding.UTF8.GetBytes(body));
        (await _world.Processor.DeadLetterAsync(message, "reason", CancellationToken.None)).ShouldBeOfType<ProcessResult.Done>();
    }

    [Fact]
    public async Task DeadLetter_StoreAway_Retries()
    {
        _world.Store.OnRead = (_, _) => throw new StoreUnavailableException("away", TimeSpan.FromSeconds(2));
        var command = new ExpireCommand(_world.Minter.NewReservation(World.Seats, "kim", _ => 0).ToString(), World.Start);
        (await _world.DeadLetterAsync(command)).ShouldBeOfType<ProcessResult.Retry>().After.ShouldBe(TimeSpan.FromSeconds(2));

        _world.Store.OnRead = (_, _) => throw new InvalidOperationException("a defect");
        (await _world.DeadLetterAsync(command)).ShouldBeOfType<ProcessResult.Retry>().After.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task DeadLetter_ReserveAfterEveryDelivery_EndsWithAnHonestRefusal()
    {
        _world.Store.OnCommit = (partition, operations) =>
            operations.Any(o => o.Id.StartsWith("s:", StringComparison.Ordinal)) ? CommitFault.CrashBefore : CommitFault.None;

        var reservation = await _world.HoldAsync("kim", 1);

        _world.Queue.DeadLetters.ShouldHaveSingleItem();
        var view = await _world.Reservations.GetAsync(new Caller("kim"), reservation, CancellationToken.None);
        view.Value.Status.ShouldBe(ReservationStatus.Rejected);
        view.Value.Reason.ShouldBe("unavailable");
    }

    [Fact]
    public async Task DeadLetter_Reserve_GivesItsGateBack()
    {
        var asked = await _world.Reserve.RequestAsync(
            new Caller("kim"), new ReservationRequest(null, [World.Seat(1), World.Seat(2)], null, null), CancellationToken.None);
        _world.Gate.Owners.Count.ShouldBe(2);

        await _world.Queue.ExpireAsync(_world.Processor, 0);

        _world.Reservation(asked.Value.Id)!.Status.ShouldBe(ReservationStatus.Rejected);
        _world.Gate.Owners.ShouldBeEmpty();
    }

    [Fact]
    public async Task DeadLetter_ReserveThatWasDecided_KeepsItsGate()
    {
        await _world.HoldAsync("kim", 1);

        await _world.DeadLetterAsync(CommandJson.TryRead(_world.Queue.Sent[^1].Body)!);

        _world.Gate.Owners.Keys.ShouldContain(World.Seat(1));
    }
}
