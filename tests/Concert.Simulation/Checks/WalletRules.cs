using Concert.Booking.Idempotency;
using Concert.Booking.Identity;
using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.Shared;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;
using Concert.Simulation.Sale;

namespace Concert.Simulation.Checks;

/// <summary>L1 to L4 over one wallet, and S2 from the payment's side, after every commit that touched it.</summary>
public sealed class WalletRules(World world, SimStore store, SaleSettings settings)
{
    /// <summary>The true time at which a payment's message was stored; null when it was not, or was given up as a dead letter.</summary>
    public Func<string, long?> StoredAt { get; set; } = _ => null;

    /// <summary>Whether a reservation's hold was ended by another reservation.</summary>
    public Func<string, bool> WasTakenOver { get; set; } = _ => false;

    public void Check(SimPartition partition, IReadOnlyList<Change> changes)
    {
        foreach (var change in changes)
        {
            CheckChange(partition.Reference.Key, change);
        }

        if (changes.Any(c => c.After?.Parsed is WalletDocument or LedgerDocument or PaymentDocument))
        {
            CheckMoney(partition);
        }
    }

    private void CheckMoney(SimPartition partition)
    {
        var user = partition.Reference.Key;
        var wallet = partition.Documents.GetValueOrDefault(WalletDocument.DocumentId)?.Parsed as WalletDocument ?? WalletDocument.Empty;
        long balance = 0, charged = 0, paid = 0, refunded = 0, number = 0;
        foreach (var entry in partition.Documents.Values.Select(d => d.Parsed).OfType<LedgerDocument>().Reverse())
        {
            balance += entry.Amount;
            charged += entry.Kind == LedgerKind.Charge ? entry.Amount : 0;
            paid -= entry.Kind == LedgerKind.Payment ? entry.Amount : 0;
            refunded += entry.Kind == LedgerKind.Refund ? entry.Amount : 0;
            if (entry.Number != ++number || entry.BalanceAfter != balance || balance < 0)
            {
                world.Fail("L1", $"Entry {entry.Number} of {user} ({entry.Kind} {entry.Amount}) says balance {entry.BalanceAfter}; it is number {number} and the sum is {balance}");
            }
        }

        if (wallet.Balance != balance || wallet.Entries != number)
        {
            world.Fail("L1", $"{user} has {wallet.Balance} won and {wallet.Entries} entries; the ledger says {balance} and {number}");
        }

        if (wallet.Charged != charged || wallet.Paid != paid || wallet.Refunded != refunded || charged != balance + paid - refunded)
        {
            world.Fail("L2", $"{user} has {wallet}; the ledger says charged {charged}, paid {paid}, refunded {refunded}");
        }

        var payments = partition.Documents.Values.Select(d => d.Parsed).OfType<PaymentDocument>()
            .Where(p => p.Status is PaymentStatus.Completed or PaymentStatus.Refunded).ToList();
        if (payments.Sum(p => p.Amount) != paid || payments.Sum(p => p.Refund ?? 0) != refunded)
        {
            world.Fail("L2", $"{user} paid {paid} and got {refunded} back by the ledger; by the payments {payments.Sum(p => p.Amount)} and {payments.Sum(p => p.Refund ?? 0)}");
        }

        if (payments.GroupBy(p => p.ReservationId, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            world.Fail("S2", $"{user} paid {twice.Key} {twice.Count()} times");
        }
    }

    private void CheckChange(string user, Change change)
    {
        switch (change.Before?.Parsed, change.After?.Parsed)
        {
            case (LedgerDocument before, var after) when !Equals(before, after):
                world.Fail("L1", $"Entry {before.Number} of {user} was rewritten");
                break;
            case (ClaimDocument before, ClaimDocument after) when before with { Outcome = after.Outcome } != after || before.Outcome is not null:
                world.Fail("L3", $"{user}'s key stood for {before} and now for {after}");
                break;
            case (PaymentDocument before, PaymentDocument after) when before.Status != after.Status
                && (before.Status, after.Status) is not (PaymentStatus.Completed, PaymentStatus.Refunded):
                world.Fail("L3", $"Payment {before.Code} of {user} went from {before.Status} to {after.Status}");
                break;
        }

        if (change.After?.Parsed is PaymentDocument payment)
        {
            CheckPayment(user, payment);
        }
    }

    private void CheckPayment(string user, PaymentDocument payment)
    {
        if (payment.Refund > payment.Amount)
        {
            world.Fail("L4", $"Payment {payment.Code} of {payment.Amount} won had {payment.Refund} refunded");
        }

        var reservation = ReservationId.TryParse(payment.ReservationId, out var id)
            ? store.Find(id.Section.Partition, id.DocumentId)?.Parsed as ReservationDocument
            : null;
        var itsOwn = reservation?.Payment == payment.Code && reservation.UserId == user;
        var right = payment.Status switch
        {
            PaymentStatus.Completed => itsOwn && reservation!.Status is ReservationStatus.Paying or ReservationStatus.Confirmed,
            PaymentStatus.Refunded => itsOwn && (reservation!.IsCancelling || reservation.Status == ReservationStatus.Cancelled),
            _ => true,
        };
        if (!right)
        {
            world.Fail("S2", $"Payment {payment.Code} became {payment.Status} while {payment.ReservationId} is {reservation?.Status ?? "absent"} with payment {reservation?.Payment}");
        }

        if (payment is { Status: PaymentStatus.Failed, Reason: "hold-expired" } && reservation is { Status: ReservationStatus.Expired, HoldEndsAt: { } ends })
        {
            CheckPromise(payment, reservation.Code, ends);
        }
    }

    /// <summary>
    /// A payment accepted before the hold's end counts, however late it is handled. Demanded where the service can know it: when its message was in the
    /// queue while no clock could say yet that the hold was over; and where the release has to wait for other clocks, until that wait was over.
    /// </summary>
    private void CheckPromise(PaymentDocument payment, string reservation, long ends)
    {
        var skew = world.Faults.Plan.HasSkew ? 5_000 : 0;
        var promised = ends - skew + (WasTakenOver(reservation) ? 0 : (long)settings.ReleaseGrace.TotalMilliseconds);
        if (payment.AcceptedAt < ends && StoredAt($"pay:{payment.Code}") is { } stored && world.TimeAt(stored).ToUnixTimeMilliseconds() < promised)
        {
            world.Fail("promise", $"Payment {payment.Code} was accepted {ends - payment.AcceptedAt} ms before the hold's end and refused as {RefusalCode.HoldExpired.Name()}");
        }
    }
}
