using System.Text;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Tests.Support;
using Concert.Booking.Wallets;
using Concert.Testing.Observing;
using Concert.Testing.Promises;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.States;

/// <summary>The tables of steps in words of their own, and how production keeps to them.</summary>
public sealed class StepsTests
{
    private const string Reservation =
        "PENDING HELD, PENDING REJECTED, HELD PAYING, HELD EXPIRED, HELD CANCELLED, PAYING CONFIRMED, PAYING HELD, CONFIRMED CANCELLED";

    [Fact]
    public void Reservation_EveryPair_IsAllowedOnlyByTheTable() => All(Steps.OfReservation, StatusNames.Name).ShouldBe(Reservation.Split(", "), ignoreOrder: true);

    [Fact]
    public void Payment_EveryPair_IsAllowedOnlyByTheTable() =>
        All(Steps.OfPayment, StatusNames.Name).ShouldBe(["PENDING COMPLETED", "PENDING FAILED", "COMPLETED REFUNDED"], ignoreOrder: true);

    [Fact]
    public void Seat_EveryPair_IsAllowedOnlyByTheTable() =>
        All(Steps.OfSeat, StatusNames.Name).ShouldBe(["AVAILABLE HELD", "AVAILABLE BLOCKED", "HELD AVAILABLE", "HELD SOLD", "SOLD AVAILABLE", "BLOCKED AVAILABLE"], ignoreOrder: true);

    [Fact]
    public void Token_EveryPair_IsAllowedOnlyByTheTable() =>
        All(Steps.OfToken, s => s.ToString().ToUpperInvariant())
            .ShouldBe(["EARLY WAITING", "EARLY ENDED", "WAITING ACTIVE", "WAITING ENDED", "ACTIVE ENDED"], ignoreOrder: true);

    [Fact]
    public void Leads_SeveralSteps_AreFollowedAndNoneBack()
    {
        Steps.OfToken.Leads(MemberStatus.Early, MemberStatus.Active).ShouldBeTrue();
        Steps.OfToken.Leads(MemberStatus.Active, MemberStatus.Waiting).ShouldBeFalse();
        Steps.OfToken.Leads(MemberStatus.Ended, MemberStatus.Ended).ShouldBeFalse();
        // Paying and held lead to each other.
        Steps.OfReservation.Leads(ReservationStatus.Paying, ReservationStatus.Expired).ShouldBeTrue();
        Steps.OfReservation.Leads(ReservationStatus.Paying, ReservationStatus.Pending).ShouldBeFalse();
    }

    [Fact]
    public void Move_StepThatTheTableHasNot_IsNotTakenAndRaisesTheAlarm()
    {
        using var alarms = new Metering("concert.invariant.broken", "history");
        var confirmed = Reserved(ReservationStatus.Confirmed);

        Should.Throw<InvalidOperationException>(() => confirmed.Move(ReservationStatus.Expired, World.Start));

        alarms.Count.ShouldBe(1);
    }

    [Fact]
    public void Move_OfAPaymentThatFailed_IsNotTaken() =>
        Should.Throw<InvalidOperationException>(() => Paid(PaymentStatus.Failed).Move(PaymentStatus.Completed));

    [Fact]
    public void Hold_SeatThatIsSold_IsNotTaken()
    {
        var state = new SectionState(World.Seats);
        state.Add(SeatDocument.IdOf(1), Stored(new SeatDocument(1, SeatStatus.Sold, "other", null)));

        Should.Throw<InvalidOperationException>(() => new SectionChanges(state).Hold(Reserved(ReservationStatus.Held)));
    }

    [Fact]
    public void Release_SeatThatIsAvailable_IsNotTaken()
    {
        var state = new SectionState(World.Seats);
        state.Add(SeatDocument.IdOf(1), Stored(new SeatDocument(1, SeatStatus.Available, "c", null)));

        Should.Throw<InvalidOperationException>(() => new SectionChanges(state).Release(Reserved(ReservationStatus.Expired), sold: false));
    }

    [Fact]
    public void Documents_Statuses_AreStoredInCapitals()
    {
        Encoding.UTF8.GetString(DocumentJson.Write(Reserved(ReservationStatus.Confirmed))).ShouldBe(
            """{"code":"c","status":"CONFIRMED","userId":"kim","seats":[{"n":1,"p":5}],"total":5,"createdAt":7,"history":[{"at":7,"status":"PENDING"},"""
            + """{"at":8,"status":"CONFIRMED"}],"id":"r:c","type":"reservation"}""");
        Encoding.UTF8.GetString(DocumentJson.Write(new SeatDocument(1, SeatStatus.Held, "c", 9)))
            .ShouldBe("""{"number":1,"status":"HELD","holder":"c","holdEndsAt":9,"id":"s:0000001","type":"seat"}""");
        Encoding.UTF8.GetString(DocumentJson.Write(Paid(PaymentStatus.Completed))).ShouldContain("\"status\":\"COMPLETED\"");
    }

    [Fact]
    public void Documents_StoredBefore_AreRead()
    {
        foreach (var status in Enum.GetValues<ReservationStatus>())
        {
            DocumentJson.Read<ReservationDocument>(Stored(Reserved(status))).Status.ShouldBe(status);
        }
    }

    private static ReservationDocument Reserved(ReservationStatus status) => new(
        "c", status, "kim", [new SeatLine(1, 5)], null, 5, 7, [new HistoryLine(7, ReservationStatus.Pending), new HistoryLine(8, status)]);

    private static PaymentDocument Paid(PaymentStatus status) => new(Section.PaymentCode("pay1"), status, "reservation", 5, 7, 8);

    private static StoredDocument Stored<T>(T document)
        where T : class, IDocument<T> => new(document.Id, DocumentJson.Write(document), "1");

    private static List<string> All<TStatus>(StepTable<TStatus> table, Func<TStatus, string> name)
        where TStatus : struct, Enum =>
        [.. from before in Enum.GetValues<TStatus>()
            from after in Enum.GetValues<TStatus>()
            where table.Allows(before, after)
            select $"{name(before)} {name(after)}"];
}
