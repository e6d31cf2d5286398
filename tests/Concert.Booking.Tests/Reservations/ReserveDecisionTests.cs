using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations;

[Trait("Rule", "S1"), Trait("Rule", "S3"), Trait("Rule", "S4"), Trait("Rule", "R-HOLD")]
[Trait("Rule", "R-TAKEOVER"), Trait("Rule", "R-WINDOW")]
public sealed class ReserveDecisionTests
{
    private static readonly DateTimeOffset Now = World.Start;
    private static readonly BookingOptions Rules = new();
    private static readonly ReservationId Mine = Section.Id(World.Seats, shard: 0, nonce: 1);
    private static readonly ReservationId Floor = Section.Id(World.Floor, shard: 0, nonce: 1);

    private static Decision Decide(SectionState state, ReserveCommand command, DateTimeOffset? now = null, BookingOptions? rules = null) =>
        ReserveDecision.Decide(state, World.Parse(command.ReservationId), command, World.Schedule, now ?? Now, rules ?? Rules, TimeSpan.FromDays(7));

    private static ReserveCommand Places(int? quantity) => new(Floor.ToString(), Now, "kim", null, quantity);

    private static void ShouldBeRefused(Decision decision, RefusalCode code)
    {
        decision.Refused.ShouldBe(code);
        decision.Expired.ShouldBeNull();
        var rejected = decision.Reservation!;
        rejected.Status.ShouldBe(ReservationStatus.Rejected);
        rejected.Reason.ShouldBe(code.Name());
        rejected.Ttl.ShouldBe((int)TimeSpan.FromDays(7).TotalSeconds);
        rejected.Due.ShouldBeNull();
        rejected.HoldEndsAt.ShouldBeNull();
        decision.Changes!.ToOperations().ShouldHaveSingleItem().ShouldBeOfType<DocumentOperation.Create>().Id.ShouldBe(rejected.Id);
    }

    [Fact]
    public void Reserve_SeatsFree_HoldsThemAllInOneBatch()
    {
        var decision = Decide(Section.Of(World.Seats), Section.Reserve(Mine, "kim", Now, 1, 2), Now.AddSeconds(2));

        decision.Refused.ShouldBeNull();
        decision.Expired.ShouldBeEmpty();
        var held = decision.Reservation!;
        held.Status.ShouldBe(ReservationStatus.Held);
        held.Total.ShouldBe(2 * World.SeatPrice);
        held.Seats.ShouldBe([new SeatLine(1, World.SeatPrice), new SeatLine(2, World.SeatPrice)]);
        held.Ttl.ShouldBeNull();
        held.History.ShouldBe(
        [
            new HistoryLine(Now.ToUnixTimeMilliseconds(), ReservationStatus.Pending),
            new HistoryLine(Now.AddSeconds(2).ToUnixTimeMilliseconds(), ReservationStatus.Held),
        ]);
        var operations = decision.Changes!.ToOperations();
        operations.Count.ShouldBe(3);
        Section.SeatIn(operations, 1).ShouldBe(new SeatDocument(1, SeatStatus.Held, Mine.Code, held.HoldEndsAt));
        Section.SeatIn(operations, 2).Holder.ShouldBe(Mine.Code);
        Section.Counted(operations).ShouldBeEmpty("the seats say it");
    }

    [Fact]
    public void Reserve_Places_BoundsEveryCounterAtZero()
    {
        var operations = Decide(Section.Of(World.Floor, new CountersDocument(5, 0, 0)), Places(3)).Changes!.ToOperations();

        operations.OfType<DocumentOperation.Increment>().Single().Fields.ShouldAllBe(f => f.Min == 0);
    }

    [Fact]
    public void Reserve_SeatsFree_HoldLastsFromTheMomentItIsWrittenAndIsDueAfterTheGrace()
    {
        var held = Decide(Section.Of(World.Seats), Section.Reserve(Mine, "kim", Now, 1), Now.AddSeconds(7)).Reservation!;

        held.HoldEndsAt.ShouldBe(Now.AddSeconds(7).AddMinutes(5).ToUnixTimeMilliseconds());
        held.Due.ShouldBe(Now.AddSeconds(7).AddMinutes(5).AddSeconds(15).ToUnixTimeMilliseconds());
        held.CreatedAt.ShouldBe(Now.ToUnixTimeMilliseconds());
    }

