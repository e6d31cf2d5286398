using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Concert.Booking.Calls;
using Concert.Booking.Ids;
using Concert.Booking.States;
using Concert.Booking.Storage;

namespace Concert.Booking.Wallets;

/// <summary>A user's money in won. <see cref="Entries"/> counts the ledger's entries, so that each knows its place.</summary>
public sealed record WalletDocument(long Balance, long Charged, long Paid, long Refunded, long Entries) : IDocument<WalletDocument>
{
    static JsonTypeInfo<WalletDocument> IDocument<WalletDocument>.Json => WalletsJson.Default.WalletDocument;

    public const string DocumentId = "wallet";

    public static readonly WalletDocument Empty = new(0, 0, 0, 0, 0);

    public string Id => DocumentId;

    public string Type => "wallet";
}

/// <summary>One entry of the append-only ledger. The id sorts the newest first. Won; <see cref="At"/> in Unix ms.</summary>
public sealed record LedgerDocument(long Number, string Kind, long Amount, long BalanceAfter, string Reference, long At) : IDocument<LedgerDocument>
{
    static JsonTypeInfo<LedgerDocument> IDocument<LedgerDocument>.Json => WalletsJson.Default.LedgerDocument;

    public const string Prefix = "led:";

    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{999_999_999_999L - Number:D12}");

    public string Type => "ledger";
}

/// <summary>A refund of a payment: the number of the reservation's cancellation, from 1, and won.</summary>
public readonly record struct RefundLine([property: JsonPropertyName("n")] int Number, [property: JsonPropertyName("a")] long Amount);

/// <summary>
/// A payment, in its user's partition: written in the batch that moves the money, or that refuses to. The id sorts the newest first. Won; times in Unix ms.
/// </summary>
public sealed record PaymentDocument(
    string Code,
    PaymentStatus Status,
    string ReservationId,
    long Amount,
    long AcceptedAt,
    long DecidedAt,
    string? Reason = null) : IDocument<PaymentDocument>
{
    static JsonTypeInfo<PaymentDocument> IDocument<PaymentDocument>.Json => WalletsJson.Default.PaymentDocument;

    public const string Prefix = "pay:";

    public string Id => PaymentId.DocumentIdOf(Code);

    public string Type => "payment";

    /// <summary>The oldest first; null for none.</summary>
    public IReadOnlyList<RefundLine>? Refunds { get; init; }

    /// <summary>All refunds together, won; null when there was none.</summary>
    [JsonIgnore]
    public long? Refund => Refunds?.Sum(r => r.Amount);

    /// <summary>Takes a step that the table has (<see cref="Steps.OfPayment"/>).</summary>
    public PaymentDocument Move(PaymentStatus status) => this with { Status = Steps.OfPayment.Take(Status, status) };

    /// <summary>
    /// Whether its user's history shows it. A second click on a hold that is paid is no payment of its user's: its id answers for it, the history does not.
    /// </summary>
    [JsonIgnore]
    public bool IsListed => Reason != RefusalCode.AlreadyPaid.Name();
}
