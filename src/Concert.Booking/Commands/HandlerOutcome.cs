namespace Concert.Booking.Commands;

/// <summary>How a handler ended: decided (with the status and reason, for the record), or poison.</summary>
public sealed record HandlerOutcome(string Outcome, string? Reason, bool IsPoison, string? Detail)
{
    public static HandlerOutcome Decided(string outcome, string? reason = null) => new(outcome, reason, false, null);

    public static HandlerOutcome Poison(string reason, string detail) => new("POISON", reason, true, detail);
}