    [Fact]
    public void Reserve_SeatWasReadAsAvailable_IsReplacedUnderItsETag()
    {
        var decision = Decide(Section.Of(World.Seats, SeatDocument.Available(1)), Section.Reserve(Mine, "kim", Now, 1));

        decision.Changes!.ToOperations().Single(o => o.Id == SeatDocument.IdOf(1))
            .ShouldBeOfType<DocumentOperation.Replace>().IfMatch.ShouldBe(Section.ETag(SeatDocument.IdOf(1)));
    }

    [Fact]
    public void Reserve_DecidedBefore_ChangesNothing()
    {
        var state = Section.Of(World.Seats, Section.Held(Mine, "kim", Now.AddMinutes(5), 1));

        var decision = Decide(state, Section.Reserve(Mine, "kim", Now, 1));

        decision.Changes.ShouldBeNull();
        decision.Reservation!.Status.ShouldBe(ReservationStatus.Held);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(World.SeatCount + 1)]
    public void Reserve_SeatThatIsNotThere_IsRefused(int number) =>
        ShouldBeRefused(Decide(Section.Of(World.Seats), Section.Reserve(Mine, "kim", Now, 1, number)), RefusalCode.InvalidRequest);

    [Fact]
    public void Reserve_NoSeats_IsRefused() =>
        ShouldBeRefused(Decide(Section.Of(World.Seats), Section.Reserve(Mine, "kim", Now)), RefusalCode.InvalidRequest);

    [Fact]
    public void Reserve_SectionThatIsNotThere_IsRefused()
    {
        var elsewhere = new SectionRef(World.ScheduleId, "9");
        var id = Section.Id(elsewhere, 0, 1);
        ShouldBeRefused(Decide(Section.Of(elsewhere), Section.Reserve(id, "kim", Now, 1)), RefusalCode.InvalidRequest);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(-1)]
    public void Reserve_QuantityThatIsNone_IsRefused(int? quantity) =>
        ShouldBeRefused(
            Decide(Section.Of(World.Floor, new CountersDocument(5, 0, 0)), Places(quantity)), RefusalCode.InvalidRequest);

