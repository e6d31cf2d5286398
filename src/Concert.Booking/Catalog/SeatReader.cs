using System.Globalization;
using System.Text.Json;
using Concert.Booking.Calls;

namespace Concert.Booking.Catalog;

/// <summary>Reads the seats of a schedule's new sections: checks them, puts them into their natural order and gives them their keys.</summary>
internal sealed class SeatReader(IReadOnlyList<GradePlan> grades)
{
    private readonly HashSet<string> _grades = [.. grades.Select(g => g.Code)];
    private int _left = ScheduleValidation.MaxSeats;

    /// <summary>The runs of a section; a refusal that says what is wrong with it.</summary>
    public Result<List<SeatRun>> Read(NewSection section, string name)
    {
        var reading = new Reading(name, _grades, _left);
        var read = section switch
        {
            { Rows: { } rows, Seats.ValueKind: JsonValueKind.Undefined } => reading.Rows(rows),
            { Rows: not null } => reading.Wrong("give seats or rows, not both"),
            { Seats.ValueKind: JsonValueKind.Object } => reading.Range(section.Seats),
            { Seats.ValueKind: JsonValueKind.Array } => reading.Seats(section.Seats),
            _ => reading.WrongForm,
        };
        if (read is not null)
        {
            return read;
        }

        _left -= reading.Count;
        return reading.ToRuns();
    }

    /// <summary>One place as it was given: with a number, or with a text.</summary>
    private readonly record struct Given(string? Row, int Number, string? Text, long? Price, string? Grade) : IComparable<Given>
    {
        public int CompareTo(Given other) =>
            NaturalOrder.Instance.Compare(Row, other.Row) is var byRow && byRow != 0 ? byRow
            : Text is null && other.Text is null ? Number.CompareTo(other.Number)
            : NaturalOrder.Instance.Compare(Label, other.Label);

        public string Label => Text ?? Number.ToString(CultureInfo.InvariantCulture);

        public bool IsSamePlace(Given other) => Row == other.Row && Number == other.Number && Text == other.Text;

        public bool Follows(Given before) =>
            Text is null && before.Text is null && Number == before.Number + 1 && Row == before.Row && Price == before.Price && Grade == before.Grade;
    }

    private sealed class Reading(string section, HashSet<string> grades, int left)
    {
        private readonly List<Given> _seats = [];
        private readonly Dictionary<string, string> _rows = new(StringComparer.Ordinal);

        public int Count => _seats.Count;

        public Refusal WrongForm { get; } = Refusal.Invalid(
            $"Section {section}: seats must be [{{number, price | grade}}, …] or {{from, to, price | grade}}, or rows [{{row, from, to, price | grade}}, …], "
            + $"with numbers 1 to {ScheduleValidation.MaxSeatNumber} (a seat's may be a text) and prices 0 to {ScheduleValidation.MaxPrice} won.");

        public Refusal Wrong(string what) => Refusal.Invalid($"Section {section}: {what}.");

        public Refusal? Rows(IReadOnlyList<NewSeatRange> rows)
        {
            foreach (var row in rows)
            {
                if (row is not { From: { } from, To: { } to })
                {
                    return WrongForm;
                }

                if (row.Row is null)
                {
                    return Wrong("each of its rows needs a row");
                }

                if (AddRange(row.Row, from, to, row.Price, row.Grade) is { } wrong)
                {
                    return wrong;
                }
            }

            return rows.Count == 0 ? WrongForm : null;
        }

        public Refusal? Range(JsonElement range) =>
            Integer(range, "from") is { } from && Integer(range, "to") is { } to && Known(range, out var row, out var grade, out var price)
                ? AddRange(row, from, to, price, grade)
                : WrongForm;

        public Refusal? Seats(JsonElement seats)
        {
            foreach (var seat in seats.EnumerateArray())
            {
                if (seat.ValueKind != JsonValueKind.Object || !Known(seat, out var row, out var grade, out var price))
                {
                    return WrongForm;
                }

                var number = Integer(seat, "number");
                var text = (string?)null;
                if (number is null && (!Text(seat, "number", out text) || text is null))
                {
                    return WrongForm;
                }

                if (AddSeat(row, number, text, price, grade) is { } wrong)
                {
                    return wrong;
                }
            }

            return Count == 0 ? WrongForm : null;
        }

