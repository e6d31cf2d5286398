using System.Text.Json;
using System.Text.Json.Serialization;
using Concert.Booking.Ports;
using Concert.Booking.Telemetry;

namespace Concert.Booking.States;

/// <summary>The status of a reservation. Stored and shown in capitals, as <see cref="StatusNames"/> says.</summary>
[JsonConverter(typeof(InCapitals<ReservationStatus>))]
public enum ReservationStatus
{
    Pending,
    Held,
    Paying,
    Confirmed,
    Cancelled,
    Expired,
    Rejected,
}

/// <summary>The status of a payment.</summary>
[JsonConverter(typeof(InCapitals<PaymentStatus>))]
public enum PaymentStatus
{
    Pending,
    Completed,
    Failed,
    Refunded,
}

/// <summary>The status of a numbered seat.</summary>
[JsonConverter(typeof(InCapitals<SeatStatus>))]
public enum SeatStatus
{
    Available,
    Held,
    Sold,

    /// <summary>A house seat: staff have taken it off sale.</summary>
    Blocked,
}

/// <summary>Which step may follow which: the one table of each kind, that production keeps to and that simulation, crash tests and drill judge by.</summary>
public static class Steps
{
    public static readonly StepTable<ReservationStatus> OfReservation = new(
        (ReservationStatus.Pending, [ReservationStatus.Held, ReservationStatus.Rejected]),
        (ReservationStatus.Held, [ReservationStatus.Paying, ReservationStatus.Expired, ReservationStatus.Cancelled]),
        (ReservationStatus.Paying, [ReservationStatus.Confirmed, ReservationStatus.Held]),
        (ReservationStatus.Confirmed, [ReservationStatus.Cancelled]));

    public static readonly StepTable<PaymentStatus> OfPayment = new(
        (PaymentStatus.Pending, [PaymentStatus.Completed, PaymentStatus.Failed]),
        (PaymentStatus.Completed, [PaymentStatus.Refunded]));

    public static readonly StepTable<SeatStatus> OfSeat = new(
        (SeatStatus.Available, [SeatStatus.Held, SeatStatus.Blocked]),
        (SeatStatus.Held, [SeatStatus.Available, SeatStatus.Sold]),
        (SeatStatus.Sold, [SeatStatus.Available]),
        (SeatStatus.Blocked, [SeatStatus.Available]));

    /// <summary>Of one token in one line. A line that lost its memory begins anew: it puts a token back where it has to wait.</summary>
    public static readonly StepTable<MemberStatus> OfToken = new(
        (MemberStatus.Early, [MemberStatus.Waiting, MemberStatus.Ended]),
        (MemberStatus.Waiting, [MemberStatus.Active, MemberStatus.Ended]),
        (MemberStatus.Active, [MemberStatus.Ended]));
}

/// <summary>The steps that one kind of thing may take.</summary>
public sealed class StepTable<TStatus>
    where TStatus : struct, Enum
{
    private readonly HashSet<(TStatus From, TStatus To)> _steps;

    internal StepTable(params ReadOnlySpan<(TStatus From, TStatus[] To)> steps)
    {
        _steps = [];
        foreach (var (from, all) in steps)
        {
            foreach (var to in all)
            {
                _steps.Add((from, to));
            }
        }
    }

    public bool Allows(TStatus from, TStatus to) => _steps.Contains((from, to));

    /// <summary>The step's end. A step that the table does not have raises the alarm of a broken invariant and is not taken.</summary>
    /// <exception cref="InvalidOperationException">The table does not have it.</exception>
    public TStatus Take(TStatus from, TStatus to)
    {
        if (Allows(from, to))
        {
            return to;
        }

        BookingTelemetry.InvariantBroken.Add(1, new KeyValuePair<string, object?>("invariant", "history"));
        throw new InvalidOperationException($"A {typeof(TStatus).Name} cannot go from {from} to {to}.");
    }
}

/// <summary>Statuses as they are stored and shown: <c>HELD</c>.</summary>
public static class StatusNames
{
    private static readonly string[] Reservations = Of<ReservationStatus>();
    private static readonly string[] Payments = Of<PaymentStatus>();
    private static readonly string[] Seats = Of<SeatStatus>();

    public static string Name(this ReservationStatus status) => Reservations[(int)status];

    public static string Name(this PaymentStatus status) => Payments[(int)status];

    public static string Name(this SeatStatus status) => Seats[(int)status];

    private static string[] Of<TStatus>()
        where TStatus : struct, Enum => [.. Enum.GetNames<TStatus>().Select(n => n.ToUpperInvariant())];
}

/// <summary>By name and in capitals only: a number, or a name of a later version, is no status.</summary>
public sealed class InCapitals<TStatus>() : JsonStringEnumConverter<TStatus>(JsonNamingPolicy.SnakeCaseUpper, allowIntegerValues: false)
    where TStatus : struct, Enum;
