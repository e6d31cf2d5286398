using System.Globalization;
using Concert.Booking.Calls;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Storage;

namespace Concert.Booking.Wallets;

/// <summary>
/// Decides changes of one wallet in turn, each on what the one before left, and collects their one batch. Pure: state in, operations and outcomes out.
/// </summary>
public sealed class WalletDecision
{
    private readonly WalletDocument _before;
    private readonly DateTimeOffset _now;
    private readonly WalletOptions _rules;
    private readonly Dictionary<string, (IDocument Marker, string? ETag)> _markers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DocumentOperation> _operations = new(StringComparer.Ordinal);
    private readonly List<DocumentOperation> _entries = [];
    private WalletDocument _wallet;

    public WalletDecision(Versioned<WalletDocument>? wallet, DateTimeOffset now, WalletOptions rules)
    {
        _before = _wallet = wallet?.Value ?? WalletDocument.Empty;
        WalletETag = wallet?.ETag;
        _now = now;
        _rules = rules;
    }

    /// <summary>The wallet after all that was decided.</summary>
    public WalletDocument Wallet => _wallet;

    /// <summary>Of the wallet that all was decided on; null when there was none. Known in the end where that was on its way to the store.</summary>
    public string? WalletETag { get; set; }

    /// <summary>Whether money moves.</summary>
    public bool ChangesWallet => _wallet != _before;

    /// <summary>Hands in a marker document that was found.</summary>
    public void Found(StoredDocument marker) => _markers[marker.Id] = marker.Id.StartsWith(PaymentDocument.Prefix, StringComparison.Ordinal)
        ? (DocumentJson.Read<PaymentDocument>(marker), marker.ETag)
        : (DocumentJson.Read<ClaimDocument>(marker), marker.ETag);

    public WalletOutcome Decide(WalletChange change)
    {
        var found = _markers.TryGetValue(change.MarkerId, out var marker) ? marker.Marker : null;
        return change switch
        {
            WalletChange.Charge charge => Decide(charge, (ClaimDocument?)found),
            WalletChange.Debit debit => Decide(debit.Payment, (PaymentDocument?)found),
            WalletChange.Fail fail => found is PaymentDocument done ? OutcomeOf(done) : Fail(fail.Payment),
            WalletChange.Refund refund => Decide(refund, (PaymentDocument?)found),
            _ => throw new InvalidOperationException($"Unknown change {change}."),
        };
    }

    /// <summary>The batch for all that was decided; empty when nothing changed.</summary>
    public IReadOnlyList<DocumentOperation> ToOperations()
    {
        var operations = new List<DocumentOperation>(1 + _entries.Count + _operations.Count);
        if (ChangesWallet)
        {
            operations.Add(DocumentJson.Put(_wallet, WalletETag));
        }

        operations.AddRange(_entries);
        operations.AddRange(_operations.Values);
        return operations;
    }

    private WalletOutcome Decide(WalletChange.Charge charge, ClaimDocument? done)
    {
        if (done is not null && !done.IsOver(_now))
        {
            return done.Fingerprint == charge.Fingerprint
                ? new WalletOutcome.Applied(long.Parse(done.Outcome!, CultureInfo.InvariantCulture))
                : new WalletOutcome.Refused(RefusalCode.IdempotencyMismatch);
        }

        // The limit is one for charges: what was spent counts for nothing, and a refund always comes back to its owner.
        if (_wallet.Balance + charge.Amount > _rules.MaxBalance)
        {
            return new WalletOutcome.Refused(RefusalCode.LimitReached);
        }

        Move(LedgerKind.Charge, charge.Amount, charge.Reference, _wallet with { Charged = _wallet.Charged + charge.Amount });
        Put(new ClaimDocument(
            WalletChange.Charge.Operation, charge.KeyHash, charge.Fingerprint, charge.Reference, _now.ToUnixTimeMilliseconds(), (int)charge.Remember.TotalSeconds)
        {
            Outcome = _wallet.Balance.ToString(CultureInfo.InvariantCulture),
        });
        return new WalletOutcome.Applied(_wallet.Balance);
    }

    private WalletOutcome Decide(PaymentDocument payment, PaymentDocument? done)
    {
        if (done is not null)
        {
            return OutcomeOf(done);
        }

        if (_wallet.Balance < payment.Amount)
        {
            return Fail(payment with { Reason = RefusalCode.InsufficientBalance.Name() });
        }

        Move(LedgerKind.Payment, -payment.Amount, payment.ReservationId, _wallet with { Paid = _wallet.Paid + payment.Amount });
        var completed = payment.Move(PaymentStatus.Completed) with { Reason = null, DecidedAt = _now.ToUnixTimeMilliseconds() };
        Create(completed);
        return new WalletOutcome.Applied(_wallet.Balance, completed);
    }

