namespace Concert.Booking.Wallets;

public static class LedgerKind
{
    public const string Charge = "CHARGE";
    public const string Payment = "PAYMENT";
    public const string Refund = "REFUND";
}

/// <summary>Won.</summary>
public sealed record BalanceView(long Balance);

/// <summary>One change of a wallet; <see cref="Amount"/> is signed, <see cref="BalanceAfter"/> exact. Won.</summary>
public sealed record LedgerEntryView(string Id, string Kind, long Amount, long BalanceAfter, string Reference, DateTimeOffset CreatedAt);
