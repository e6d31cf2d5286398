using Concert.Booking.Storage;
using Concert.Booking.Wallets;

namespace Concert.Booking.Payments;

/// <summary>
/// A payment, in its user's partition: written in the batch that moves the money, or that refuses to. Won; times in Unix ms.
/// </summary>
public sealed record PaymentDocument(
    string Code,
    string Status,
    string ReservationId,
    long Amount,
    long AcceptedAt,
    long DecidedAt,
    string? Reason = null,
    long? Refund = null) : IDocument
{
    public const string Prefix = "pay:";

    public string Id => Prefix + Code;

    public string Type => "payment";
}

/// <summary>The payment's place in its user's list; the id sorts the newest first.</summary>
public sealed record PaymentEntryDocument(string Code, long At) : IDocument
{
    public const string Prefix = "payx:";

    public string Id => $"{Prefix}{ListKey.NewestFirst(At)}:{Code}";

    public string Type => "payment-entry";
}
