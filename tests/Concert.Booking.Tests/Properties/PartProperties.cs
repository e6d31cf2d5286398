using Concert.Booking.Commands;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Properties;

[Trait("Rule", "L4"), Trait("Rule", "R-PART"), Trait("Rule", "R-REFUND")]
public sealed class PartProperties
{
    private static readonly DateTimeOffset OpenAt = World.Schedule.OpenAt;

    /// <summary>Prices of some seats, and the parts that are cancelled at some percent: bits choose the seats.</summary>
    private static readonly Arbitrary<(int[] Prices, (int Bits, int Percent)[] Parts)> Seats = (
        from count in Gen.Choose(1, 8)
        from prices in Gen.ArrayOf(Gen.Choose(0, 99_999), count)
        from parts in Gen.ArrayOf(from bits in Gen.Choose(0, 255) from percent in Gen.Choose(0, 100) select (bits, percent))
        select (prices, parts)).ToArbitrary();

    private static readonly Arbitrary<(int Price, int Count, (int Places, int Percent)[] Parts)> Places = (
        from price in Gen.Choose(0, 99_999)
        from count in Gen.Choose(1, 8)
        from parts in Gen.ArrayOf(from places in Gen.Choose(-1, 9) from percent in Gen.Choose(0, 100) select (places, percent))
        select (price, count, parts)).ToArbitrary();

    [Fact]
    public void Seats_AnyPartsInAnyOrder_RefundTheFloorOfEachAndNeverMoreThanWasPaid() => Check.One(
        PropertyRuns.Of(300),
        Prop.ForAll(Seats, sale =>
        {
            var lines = sale.Prices.Select((price, i) => new SeatLine(i + 1, price)).ToList();
            Play(
                Paid(lines, null, lines.Sum(l => l.Price)),
                sale.Parts.Select(p => ((IReadOnlyList<int>?)[.. lines.Select(l => l.Number).Where(n => (p.Bits & (1 << (n - 1))) != 0)], (int?)null, p.Percent)),
                left => lines.Where(l => left.Seats!.Contains(l)).Sum(l => l.Price));
        }));

    [Fact]
    public void Places_AnyPartsInAnyOrder_RefundTheFloorOfEachAndNeverMoreThanWasPaid() => Check.One(
        PropertyRuns.Of(300),
        Prop.ForAll(Places, sale => Play(
            Paid(null, sale.Count, (long)sale.Price * sale.Count),
            sale.Parts.Select(p => ((IReadOnlyList<int>?)null, (int?)p.Places, p.Percent)),
            left => (long)sale.Price * left.Quantity!.Value)));

    /// <summary>Cancels the parts one after the other as far as they are there, each at its own percent.</summary>
    private static void Play(ReservationDocument paid, IEnumerable<(IReadOnlyList<int>? Seats, int? Quantity, int Percent)> parts, Func<ReservationDocument, long> priceOf)
    {
        var now = paid;
        var expected = 0L;
        foreach (var (n, part) in parts.Index())
        {
            var rules = new CancellationOptions { Deadline = TimeSpan.Zero, Refunds = [new RefundRule { AtLeast = TimeSpan.Zero, Percent = part.Percent }] };
            var command = new CancelCommand("", World.Start, "kim", "asked", $"request {n}", part.Seats, part.Quantity);
            var begun = CancelDecisions.Begin(Section.Of(World.Seats, now), now.Code, command, OpenAt, World.Start, new BookingOptions(), rules);
            if (begun.Changes is null)
            {
                continue;
            }

            var record = begun.Reservation!.Cancellations![^1];
            var finished = CancelDecisions.Finish(
                Section.Of(World.Seats, begun.Reservation), now.Code, begun.Reservation.Cancellations.Count, World.Start).Reservation!;
            expected += record.Amount * part.Percent / 100;
            record.Refund.ShouldBe(record.Amount * part.Percent / 100, "the floor of the part's price by the table");
            finished.Refunded.ShouldBe(expected);
            finished.PaidTotal.ShouldBe(paid.Total);
            finished.Refunded!.Value.ShouldBeLessThanOrEqualTo(paid.Total, "L4");
            if (finished.HasEnded)
            {
                record.Places.ShouldBe(now.Places);
                return;
            }

            finished.Places.ShouldBe(now.Places - record.Places);
            finished.Total.ShouldBe(priceOf(finished));
            now = finished;
        }
    }

    private static ReservationDocument Paid(IReadOnlyList<SeatLine>? seats, int? quantity, long total) => new(
        Section.Id(World.Seats, 0, 1).Code, ReservationStatus.Confirmed, "kim", seats, quantity, total, 0, [new HistoryLine(0, ReservationStatus.Confirmed)]) { Payment = "pay1" };
}
