using Concert.Rush.Observation;

namespace Concert.Rush.Judging;

/// <summary>Everything that shows a schedule shows the same, and it is what the buyers have.</summary>
public static class CountVerdicts
{
    /// <summary>The report's places and reservations by status are those of the buyers.</summary>
    public static Verdict ReportAgrees(Evidence evidence)
    {
        var faults = new List<string>();
        foreach (var schedule in evidence.Schedules)
        {
            var live = LivePlaces.Of(evidence, schedule.Id);
            if (schedule.Sold != live.Sold)
            {
                faults.Add($"{schedule.Id}: the report says sold {schedule.Sold}, buyers have {live.Sold}");
            }

            if (!live.AllowsHeld(schedule.Held))
            {
                faults.Add($"{schedule.Id}: the report says held {schedule.Held}, buyers have {live.Held} (+{live.Maybe} about to end)");
            }

            Compare(schedule, Status.Confirmed, live.SoldReservations, live.SoldReservations);
            Compare(schedule, Status.Held, live.HeldReservations, live.HeldReservations + live.MaybeReservations);
        }

        return Verdict.From(
            "Report agrees with buyers", "S2 S4", faults, $"held {evidence.Schedules.Sum(s => s.Held):N0}, sold {evidence.Schedules.Sum(s => s.Sold):N0}");

        void Compare(ScheduleFact schedule, string status, long least, long most)
        {
            var reported = schedule.Reservations.FirstOrDefault(r => r.Key.Equals(status, StringComparison.OrdinalIgnoreCase)).Value;
            if (reported < least || reported > most)
            {
                faults.Add($"{schedule.Id}: the report counts {reported} {status}, buyers have {least}");
            }
        }
    }

    /// <summary>The list of dates shows the report's numbers.</summary>
    public static Verdict DatesAgree(Evidence evidence)
    {
        var faults = new List<string>();
        foreach (var schedule in evidence.Schedules)
        {
            var maybe = LivePlaces.Of(evidence, schedule.Id).Maybe;
            if (schedule.DatesReserved is null)
            {
                faults.Add($"{schedule.Id} is not among the dates");
            }
            else if (Math.Abs(schedule.DatesReserved.Value - schedule.ReservedSeats) > maybe || schedule.DatesTotal != schedule.TotalSeats)
            {
                faults.Add($"{schedule.Id}: dates show {schedule.DatesReserved} of {schedule.DatesTotal}, the report {schedule.ReservedSeats} of {schedule.TotalSeats}");
            }
        }

        return Verdict.From("Dates agree with report", "S4", faults, $"reservedSeats {evidence.Schedules.Sum(s => s.DatesReserved):N0}");
    }

    /// <summary>The seat map shows as taken exactly the seats that buyers have: none given twice, none stuck.</summary>
    public static Verdict SeatMapAgrees(Evidence evidence)
    {
        var faults = new List<string>();
        foreach (var schedule in evidence.Schedules)
        {
            if (schedule.SeatMap is not { } map)
            {
                faults.Add($"{schedule.Id}: the seat map could not be read");
                continue;
            }

            var mine = evidence.Reservations.Where(r => r.ScheduleId == schedule.Id).ToList();
            var maybe = mine.Where(r => LivePlaces.IsMaybe(evidence, r)).SelectMany(r => r.Seats).ToHashSet();
            var due = mine.Where(r => r.IsLive && !LivePlaces.IsMaybe(evidence, r)).SelectMany(r => r.Seats).ToHashSet();
            var taken = map.Where(s => s.Value != Status.Available).Select(s => s.Key).ToHashSet();
            faults.AddRange(due.Except(taken).Select(s => $"{s} is somebody's and shown {map.GetValueOrDefault(s, "nowhere")}"));
            faults.AddRange(taken.Except(due).Except(maybe).Select(s => $"{s} is shown {map[s]} and is nobody's"));
            if (map.Count != schedule.TotalSeats)
            {
                faults.Add($"{schedule.Id}: the map has {map.Count} seats, the report {schedule.TotalSeats}");
            }

            if (!LivePlaces.Of(evidence, schedule.Id).AllowsTaken(taken.Count))
            {
                faults.Add($"{schedule.Id}: the map shows {taken.Count} taken, the report {schedule.ReservedSeats}");
            }
        }

        return Verdict.From("Seat map agrees", "S1 F1", faults, $"{evidence.Schedules.Sum(s => s.SeatMap?.Count ?? 0):N0} seats as their buyers have them");
    }
}
