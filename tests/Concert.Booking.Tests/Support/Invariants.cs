using Concert.Booking.Catalog;
using Concert.Booking.Identity;
using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;
using Shouldly;

namespace Concert.Booking.Tests.Support;

/// <summary>What must always be true, read from the documents themselves.</summary>
internal static class Invariants
{
    private static readonly (SectionRef Section, long Capacity)[] Sections =
        [(World.Seats, World.SeatCount), (World.Large, World.LargeCount), (World.Floor, World.Standing)];

    /// <summary>Holds at any moment, also between the steps of a saga.</summary>
    public static void Check(World world)
    {
        foreach (var (section, capacity) in Sections)
        {
            CheckSection(world, section, capacity);
        }

        CheckWallets(world);
        CheckPayments(world);
        CheckLimits(world, settled: false);
    }

    /// <summary>Holds once everything is handled: F1, nothing is left half done.</summary>
    public static void CheckSettled(World world)
    {
        Check(world);
        CheckLimits(world, settled: true);
        world.Queue.Waiting.ShouldBe(0);
        foreach (var reservation in Sections.SelectMany(s => ReservationsOf(world, s.Section)))
        {
            reservation.Status.ShouldNotBe(ReservationStatus.Paying, "F1");
            reservation.IsCancelling.ShouldBeFalse("F1");
            (reservation.Due is null || reservation.Status == ReservationStatus.Held).ShouldBeTrue("F1: only a hold has a due time left");
        }

        foreach (var payment in Payments(world))
        {
            payment.Status.ShouldNotBe(PaymentStatus.Pending, "F1");
            var reservation = world.Reservation(payment.ReservationId);
            var its = reservation?.Payment == payment.Code;
            (payment.Status == PaymentStatus.Completed).ShouldBe(its && reservation!.Status == ReservationStatus.Confirmed, "S2");
            (payment.Status == PaymentStatus.Refunded).ShouldBe(its && reservation!.Status == ReservationStatus.Cancelled, "S2");
        }
    }

    private static IReadOnlyList<ReservationDocument> ReservationsOf(World world, SectionRef section) =>
        world.Store.All<ReservationDocument>(DocumentContainer.Bookings, section.PartitionKey, ReservationDocument.Prefix);

    private static List<PaymentDocument> Payments(World world) =>
        [.. world.Store.All().Where(d => d.Document.Id.StartsWith(PaymentDocument.Prefix, StringComparison.Ordinal))
            .Select(d => DocumentJson.Read<PaymentDocument>(d.Document))];

    private static void CheckSection(World world, SectionRef section, long capacity)
    {
        var reservations = ReservationsOf(world, section);
        var held = reservations.Where(r => r.Status is ReservationStatus.Held or ReservationStatus.Paying).ToList();
        var sold = reservations.Where(r => r.Status == ReservationStatus.Confirmed).ToList();
        var seats = world.Store.All<SeatDocument>(DocumentContainer.Bookings, section.PartitionKey, SeatDocument.Prefix);
        foreach (var seat in seats)
        {
            var owners = held.Concat(sold).Where(r => (r.Seats ?? []).Any(l => l.Number == seat.Number)).ToList();
            owners.Count.ShouldBeLessThanOrEqualTo(1, "S1: a seat has at most one live reservation");
            seat.Holder.ShouldBe(owners.SingleOrDefault()?.Code, "S1: and the seat says which");
            seat.Status.ShouldBe(
                owners.Count == 0 ? SeatStatus.Available : held.Contains(owners[0]) ? SeatStatus.Held : SeatStatus.Sold, "S2: sold means confirmed");
        }

        foreach (var live in held.Concat(sold))
        {
            (live.Seats ?? []).ShouldAllBe(l => seats.Any(s => s.Number == l.Number && s.Holder == live.Code), "S3: all places or none");
        }

        var counters = world.Counters(section);
        counters.Held.ShouldBe(held.Sum(r => r.Places), "S4");
        counters.Sold.ShouldBe(sold.Sum(r => r.Places), "S4");
        counters.Left.ShouldBe(capacity - counters.Held - counters.Sold, "S4");
        counters.Left.ShouldBeGreaterThanOrEqualTo(0, "S4");
    }