        public Result<List<SeatRun>> ToRuns()
        {
            _seats.Sort();
            var isPlain = _seats.TrueForAll(s => s.Row is null && s.Text is null);
            var runs = new List<SeatRun>();
            for (var i = 0; i < _seats.Count; i++)
            {
                var seat = _seats[i];
                if (i > 0 && seat.IsSamePlace(_seats[i - 1]))
                {
                    return Wrong($"seat {seat.Label}{(seat.Row is null ? "" : $" of row {seat.Row}")} is there twice");
                }

                if (i > 0 && seat.Follows(_seats[i - 1]))
                {
                    runs[^1] = runs[^1] with { To = runs[^1].To + 1 };
                    continue;
                }

                var key = isPlain ? seat.Number : i + 1;
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

        private Refusal? AddRange(string? row, long from, long to, long? price, string? grade)
        {
            if (from < 1 || to < from || to > ScheduleValidation.MaxSeatNumber)
            {
                return WrongForm;
            }

            if (to - from >= left - Count)
            {
                return TooMany();
            }

            if (ReadPlace(ref row, price, ref grade) is { } wrong)
            {
                return wrong;
            }

            for (var number = (int)from; number <= to; number++)
            {
                _seats.Add(new Given(row, number, null, price, grade));
            }

            return null;
        }

        private Refusal? AddSeat(string? row, long? number, string? text, long? price, string? grade)
        {
            if (Count >= left)
            {
                return TooMany();
            }

            if (ReadPlace(ref row, price, ref grade) is { } wrong)
            {
                return wrong;
            }

            if (text is not null)
            {
                var label = PlainText.ReadName($"Section {section}: a seat's number", text, ScheduleValidation.MaxLabelLength);
                if (label.IsRefused(out wrong))
                {
                    return wrong;
                }

                (number, text) = NumberOf(label.Value) is { } plain ? (plain, null) : (0, label.Value);
            }
            else if (number is < 1 or > ScheduleValidation.MaxSeatNumber)
            {
                return WrongForm;
            }

            _seats.Add(new Given(row, (int)number!, text, price, grade));
            return null;
        }

        /// <summary>What every place has: its row in the one form of it, and a price or a grade.</summary>
        private Refusal? ReadPlace(ref string? row, long? price, ref string? grade)
        {
            if (price is null == grade is null)
            {
                return Wrong("each seat needs a price or a grade, and not both");
            }

            if (price is < 0 or > ScheduleValidation.MaxPrice)
            {
                return WrongForm;
            }

            if (grade is not null)
            {
                var code = PlainText.ReadName($"Section {section}: a grade", grade, ScheduleValidation.MaxLabelLength);
                if (code.IsRefused(out var refusal))
                {
                    return refusal;
                }

                if (!grades.TryGetValue(code.Value, out grade))
                {
                    return Wrong($"there is no grade {code.Value}");
                }
            }

            if (row is not null && !_rows.TryGetValue(row, out var known))
            {
                var read = PlainText.ReadName($"Section {section}: a row", row, ScheduleValidation.MaxLabelLength);
                if (read.IsRefused(out var refusal))
                {
                    return refusal;
                }

                row = _rows[row] = read.Value;
            }
            else
            {
                row = row is null ? null : _rows[row];
            }

            return null;
        }

        private static Refusal TooMany() => Refusal.Invalid($"A schedule has at most {ScheduleValidation.MaxSeats} seats.");

        /// <summary>A text that is a number and nothing else is the number.</summary>
        private static int? NumberOf(string text) =>
            text[0] != '0' && text.Length <= 7 && text.All(char.IsAsciiDigit) && int.Parse(text, CultureInfo.InvariantCulture) is var number
                && number <= ScheduleValidation.MaxSeatNumber
                ? number
                : null;

        /// <summary>Row, grade and price of a place, each of its type where it is given.</summary>
        private static bool Known(JsonElement place, out string? row, out string? grade, out long? price)
        {
            price = Integer(place, "price");
            grade = null;
            return Text(place, "row", out row) && Text(place, "grade", out grade) && (price is not null || !place.TryGetProperty("price", out _));
        }

        private static long? Integer(JsonElement element, string name) =>
            element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

        /// <summary>True for a text, and for none.</summary>
        private static bool Text(JsonElement element, string name, out string? text)
        {
            text = null;
            if (!element.TryGetProperty(name, out var value))
            {
                return true;
            }

            if (value.ValueKind != JsonValueKind.String)
            {
                return false;
            }

            try
            {
                text = value.GetString();
                return true;
            }
            catch (InvalidOperationException)
            {
                // Half of a surrogate pair, escaped.
                return false;
            }
        }
    }
}