    [Fact]
    public void Reserve_InventoryThatIsNotThere_IsRefused()
    {
        var id = Section.Id(new SectionRef(World.ScheduleId, "g7"), 0, 1);
        var command = new ReserveCommand(id.ToString(), Now, "kim", null, 1);
        ShouldBeRefused(Decide(Section.Of(id.Section, new CountersDocument(5, 0, 0)), command), RefusalCode.InvalidRequest);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    public void Reserve_AtTheStartOfTheWindow_CountsWhenItWasAccepted(int milliseconds, bool refused)
    {
        var at = World.Schedule.BookingStartAt.AddMilliseconds(milliseconds);
        var decision = Decide(Section.Of(World.Seats), Section.Reserve(Mine, "kim", at, 1), World.Schedule.BookingStartAt.AddMinutes(1));
        decision.Refused.ShouldBe(refused ? RefusalCode.BookingClosed : null);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Reserve_AtTheEndOfTheWindow_CountsWhenItWasAccepted(int milliseconds, bool refused)
    {
        var at = World.Schedule.BookingEndAt.AddMilliseconds(milliseconds);
        var decision = Decide(Section.Of(World.Seats), Section.Reserve(Mine, "kim", at, 1), World.Schedule.BookingEndAt.AddMinutes(1));
        decision.Refused.ShouldBe(refused ? RefusalCode.BookingClosed : null);
    }

    [Fact]
    public void Reserve_OneOfTwoSeatsTaken_HoldsNone()
    {
        var other = Section.Id(World.Seats, 1, 2);
        var state = Section.Of(World.Seats, Section.Held(other, "lee", Now.AddMinutes(1), 2));

        ShouldBeRefused(Decide(state, Section.Reserve(Mine, "kim", Now, 1, 2)), RefusalCode.SeatTaken);
    }

    [Fact]
    public void Reserve_SeatSold_IsRefusedHoweverOld()
    {
        var other = Section.Id(World.Seats, 0, 2);
        var state = Section.Of(World.Seats, Section.Live(ReservationStatus.Confirmed, SeatStatus.Sold, other, "lee", Now.AddDays(-1), 1));

        ShouldBeRefused(Decide(state, Section.Reserve(Mine, "kim", Now, 1)), RefusalCode.SeatTaken);
    }

    [Fact]
    public void Reserve_SeatWhosePaymentHasBegun_IsRefusedHoweverOld()
    {
        var other = Section.Id(World.Seats, 0, 2);
        var state = Section.Of(World.Seats, Section.Live(ReservationStatus.Paying, SeatStatus.Held, other, "lee", Now.AddDays(-1), 1));

        ShouldBeRefused(Decide(state, Section.Reserve(Mine, "kim", Now, 1)), RefusalCode.SeatTaken);
    }

    [Fact]
    public void Reserve_HolderWasNotRead_IsRefused()
    {
        var state = Section.Of(World.Seats, new SeatDocument(1, SeatStatus.Held, "someone", 0));
        ShouldBeRefused(Decide(state, Section.Reserve(Mine, "kim", Now, 1)), RefusalCode.SeatTaken);
    }

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(0, 0, false)]
    [InlineData(0, 1, true)]
    public void Reserve_HoldOfTheSameSessionEnds_IsTakenOverOnlyByACommandAcceptedAfterIt(int decidedEarly, int acceptedEarly, bool refused)
    {
        var other = Section.Id(World.Seats, Mine.SessionId == Section.Id(World.Seats, 0, 2).SessionId ? 0 : 1, 2);
        var state = Section.Of(World.Seats, Section.Held(other, "lee", Now, 1));

        var decision = Decide(
            state, Section.Reserve(Mine, "kim", Now.AddMilliseconds(-acceptedEarly), 1), Now.AddMilliseconds(-decidedEarly));

        decision.Refused.ShouldBe(refused ? RefusalCode.SeatTaken : null);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(3600)]
    public void Reserve_HoldOfAnotherSessionEnded_IsLeftToTheReleaseInItsOwn(int secondsAgo)
    {
        // A payment that was accepted in time may still wait in the hold's session, and nothing here can tell.
        var other = Section.Id(World.Seats, 5, 2);
        var state = Section.Of(World.Seats, Section.Held(other, "lee", Now.AddSeconds(-secondsAgo), 1));

        ShouldBeRefused(Decide(state, Section.Reserve(Mine, "kim", Now, 1)), RefusalCode.SeatTaken);
    }

    [Fact]
    public void Reserve_TakesOverAHold_ExpiresItWholeAndFreesItsOtherSeats()
    {
        var other = Section.Id(World.Seats, 0, 2);
        var state = Section.Of(World.Seats, Section.Held(other, "lee", Now, 1, 2, 3));

        var decision = Decide(state, Section.Reserve(Mine, "kim", Now, 1, 2));

        decision.Expired.ShouldHaveSingleItem().Code.ShouldBe(other.Code);
        var operations = decision.Changes!.ToOperations();
        var expired = Section.Written<ReservationDocument>(operations, other.DocumentId);
        expired.Status.ShouldBe(ReservationStatus.Expired);
        expired.Due.ShouldBeNull();
        expired.History[^1].ShouldBe(new HistoryLine(Now.ToUnixTimeMilliseconds(), ReservationStatus.Expired));
        Section.SeatIn(operations, 1).Holder.ShouldBe(Mine.Code);
        Section.SeatIn(operations, 2).Holder.ShouldBe(Mine.Code);
        Section.SeatIn(operations, 3).ShouldBe(SeatDocument.Available(3));
        Section.Counted(operations).ShouldBeEmpty("the seats say it");
    }

    [Fact]
    public void Reserve_TakesOverAHoldOfAsManyOtherSeats_StillChangesTheMap()
    {
        var state = Section.Of(World.Seats, Section.Held(Section.Id(World.Seats, 0, 2), "lee", Now, 1, 2));

        var decision = Decide(state, Section.Reserve(Mine, "kim", Now, 2, 3));

        Section.SeatIn(decision.Changes!.ToOperations(), 1).ShouldBe(SeatDocument.Available(1));
        decision.Changes!.MovesPlaces.ShouldBeTrue();
    }

    [Fact]
    public void Reserve_TakesOverOwnHold_CountsItNoLonger()
    {
        var old = Section.Id(World.Seats, 0, 2);
        var state = Section.Of(World.Seats, Section.Held(old, "kim", Now, 1, 2, 3, 4, 5, 6, 7, 8));

        var decision = Decide(state, Section.Reserve(Mine, "kim", Now, 1, 2, 3, 4, 5, 6, 7, 8));

        decision.Refused.ShouldBeNull();
    }

    [Fact]
    public void Reserve_TakesOverEightHoldsOfEightSeats_FitsOneBatch()
    {
        var documents = new List<IDocument>();
        for (var holder = 0; holder < 8; holder++)
        {
            int[] seats = [.. Enumerable.Range(1 + (holder * 8), 8)];
            documents.AddRange(Section.Held(Section.Id(World.Large, 0, (byte)(holder + 10)), $"user {holder}", Now.AddMinutes(-1), seats));
        }

        var id = Section.Id(World.Large, 0, 1);
        var decision = Decide(Section.Of(World.Large, [.. documents]), Section.Reserve(id, "kim", Now, 1, 9, 17, 25, 33, 41, 49, 57));

        decision.Refused.ShouldBeNull();
        decision.Expired!.Count.ShouldBe(8);
        decision.Changes!.ToOperations().Count.ShouldBeLessThanOrEqualTo(DocumentOperation.MaxPerBatch);
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(2, true)]
    public void Reserve_PlacesLeft_AreGivenToTheLastOne(long left, bool refused)
    {
        var decision = Decide(Section.Of(World.Floor, new CountersDocument(left, 0, 0)), Places(3));

        decision.Refused.ShouldBe(refused ? RefusalCode.SoldOut : null);
        decision.Reservation!.Total.ShouldBe(3 * World.StandingPrice);
        if (!refused)
        {
            decision.Reservation.Quantity.ShouldBe(3);
            Section.Counted(decision.Changes!.ToOperations()).ShouldBe(new Dictionary<string, long> { ["left"] = -3, ["held"] = 3 });
        }
    }

    [Fact]
    public void Reserve_CountersNotThere_IsSoldOut() => ShouldBeRefused(Decide(Section.Of(World.Floor), Places(1)), RefusalCode.SoldOut);

    [Fact]
    public void Refuse_DecidedBefore_ChangesNothing()
    {
        var state = Section.Of(World.Seats, Section.Held(Mine, "kim", Now.AddMinutes(5), 1));

        var decision = ReserveDecision.Refuse(
            state, Mine, Section.Reserve(Mine, "kim", Now, 1), World.Schedule, Now, RefusalCode.LimitReached, TimeSpan.FromDays(7));

        decision.Changes.ShouldBeNull();
        decision.Reservation!.Status.ShouldBe(ReservationStatus.Held);
    }

    [Fact]
    public void Refuse_PlacesThatExist_KeepsWhatWasAsked()
    {
        var decision = ReserveDecision.Refuse(
            Section.Of(World.Seats),
            Mine,
            Section.Reserve(Mine, "kim", Now, 1, 2),
            World.Schedule,
            Now,
            RefusalCode.LimitReached,
            TimeSpan.FromDays(7));

        ShouldBeRefused(decision, RefusalCode.LimitReached);
        decision.Reservation!.Seats!.Count.ShouldBe(2);
    }

    [Fact]
    public void Unprocessable_AnyCommand_IsRejectedAsUnavailableForAWhile()
    {
        var rejected = ReserveDecision.Unprocessable(new SectionState(Mine.Section), Mine, Section.Reserve(Mine, "kim", Now, 1), Now.AddMinutes(1), TimeSpan.FromDays(7));

        rejected.Status.ShouldBe(ReservationStatus.Rejected);
        rejected.Reason.ShouldBe("unavailable");
        rejected.UserId.ShouldBe("kim");
        rejected.Ttl.ShouldBe(7 * 24 * 3600);
        rejected.CreatedAt.ShouldBe(Now.ToUnixTimeMilliseconds());
    }
}
