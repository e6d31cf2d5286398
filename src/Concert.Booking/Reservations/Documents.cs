using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Concert.Booking.Ids;
using Concert.Booking.Paging;
using Concert.Booking.Ports;
using Concert.Booking.States;
using Concert.Booking.Storage;

namespace Concert.Booking.Reservations;

/// <summary>
/// A numbered place. Written when it is first held: no document means available. <see cref="Holder"/> is the code of the live reservation,
/// <see cref="HoldEndsAt"/> (Unix ms) the end of its hold.
/// </summary>
public sealed record SeatDocument(int Number, SeatStatus Status, string? Holder, long? HoldEndsAt) : IDocument<SeatDocument>
{
    static JsonTypeInfo<SeatDocument> IDocument<SeatDocument>.Json => ReservationsJson.Default.SeatDocument;

    public const string Prefix = "s:";

    public string Id => IdOf(Number);

    public string Type => "seat";

    public static string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D7}");

    public static SeatDocument Available(int number) => new(number, SeatStatus.Available, null, null);
}

/// <summary>
/// The places that count for a user's limit in a schedule, in the user's partition: every reservation that is live or may yet be, and those that have ended
/// since it was looked through. An entry stands before its reservation does, and goes when somebody needs its room.
/// </summary>
public sealed record LimitDocument(string ScheduleId, IReadOnlyList<CountedPlaces> Counted) : IDocument<LimitDocument>
{
    static JsonTypeInfo<LimitDocument> IDocument<LimitDocument>.Json => ReservationsJson.Default.LimitDocument;

    public const string Prefix = "lim:";

    public string Id => IdOf(ScheduleId);

    public string Type => "limit";

    /// <summary>Entries that were left when it was last looked through.</summary>
    public int Kept { get; init; }

    [JsonIgnore]
    public int Places => Counted.Sum(c => c.Places);

    public static string IdOf(string scheduleId) => Prefix + scheduleId;

    public bool Has(ReservationId id) => id.ToString() is var text && Counted.Any(c => c.Reservation == text);
}

/// <summary>A reservation and its places.</summary>
public readonly record struct CountedPlaces([property: JsonPropertyName("r")] string Reservation, [property: JsonPropertyName("p")] int Places);

/// <summary>A seat and its price in won, as they were when it was asked for.</summary>
public readonly record struct SeatLine([property: JsonPropertyName("n")] int Number, [property: JsonPropertyName("p")] long Price);

/// <summary>One entry of a reservation's history; <see cref="At"/> in Unix ms.</summary>
public readonly record struct HistoryLine(long At, ReservationStatus Status, string? Reason = null);

/// <summary>
/// A cancellation's record: who, when, why, what and how much. While <see cref="Done"/> is false the refund is on its way and its places are the reservation's.
/// </summary>
/// <param name="At">When it was decided, Unix ms.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="Why">The reason that was given.</param>
/// <param name="Request">What it was asked by: a command that comes again finds itself.</param>
/// <param name="Seats">The seats given back; null for places of an inventory.</param>
/// <param name="Quantity">The places given back; null for seats.</param>
/// <param name="Amount">Their price, won.</param>
/// <param name="Refund">Won; null when nothing had been paid.</param>
/// <param name="Done">The places are back on sale.</param>
public sealed record CancellationRecord(
    long At, string By, string Why, string Request, IReadOnlyList<SeatLine>? Seats, int? Quantity, long Amount, long? Refund, bool Done)
{
    [JsonIgnore]
    public int Places => Seats?.Count ?? Quantity ?? 0;

    /// <summary>The schedule was called off.</summary>
    [JsonIgnore]
    public bool IsCallOff => Request == ReservationDocument.CalledOff;
}

/// <summary>When a ticket was used (Unix ms), and by which check-in, so that one that is asked for again knows its own work.</summary>
public sealed record TicketUse(long At, string By);

/// <summary>
/// A request for the best places of any section has moved on: its reservation is, or will be, in another section. The highest number is the last move, and
/// only there may the reservation be decided; what stands there under a lower number is what is left of an earlier visit.
/// </summary>
public sealed record MovedOn(string To, int Number);

