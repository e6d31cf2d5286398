using System.Text.Json.Serialization;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Telemetry;

namespace Concert.Booking.Operations;

/// <summary>A sale as it happens.</summary>
/// <param name="At">When it was put together; kept for a second.</param>
/// <param name="Queue">The commands on their way, of all sales; absent when the broker does not say.</param>
/// <param name="Commands">What the process that answers has counted, of all sales.</param>
/// <param name="Line">The line that admits to it; absent while the waiting room is away.</param>
/// <param name="Places">All its places.</param>
/// <param name="Sections">In the order of the plan, inventories last.</param>
/// <param name="DeadLetters">Its dead-lettered commands, those without an end included; counted up to 1,000.</param>
/// <param name="Webhooks">Events on their way to receivers, of all sales.</param>
/// <param name="SalesPaused">Nothing is held until staff go on.</param>
/// <param name="CallOff">Absent unless it was called off; how far that has come says the report.</param>
public sealed record ScheduleLive(
    DateTimeOffset At,
    QueueView? Queue,
    CommandCounts Commands,
    LineView? Line,
    PlacesView Places,
    IReadOnlyList<SectionPlaces> Sections,
    long DeadLetters,
    WebhookBacklog Webhooks,
    bool SalesPaused,
    CallOffState? CallOff);

/// <summary>Commands without an outcome, and the age in seconds of the oldest; absent when there is none, or when the broker does not say.</summary>
public sealed record QueueView(long Depth, double? OldestSeconds);

/// <summary>Members of a line, and how many can be active at once.</summary>
public sealed record LineView(int Early, int Waiting, int Active, int MaxActive);

/// <summary>Places by what has become of them; the four add up to <paramref name="Total"/>.</summary>
public sealed record PlacesView(long Total, long Available, long Held, long Sold, long Blocked);

/// <summary>The places of a section with numbered seats, or of an inventory.</summary>
public sealed record SectionPlaces(string Name, SectionKind Kind, long Total, long Available, long Held, long Sold, long Blocked);

[JsonConverter(typeof(InCapitals<SectionKind>))]
public enum SectionKind
{
    Seats,
    Standing,
}

/// <summary>Events that wait for a receiver, and events that were given up; each counted up to 1,000.</summary>
public sealed record WebhookBacklog(int Pending, int Failed);

/// <summary>When a schedule was called off and why, and when everything was given back; absent until then.</summary>
public sealed record CallOffState(DateTimeOffset At, string Reason, DateTimeOffset? FinishedAt);

/// <summary>
/// The money of the whole service, won, read from both sides: the wallets say what was charged and what is left, the reservations what was paid and refunded.
/// </summary>
/// <param name="At">When the reading ended.</param>
/// <param name="Charged">All charges.</param>
/// <param name="Balances">All balances.</param>
/// <param name="Paid">For reservations that are CONFIRMED, or were.</param>
/// <param name="Refunded">By cancellations that are done.</param>
/// <param name="InFlight">Money that has moved already for reservations whose last step is to come.</param>
/// <param name="Difference">Charged − balances − all that was paid + all that was refunded, in flight included.</param>
/// <param name="State">Whether the two sides agree.</param>
public sealed record BooksView(
    DateTimeOffset At, long Charged, long Balances, long Paid, long Refunded, MoneyInFlight InFlight, long Difference, BooksState State);

/// <summary>Taken for reservations that are still PAYING, and given back by cancellations that are not finished; won.</summary>
public sealed record MoneyInFlight(long Paid, long Refunded);

[JsonConverter(typeof(InCapitals<BooksState>))]
public enum BooksState
{
    /// <summary>To the won, and no money moved while it was read.</summary>
    Balanced,

    /// <summary>Money moved while it was read, and explains the difference. It says nothing against the books, and does not prove them.</summary>
    Moving,

    /// <summary>No movement explains the difference.</summary>
    Unbalanced,
}

/// <summary>A dead-lettered command and what became of it.</summary>
/// <param name="Id">Names it to send it again or to refuse it.</param>
/// <param name="Command">reserve, pay, cancel, expire, resume or call-off.</param>
/// <param name="ReservationId">Absent for entries of before it was kept.</param>
/// <param name="Reason">Why it was dead-lettered.</param>
/// <param name="At">When its end was written; of one that has none, when it was accepted.</param>
/// <param name="Outcome">The end it came to.</param>
/// <param name="CanSendAgain">As its reservation stands now.</param>
/// <param name="CanRefuse">It has no end yet.</param>
/// <param name="SentAgainAt">Absent unless it was.</param>
public sealed record DeadLetterView(
    string Id,
    string Command,
    string? ReservationId,
    string Reason,
    DateTimeOffset At,
    DeadLetterOutcome Outcome,
    bool CanSendAgain,
    bool CanRefuse,
    DateTimeOffset? SentAgainAt);
