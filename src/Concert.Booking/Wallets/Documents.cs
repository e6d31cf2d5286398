using System.Globalization;
using Concert.Booking.Identity;
using Concert.Booking.Storage;

namespace Concert.Booking.Wallets;

/// <summary>A user's money in won. <see cref="Entries"/> counts the ledger's entries, so that each knows its place.</summary>
public sealed record WalletDocument(long Balance, long Charged, long Paid, long Refunded, long Entries) : IDocument
{
    public const string DocumentId = "wallet";

    public static readonly WalletDocument Empty = new(0, 0, 0, 0, 0);

    public string Id => DocumentId;

    public string Type => "wallet";
}

/// <summary>One entry of the append-only ledger. The id sorts the newest first. Won; <see cref="At"/> in Unix ms.</summary>
public sealed record LedgerDocument(long Number, string Kind, long Amount, long BalanceAfter, string Reference, long At) : IDocument
{
    public const string Prefix = "led:";

    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{999_999_999_999L - Number:D12}");

    public string Type => "ledger";
}

/// <summary>One of a user's requests for a reservation; the id sorts the newest first.</summary>
public sealed record RequestEntryDocument(long At, string Reservation) : IDocument
{
    public const string Prefix = "req:";

    public string Id => $"{Prefix}{ListKey.NewestFirst(At)}:{Reservation[(Reservation.IndexOf('.', StringComparison.Ordinal) + 1)..]}";

    public string Type => "request-entry";
}
