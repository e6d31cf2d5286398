namespace Concert.Testing.Promises;

/// <summary>Statuses as the service says them. The rules have their own copy, so that a word that changes by mistake is noticed.</summary>
public static class Status
{
    public const string Early = "EARLY";
    public const string Waiting = "WAITING";
    public const string Active = "ACTIVE";
    public const string Ended = "ENDED";
    public const string Pending = "PENDING";
    public const string Held = "HELD";
    public const string Paying = "PAYING";
    public const string Confirmed = "CONFIRMED";
    public const string Cancelled = "CANCELLED";
    public const string Expired = "EXPIRED";
    public const string Rejected = "REJECTED";
    public const string Completed = "COMPLETED";
    public const string Failed = "FAILED";
    public const string Refunded = "REFUNDED";
    public const string Available = "AVAILABLE";
    public const string Sold = "SOLD";
    public const string Blocked = "BLOCKED";
}

/// <summary>Kinds of ledger entries.</summary>
public static class EntryKind
{
    public const string Charge = "CHARGE";
    public const string Payment = "PAYMENT";
    public const string Refund = "REFUND";
}
