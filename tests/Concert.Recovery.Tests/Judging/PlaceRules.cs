using System.Text.Json;

namespace Concert.Recovery.Tests.Judging;

/// <summary>S1–S4: nobody shares a seat at any time, reservations are whole, and all the counts are the count of the reservations.</summary>
internal static class PlaceRules
{
    public static IEnumerable<string> Faults(Evidence evidence) =>
    [
        .. evidence.Reservations.Where(r => r.View.Status != "REJECTED").SelectMany(r => r.Seats.Select(seat => (seat, r))).GroupBy(x => x.seat, x => x.r)
            .SelectMany(lives => Shared(lives.Key, lives)),
        .. Whole(evidence),
        .. evidence.Schedules.SelectMany(schedule => Counts(schedule, evidence)),
    ];

    /// <summary>S1 over the whole time: the lives of a seat's reservations, by their histories, follow one another.</summary>
    private static IEnumerable<string> Shared(string seat, IEnumerable<FinalReservation> reservations)
    {
        var lives = reservations.Select(r => (r.Id, From: r.View.History.First(h => h.Status == "HELD").At, To: End(r))).OrderBy(life => life.From).ThenBy(life => life.To).ToList();
        return lives.Zip(lives.Skip(1)).Where(pair => pair.First.To > pair.Second.From)
            .Select(pair => $"S1 {seat} was {pair.First.Id}'s until {pair.First.To:O} and {pair.Second.Id}'s from {pair.Second.From:O}");
    }

    private static DateTimeOffset End(FinalReservation reservation) =>
        reservation.View.Status is "CANCELLED" or "EXPIRED" ? reservation.View.History[^1].At : DateTimeOffset.MaxValue;

    /// <summary>S3.</summary>
    private static IEnumerable<string> Whole(Evidence evidence)
    {
        var asked = evidence.Facts.Requests.Where(r => r.Id is not null).ToDictionary(r => r.Id!);
        return evidence.Reservations.Where(r => asked.TryGetValue(r.Id, out var request) && !(request.Seats.Count > 0
                ? r.Seats.ToHashSet().SetEquals(request.Seats)
                : r.Places == request.Quantity))
            .Select(r => $"S3 {r.Id} has {r.Places} places, which is not what was asked for");
    }

    /// <summary>S2 and S4: report, map and reservations agree.</summary>
    private static IEnumerable<string> Counts(FinalSchedule final, Evidence evidence)
    {
        var sold = evidence.Reservations.Where(r => r.ScheduleId == final.Schedule.Id && r.View.Status == "CONFIRMED").ToList();
        var places = sold.Sum(r => r.Places);
        (string Name, long Is, long Should)[] counts =
        [
            ("totalSeats", Number(final.Report, "totalSeats"), final.Schedule.Places),
            ("held", Number(final.Report, "held"), 0),
            ("sold", Number(final.Report, "sold"), places),
            ("reservedSeats", Number(final.Report, "reservedSeats"), places),
            ("available", Number(final.Report, "available"), final.Schedule.Places - places),
            ("CONFIRMED", Number(final.Report.GetProperty("reservations"), "CONFIRMED"), sold.Count),
        ];
        foreach (var (name, isNow, should) in counts.Where(count => count.Is != count.Should))
        {
            yield return $"S4 {final.Schedule.Id}: {name} is {isNow}, and buyers have {should}";
        }

        var taken = final.Seats.Where(seat => seat.Value != "AVAILABLE").Select(seat => seat.Key).ToHashSet();
        if (!taken.SetEquals(sold.SelectMany(r => r.Seats)))
        {
            yield return $"S2 {final.Schedule.Id}: the map shows {taken.Count} seats taken, and buyers have {sold.Sum(r => r.Seats.Count)}";
        }
    }

    private static long Number(JsonElement report, string property) => report.TryGetProperty(property, out var value) ? value.GetInt64() : 0;
}
