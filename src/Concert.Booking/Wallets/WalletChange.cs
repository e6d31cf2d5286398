using Concert.Booking.Calls;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;

namespace Concert.Booking.Wallets;

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

    /// <summary>Gives won of a completed payment back.</summary>
    public sealed record Refund(string PaymentCode, long Amount) : WalletChange(PaymentId.DocumentIdOf(PaymentCode))
    {
        public override bool CreatesMarker => false;
    }
}

/// <summary>What became of a change.</summary>
public abstract record WalletOutcome
{
    private WalletOutcome()
    {
    }

    /// <summary>Made, now or before. Won.</summary>
    public sealed record Applied(long BalanceAfter, PaymentDocument? Payment = null) : WalletOutcome;

    public sealed record Refused(RefusalCode Code, PaymentDocument? Payment = null) : WalletOutcome;
}
