using Concert.Booking.Calls;

namespace Concert.Booking.Catalog;

/// <summary>Gives places their keys and joins them into runs.</summary>
internal static class SeatKeys
{
    /// <summary>The runs of a section in natural order; a refusal for a duplicate place.</summary>
    /// <param name="section">Its name, for the refusal.</param>
    /// <param name="present">Its runs so far, whose keys stay.</param>
    /// <param name="added">What is new: sorted here.</param>
    public static Result<List<SeatRun>> Assign(string section, IReadOnlyList<SeatRun> present, List<GivenSeat> added)
    {
        var isPlain = present.All(run => run is { Row: null, First: null, Label: null }) && added.TrueForAll(seat => seat.IsPlain);
        var next = present.Count == 0 ? 1 : present.Max(run => run.To) + 1;
        added.Sort();
        List<(GivenSeat Seat, int Key)> seats =
        [
            .. present.SelectMany(run => Enumerable.Range(run.From, run.Count).Select(key => (GivenSeat.Of(run, key), key))),
            .. added.Select(seat => (seat, isPlain ? seat.Number : next++)),
        ];
        if (present.Count > 0)
        {
            seats.Sort((a, b) => a.Seat.CompareTo(b.Seat));
        }

        var runs = new List<SeatRun>();
        for (var i = 0; i < seats.Count; i++)
        {
            var (seat, key) = seats[i];
            var (before, keyBefore) = i == 0 ? default : seats[i - 1];
            if (i > 0 && seat.IsSamePlace(before))
            {
                return Refusal.Invalid($"Section {section}: duplicate seat {seat.Label}{(seat.Row is null ? "" : $" in row {seat.Row}")}.");
            }

            if (i > 0 && key == keyBefore + 1 && seat.Follows(before))
            {
                runs[^1] = runs[^1] with { To = key };
                continue;
            }

            runs.Add(new SeatRun(key, key, seat.Price)
            {
                Grade = seat.Grade,
                Row = seat.Row,
                First = seat.Text is null && seat.Number != key ? seat.Number : null,
                Label = seat.Text,
            });
        }

        return runs;
    }
}