    /// <summary>What counts covers what is live, and is no more than that once everything is handled.</summary>
    private static void CheckLimits(World world, bool settled)
    {
        var live = Sections.SelectMany(s => ReservationsOf(world, s.Section).Select(r => (Id: r.IdIn(s.Section).ToString(), Reservation: r)))
            .Where(r => !r.Reservation.HasEnded).ToLookup(r => r.Reservation.UserId, StringComparer.Ordinal);
        var users = world.Store.All().Where(d => d.Partition.Container == DocumentContainer.Wallets).Select(d => d.Partition.Key)
            .Concat(live.Select(l => l.Key)).Distinct(StringComparer.Ordinal);
        foreach (var user in users)
        {
            var entries = world.Store.All<RequestEntryDocument>(DocumentContainer.Wallets, user, RequestEntryDocument.Prefix);
            var counted = entries.Where(e => e.Status == EntryStatus.Counted).ToDictionary(e => e.Reservation, e => e.Places, StringComparer.Ordinal);
            var count = world.Store.Find<LimitDocument>(World.WalletOf(user), LimitDocument.IdOf(World.ScheduleId))?.Live ?? 0;
            count.ShouldBe(counted.Values.Sum(), "the limit counts its entries");
            count.ShouldBeLessThanOrEqualTo(world.Rules.MaxPerUser);
            live[user].ShouldAllBe(l => counted.GetValueOrDefault(l.Id) == l.Reservation.Places, "what is live counts");
            if (settled)
            {
                counted.Count.ShouldBe(live[user].Count(), "what has ended does not count");
            }
        }
    }

    public static void CheckWallets(World world)
    {
        foreach (var partition in world.Store.All().Where(d => d.Document.Id == WalletDocument.DocumentId).Select(d => d.Partition))
        {
            var wallet = world.Store.Find<WalletDocument>(partition, WalletDocument.DocumentId)!;
            var ledger = world.Store.All<LedgerDocument>(partition.Container, partition.Key, LedgerDocument.Prefix).Reverse().ToList();
            ledger.Select(e => e.Number).ShouldBe(Enumerable.Range(1, ledger.Count).Select(n => (long)n), "the ledger has no gap");
            var balance = 0L;
            foreach (var entry in ledger)
            {
                balance += entry.Amount;
                entry.BalanceAfter.ShouldBe(balance, "each entry knows its balance");
                balance.ShouldBeGreaterThanOrEqualTo(0, "L1");
            }

            wallet.Balance.ShouldBe(balance, "L1");
            wallet.Entries.ShouldBe(ledger.Count);
            wallet.Charged.ShouldBe(ledger.Where(e => e.Kind == LedgerKind.Charge).Sum(e => e.Amount));
            wallet.Paid.ShouldBe(-ledger.Where(e => e.Kind == LedgerKind.Payment).Sum(e => e.Amount));
            wallet.Refunded.ShouldBe(ledger.Where(e => e.Kind == LedgerKind.Refund).Sum(e => e.Amount));
            wallet.Charged.ShouldBe(wallet.Balance + wallet.Paid - wallet.Refunded, "L2");
        }
    }

    private static void CheckPayments(World world)
    {
        var payments = Payments(world);
        foreach (var payment in payments)
        {
            (payment.Refund ?? 0).ShouldBeLessThanOrEqualTo(payment.Amount, "L4");
        }

        var money = payments.Where(p => p.Status is PaymentStatus.Completed or PaymentStatus.Refunded).ToList();
        money.GroupBy(p => p.ReservationId, StringComparer.Ordinal).ShouldAllBe(g => g.Count() == 1, "S2: one payment a reservation");
        foreach (var (section, _) in Sections)
        {
            foreach (var sold in ReservationsOf(world, section).Where(r => r.Status == ReservationStatus.Confirmed))
            {
                money.ShouldContain(p => p.Code == sold.Payment && p.Amount == sold.Total, "S2: confirmed means paid");
            }
        }

        var ledger = world.Store.All().Where(d => d.Document.Id.StartsWith(LedgerDocument.Prefix, StringComparison.Ordinal))
            .Select(d => DocumentJson.Read<LedgerDocument>(d.Document)).ToList();
        foreach (var reservation in ledger.Where(e => e.Kind != LedgerKind.Charge).GroupBy(e => (e.Kind, e.Reference)))
        {
            reservation.Count().ShouldBe(1, "L3: one debit and one refund a reservation");
        }
    }
}
