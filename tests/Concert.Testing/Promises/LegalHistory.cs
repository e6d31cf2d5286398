using Concert.Booking.States;

namespace Concert.Testing.Promises;

/// <summary>history: statuses move only as the table of steps allows that production keeps to, and what was seen or written is never unsaid.</summary>
public static class LegalHistory
{
    public const string Id = "history";

    private static readonly Dictionary<string, ReservationStatus> Reservations =
        Enum.GetValues<ReservationStatus>().ToDictionary(s => s.Name(), StringComparer.Ordinal);

    private static readonly Dictionary<string, PaymentStatus> Payments = Enum.GetValues<PaymentStatus>().ToDictionary(s => s.Name(), StringComparer.Ordinal);

    /// <summary>A reservation's history begins with the request, goes by the table and ends where the reservation is.</summary>
    public static IEnumerable<BrokenPromise> Check(ReservationFact reservation)
    {
        var history = reservation.History;
        var right = history.Count > 0 && history[0].Status == Status.Pending && history[^1].Status == reservation.Status;
        for (var i = 1; i < history.Count; i++)
        {
            // A line of the same status is a note: that a command was given up, and why.
            right &= MayMove(history[i - 1].Status, history[i].Status) || (history[i].Status == history[i - 1].Status && history[i].Reason is not null);
        }

        if (!right)
        {
            yield return new(Id, $"{reservation.Id} went {Text(reservation)} and is {reservation.Status}");
        }
    }

    /// <summary>The later of two sights of a reservation goes on where the earlier one ended.</summary>
    public static IEnumerable<BrokenPromise> Change(ReservationFact before, ReservationFact? after)
    {
        // Pending is also what is said of a request of which nothing is written yet.
        if (before.Status == Status.Pending && after is not null)
        {
            yield break;
        }

        if (after is null || after.History.Count < before.History.Count || !before.History.SequenceEqual(after.History.Take(before.History.Count)))
        {
            yield return new(Id, $"{before.Id} went {Text(before)} and then {(after is null ? "was gone" : Text(after))}");
        }
        else if (before.FirstTotal != after.FirstTotal)
        {
            yield return new(Id, $"{before.Id} was {before.FirstTotal} won and then {after.FirstTotal}");
        }
        else if (before.Status != after.Status && !MayReach(before.Status, after))
        {
            yield return new(Id, $"{before.Id} went from {before.Status} to {after.Status}");
        }
    }

    /// <summary>All that was read of one request while the sale ran, and how it ended.</summary>
    public static IEnumerable<BrokenPromise> Seen(RequestFact request, ReservationFact? end, IReadOnlyDictionary<string, PaymentFact> payments)
    {
        var before = (ReservationFact?)null;
        foreach (var seen in end is null ? request.Seen : [.. request.Seen, end])
        {
            foreach (var broken in before is null ? [] : Change(before, seen))
            {
                yield return broken;
            }

            before = seen;
        }

        foreach (var payment in request.Payments.Where(p => p.Id is not null))
        {
            IReadOnlyList<string> statuses = payments.TryGetValue(payment.Id!, out var paid) ? [.. payment.Seen, paid.Status] : payment.Seen;
            foreach (var broken in statuses.Zip(statuses.Skip(1), (from, to) => Change(payment.Id!, from, to)).SelectMany(b => b))
            {
                yield return broken;
            }
        }
    }

    /// <summary>A payment's next status. A reader may miss the one between.</summary>
    public static IEnumerable<BrokenPromise> Change(string payment, string before, string after)
    {
        if (before != after && !MayReach(before, after))
        {
            yield return new(Id, $"Payment {payment} went from {before} to {after}");
        }
    }

    private static bool MayMove(string from, string to) =>
        Reservations.TryGetValue(from, out var before) && Reservations.TryGetValue(to, out var after) && Steps.OfReservation.Allows(before, after);

    private static bool MayReach(string from, string to) =>
        Payments.TryGetValue(from, out var before) && Payments.TryGetValue(to, out var after) && Steps.OfPayment.Leads(before, after);

    /// <summary>A status may only change with a line of history: from the earlier one's status to the new one's.</summary>
    private static bool MayReach(string from, ReservationFact after) =>
        after.History.Count == 0 ? MayMove(from, after.Status) : after.History[^1].Status == after.Status && after.Was(from);

    private static string Text(ReservationFact reservation) => string.Join(
        ' ', reservation.History.Select(h => $"{h.Status}{(h.Reason is null ? "" : $"({h.Reason})")}@{DateTimeOffset.FromUnixTimeMilliseconds(h.At):mm:ss.fff}"));
}