    private WalletOutcome.Refused Fail(PaymentDocument payment)
    {
        var failed = payment.Move(PaymentStatus.Failed) with { DecidedAt = _now.ToUnixTimeMilliseconds() };
        Create(failed);
        return new WalletOutcome.Refused(CodeOf(failed), failed);
    }

    private WalletOutcome Decide(WalletChange.Refund refund, PaymentDocument? payment)
    {
        if (payment?.Refunds?.Any(r => r.Number == refund.Number) == true)
        {
            return new WalletOutcome.Applied(_wallet.Balance, payment);
        }

        if (payment is not { Status: PaymentStatus.Completed } || refund.Amount < 0 || (payment.Refund ?? 0) + refund.Amount > payment.Amount)
        {
            return new WalletOutcome.Refused(RefusalCode.NotCancellable);
        }

        Move(LedgerKind.Refund, refund.Amount, payment.ReservationId, _wallet with { Refunded = _wallet.Refunded + refund.Amount });
        var refunded = (refund.IsLast ? payment.Move(PaymentStatus.Refunded) : payment) with { Refunds = [.. payment.Refunds ?? [], new RefundLine(refund.Number, refund.Amount)] };
        Put(refunded);
        return new WalletOutcome.Applied(_wallet.Balance, refunded);
    }

    private void Move(string kind, long amount, string reference, WalletDocument totals)
    {
        _wallet = totals with { Balance = totals.Balance + amount, Entries = totals.Entries + 1 };
        var entry = new LedgerDocument(_wallet.Entries, kind, amount, _wallet.Balance, reference, _now.ToUnixTimeMilliseconds());
        _entries.Add(new DocumentOperation.Create(entry.Id, DocumentJson.Write(entry)));
    }

    private void Create<T>(T document)
        where T : class, IDocument<T>
    {
        _operations[document.Id] = new DocumentOperation.Create(document.Id, DocumentJson.Write(document));
        _markers[document.Id] = (document, null);
    }

    /// <summary>Over the marker that was found, if one was.</summary>
    private void Put<T>(T document)
        where T : class, IDocument<T>
    {
        var etag = _markers.TryGetValue(document.Id, out var found) ? found.ETag : null;
        _operations[document.Id] = DocumentJson.Put(document, etag);
        _markers[document.Id] = (document, etag);
    }

    private WalletOutcome OutcomeOf(PaymentDocument done) => done.Status == PaymentStatus.Failed
        ? new WalletOutcome.Refused(CodeOf(done), done)
        : new WalletOutcome.Applied(_wallet.Balance, done);

    private static RefusalCode CodeOf(PaymentDocument failed) =>
        RefusalCodes.Find(failed.Reason) ?? RefusalCode.Unavailable;
}

/// <summary>One change of a wallet. <see cref="MarkerId"/> names the document whose presence says that it was made, so that it is made once.</summary>
public abstract record WalletChange(string MarkerId)
{
    /// <summary>
    /// Whether every outcome creates the marker. It need not be looked for then: a change that was made before is found when the batch meets the marker.
    /// </summary>
    public virtual bool CreatesMarker => true;

    /// <summary>
    /// Adds won. <paramref name="Reference"/> is the entry's reference. The marker is the key's claim, written with the money itself; without a key it is
    /// one under the reference, for the charge's own repeats.
    /// </summary>
    public sealed record Charge(string KeyHash, string Fingerprint, string Reference, long Amount, TimeSpan Remember)
        : WalletChange(ClaimDocument.IdOf(Operation, KeyHash))
    {
        public const string Operation = "charge";

        /// <summary>Without a key its reference is new; with one, what the key led to is asked for before anything is refused.</summary>
        public override bool CreatesMarker => Fingerprint.Length == 0;
    }

    /// <summary>Takes a payment's amount, or writes the payment as failed when there is not enough.</summary>
    public sealed record Debit(PaymentDocument Payment) : WalletChange(Payment.Id);

    /// <summary>Writes a payment that failed before any money moved.</summary>
    public sealed record Fail(PaymentDocument Payment) : WalletChange(Payment.Id);

    /// <summary>Gives won of a completed payment back: once for each cancellation, and never more in all than was paid.</summary>
    /// <param name="PaymentCode">The payment.</param>
    /// <param name="Number">Which cancellation of the reservation it is for, from 1.</param>
    /// <param name="Amount">Won.</param>
    /// <param name="IsLast">Nothing is left of what was paid for.</param>
    public sealed record Refund(string PaymentCode, int Number, long Amount, bool IsLast) : WalletChange(PaymentId.DocumentIdOf(PaymentCode))
    {
        public override bool CreatesMarker => false;
    }
}

/// <summary>The outcome of a change.</summary>
public abstract record WalletOutcome
{
    private WalletOutcome()
    {
    }

    /// <summary>Made, now or before. Won.</summary>
    public sealed record Applied(long BalanceAfter, PaymentDocument? Payment = null) : WalletOutcome;

    public sealed record Refused(RefusalCode Code, PaymentDocument? Payment = null) : WalletOutcome;
}
