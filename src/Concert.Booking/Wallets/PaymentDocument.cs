using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Concert.Booking.Calls;
using Concert.Booking.Ids;
using Concert.Booking.Storage;

namespace Concert.Booking.Wallets;

public static class PaymentStatus
{
    public const string Pending = "PENDING";
    public const string Completed = "COMPLETED";
    public const string Refunded = "REFUNDED";
    public const string Failed = "FAILED";
}

/// <summary>
/// A payment, in its user's partition: written in the batch that moves the money, or that refuses to. The id sorts the newest first. Won; times in Unix ms.
/// </summary>
public sealed record PaymentDocument(
    string Code,
    string Status,
    string ReservationId,
    long Amount,
    long AcceptedAt,
    long DecidedAt,
    string? Reason = null,
    long? Refund = null) : IDocument<PaymentDocument>
{
    static JsonTypeInfo<PaymentDocument> IDocument<PaymentDocument>.Json => WalletsJson.Default.PaymentDocument;

    public const string Prefix = "pay:";

    public string Id => PaymentId.DocumentIdOf(Code);

    public string Type => "payment";

    /// <summary>
    /// Whether its user's history shows it. A second click on a hold that is paid is no payment of its user's: its id answers for it, the history does not.
    /// </summary>
    [JsonIgnore]
    public bool IsListed => Reason != RefusalCode.AlreadyPaid.Name();
}
