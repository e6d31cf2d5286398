using Concert.Rush.Observation;

namespace Concert.Rush.Judging;

/// <summary>S1, S3, S4: who has which places.</summary>
public static class PlaceVerdicts
{
    // Two instances of the service may differ by this much when they stamp the end of one claim and the start of the next.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(2);

    /// <summary>No seat was in two live reservations, neither at the end nor at any time of the run.</summary>
    public static Verdict NoSeatTwice(Evidence evidence)
    {
        var faults = new List<string>();
        var seats = 0;
        var claims = evidence.Reservations
            .Where(r => r.HeldAt is not null || r.IsLive)
            .SelectMany(r => r.Seats.Distinct().Select(seat => (Seat: seat, Claim: r)))
            .GroupBy(c => c.Seat, c => c.Claim);
        foreach (var seat in claims)
        {
            seats++;
            var latestEnd = DateTimeOffset.MinValue;
            ReservationFact? latest = null;
            foreach (var claim in seat.OrderBy(Start))
            {
                if (latest is not null && (latestEnd < End(claim) ? latestEnd : End(claim)) - Start(claim) > ClockSkew)
                {
                    faults.Add($"{seat.Key} is in {latest.Id} and {claim.Id}");
                }

                if (latest is null || End(claim) > latestEnd)
                {
                    (latest, latestEnd) = (claim, End(claim));
                }
            }
        }

        return Verdict.From("No seat sold twice", "S1", faults, $"{seats:N0} seats, never two live reservations on one");
    }

    /// <summary>Held and sold never exceed what there is, and the reserved count is their sum.</summary>
    public static Verdict NeverMoreThanThereIs(Evidence evidence)
    {
        var faults = new List<string>();
        foreach (var s in evidence.Schedules)
        {
            Check(s.TotalSeats == s.Created, $"{s.Id}: totalSeats {s.TotalSeats}, created {s.Created}");
            Check(s.Held + s.Sold <= s.TotalSeats, $"{s.Id}: held {s.Held} + sold {s.Sold} > {s.TotalSeats} seats");
            Check(s.ReservedSeats == s.Held + s.Sold, $"{s.Id}: reservedSeats {s.ReservedSeats} is not held {s.Held} + sold {s.Sold}");
            Check(s.Available + s.Held + s.Sold == s.TotalSeats, $"{s.Id}: available {s.Available} + held {s.Held} + sold {s.Sold} is not {s.TotalSeats}");
            Check(s is { Held: >= 0, Sold: >= 0, Available: >= 0 }, $"{s.Id}: a count is negative");
        }

        return Verdict.From(
            "Never more than there is", "S4", faults, $"{evidence.Schedules.Sum(s => s.Held + s.Sold):N0} taken of {evidence.Schedules.Sum(s => s.TotalSeats):N0}");

        void Check(bool good, string fault)
        {
            if (!good)
            {
                faults.Add(fault);
            }
        }
    }

    /// <summary>A reservation has exactly the seats that were asked for.</summary>
    public static Verdict AllOrNone(Evidence evidence)
    {
        var asked = evidence.Asks.Where(a => a.Accepted).DistinctBy(a => a.ReservationId).ToDictionary(a => a.ReservationId!);
        var held = evidence.Reservations.Where(r => !r.Unasked && r.Status is not (Status.Pending or Status.Rejected)).ToList();
        var faults = held
            .Where(r => asked.TryGetValue(r.Id, out var ask) && !(r.Seats.Count == ask.Seats.Count && r.Seats.ToHashSet().SetEquals(ask.Seats)))
            .Select(r => $"{r.Id} has {r.Seats.Count} of {asked[r.Id].Seats.Count} seats asked for")
            .ToList();
        return Verdict.From("All places or none", "S3", faults, $"{held.Count:N0} reservations are what was asked for");
    }

    private static DateTimeOffset Start(ReservationFact claim) => claim.HeldAt ?? DateTimeOffset.MinValue;

    private static DateTimeOffset End(ReservationFact claim) => claim switch
    {
        // Whoever comes after the hold's end may take it over before the timer has noticed.
        { Status: Status.Expired, EndedAt: { } ended, HoldExpiresAt: { } end } => ended < end ? ended : end,
        { EndedAt: { } ended } => ended,
        { Status: Status.Held, HoldExpiresAt: { } end } => end,
        { IsLive: true } => DateTimeOffset.MaxValue,
        _ => claim.HoldExpiresAt ?? Start(claim),
    };
}
