using System.Globalization;
using System.Text.Json.Serialization.Metadata;
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