/// <summary>
/// One user's claim to places of one section, all or nothing. <see cref="Due"/> is set only while a timer should look at it. Times in Unix ms.
/// </summary>
public sealed record ReservationDocument(
    string Code,
    ReservationStatus Status,
    string UserId,
    IReadOnlyList<SeatLine>? Seats,
    int? Quantity,
    long Total,
    long CreatedAt,
    IReadOnlyList<HistoryLine> History) : IDocument<ReservationDocument>
{
    static JsonTypeInfo<ReservationDocument> IDocument<ReservationDocument>.Json => ReservationsJson.Default.ReservationDocument;

    public const string Prefix = "r:";

    /// <summary>The reason of a line in the history: a part was given back, and the rest stays as it is.</summary>
    public const string PartCancelled = "part-cancelled";

    /// <summary>The reason of a reservation that ended because its schedule was called off, and the request of that cancellation.</summary>
    public const string CalledOff = "called-off";

    public string Id => Prefix + Code;

    public string Type => "reservation";

    public long? Due { get; init; }

    public int? Ttl { get; init; }

    public string? Reason { get; init; }

    public long? HoldEndsAt { get; init; }

    /// <summary>The code of the payment that is or was made.</summary>
    public string? Payment { get; init; }

    /// <summary>The queue token that ends with the payment: only while it is being paid, so that whoever finishes the payment can end it.</summary>
    public TokenClaims? Token { get; init; }

    /// <summary>The oldest first. One at a time is on its way: the last. Null for none.</summary>
    public IReadOnlyList<CancellationRecord>? Cancellations { get; init; }

    /// <summary>Set once, when its ticket was used: from then on it cannot be cancelled, unless its schedule is called off.</summary>
    public TicketUse? Used { get; init; }

    /// <summary>The section that its id names, where its places were found in another one. Null where they are in the same.</summary>
    public string? Home { get; init; }

    /// <summary>It is not decided here: this document only says where to look on, and everybody else passes it by.</summary>
    public MovedOn? Moved { get; init; }

    [JsonIgnore]
    public int Places => Seats?.Count ?? Quantity ?? 0;

    /// <summary>Grows with each change: the message ids of timer commands carry it, so that a later round is not taken for a duplicate.</summary>
    [JsonIgnore]
    public int Revision => History.Count;

    /// <summary>It has no places, and never will again.</summary>
    [JsonIgnore]
    public bool HasEnded => Status is ReservationStatus.Rejected or ReservationStatus.Expired or ReservationStatus.Cancelled;

    /// <summary>A refund is on its way.</summary>
    [JsonIgnore]
    public bool IsCancelling => Cancellations is [.., { Done: false }];

    /// <summary>The parts that were given back before the end: <see cref="Seats"/>, <see cref="Quantity"/> and <see cref="Total"/> have it no more.</summary>
    [JsonIgnore]
    public IEnumerable<CancellationRecord> Parts =>
        (Cancellations ?? []).Where((c, i) => c.Done && !(Status == ReservationStatus.Cancelled && i == Cancellations!.Count - 1));

    /// <summary>The amount paid, won: the total and the parts that were given back since.</summary>
    [JsonIgnore]
    public long PaidTotal => Total + Parts.Where(p => p.Refund is not null).Sum(p => p.Amount);

    /// <summary>The amount that went back to the wallet, won; null when nothing was given back.</summary>
    [JsonIgnore]
    public long? Refunded => Cancellations is [{ Done: true }, ..] ? Cancellations.Where(c => c.Done).Sum(c => c.Refund ?? 0) : null;

    /// <summary>The id of what is stored in a section.</summary>
    public ReservationId IdIn(SectionRef section) => new(Home is null ? section : section with { Section = Home }, Code);

    /// <summary>Without some of its places, which are not all of them.</summary>
    public ReservationDocument Without(CancellationRecord part, DateTimeOffset at) => this with
    {
        Seats = Seats is null ? null : [.. Seats.Where(line => part.Seats?.Contains(line) != true)],
        Quantity = Quantity - part.Quantity,
        Total = Total - part.Amount,
        History = [.. History, new HistoryLine(at.ToUnixTimeMilliseconds(), Status, PartCancelled)],
    };

    /// <summary>Takes a step that the table has (<see cref="Steps.OfReservation"/>).</summary>
    public ReservationDocument Move(ReservationStatus status, DateTimeOffset at, string? reason = null) => this with
    {
        Status = Steps.OfReservation.Take(Status, status),
        Reason = reason,
        Due = null,
        History = [.. History, new HistoryLine(at.ToUnixTimeMilliseconds(), status, reason)],
    };
}

/// <summary>A command that went to the dead-letter list, kept so that it is counted once and staff can see what became of it.</summary>
public sealed record DeadLetterDocument(string MessageId, string Command, string Reason, long At) : IDocument<DeadLetterDocument>
{
    static JsonTypeInfo<DeadLetterDocument> IDocument<DeadLetterDocument>.Json => ReservationsJson.Default.DeadLetterDocument;

    public const string Prefix = "dead:";

    public string Id => IdOf(MessageId);

    public string Type => "dead";

    /// <summary>Null in documents of before it was kept, as are the members below.</summary>
    public string? ReservationId { get; init; }

    public DeadLetterOutcome? Outcome { get; init; }

    /// <summary>The command as it was sent, where it may be sent again: it says no more of its user than the reservation beside it. Null where it may not.</summary>
    public string? Body { get; init; }

    /// <summary>How often it was sent again.</summary>
    public int Rounds { get; init; }

    /// <summary>When it was sent again last, Unix ms.</summary>
    public long? SentAgainAt { get; init; }

    public static string IdOf(string messageId) => Prefix + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(messageId)).AsSpan(0, 16));
}

/// <summary>The end that a dead-lettered command came to.</summary>
[JsonConverter(typeof(InCapitals<DeadLetterOutcome>))]
public enum DeadLetterOutcome
{
    /// <summary>A refusal is written and its user has that answer: the reservation is REJECTED, or the payment FAILED.</summary>
    Refused,

    /// <summary>Everything stayed as it was; of a cancellation the reservation's history says so.</summary>
    Noted,

    /// <summary>It has no end yet, and is tried again by itself.</summary>
    Pending,
}

/// <summary>One of a user's requests for a reservation; the id sorts the newest first.</summary>
public sealed record RequestEntryDocument(long At, string Reservation) : IDocument<RequestEntryDocument>
{
    static JsonTypeInfo<RequestEntryDocument> IDocument<RequestEntryDocument>.Json => ReservationsJson.Default.RequestEntryDocument;

    public const string Prefix = "req:";

    public string Id => $"{Prefix}{ListKey.NewestFirst(At)}:{Reservation[(Reservation.IndexOf('.', StringComparison.Ordinal) + 1)..]}";

    public string Type => "request-entry";
}
