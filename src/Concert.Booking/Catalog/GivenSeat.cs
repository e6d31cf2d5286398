using System.Globalization;

namespace Concert.Booking.Catalog;

/// <summary>One place as staff describe it: with a number, or with a text; in a row or in none; at a price or in a grade.</summary>
internal readonly record struct GivenSeat(string? Row, int Number, string? Text, long? Price, string? Grade) : IComparable<GivenSeat>
{
    /// <summary>The label printed on it.</summary>
    public string Label => Text ?? Number.ToString(CultureInfo.InvariantCulture);

    /// <summary>It has a number and nothing else.</summary>
    public bool IsPlain => Row is null && Text is null;

    /// <summary>A place of a plan.</summary>
    public static GivenSeat Of(SeatRun run, int key) =>
        new(run.Row, run.Label is null ? key - run.From + (run.First ?? run.From) : 0, run.Label, run.Price, run.Grade);

    /// <summary>The natural order: by row, then by what is printed.</summary>
    public int CompareTo(GivenSeat other) =>
        NaturalOrder.Instance.Compare(Row, other.Row) is var byRow && byRow != 0 ? byRow
        : Text is null && other.Text is null ? Number.CompareTo(other.Number)
        : NaturalOrder.Instance.Compare(Label, other.Label);

    public bool IsSamePlace(GivenSeat other) => Row == other.Row && Number == other.Number && Text == other.Text;

    /// <summary>Whether both can be of one run.</summary>
    public bool Follows(GivenSeat before) =>
        Text is null && before.Text is null && Number == before.Number + 1 && Row == before.Row && Price == before.Price && Grade == before.Grade;
}
