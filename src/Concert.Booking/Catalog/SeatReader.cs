using System.Globalization;
using System.Text.Json;
using Concert.Booking.Calls;

namespace Concert.Booking.Catalog;

/// <summary>Reads the seats that staff describe, section by section, and checks each.</summary>
/// <param name="grades">That the schedule has.</param>
/// <param name="left">Seats that it may still get.</param>
internal sealed class SeatReader(IReadOnlyList<GradePlan> grades, int left)
{
    private readonly HashSet<string> _grades = [.. grades.Select(g => g.Code)];
    private int _left = left;

    /// <summary>The seats of a section in the order given; a refusal that says what is wrong with them.</summary>
    public Result<List<GivenSeat>> Read(NewSection section, string name)
    {
        var reading = new Reading(name, _grades, _left);
        var read = section switch
        {
            { Rows: { } rows, Seats: null } => reading.Rows(rows),
            { Rows: not null } => reading.Wrong("give seats or rows, not both"),
            { Seats: { ValueKind: JsonValueKind.Object } range } => reading.Range(range),
            { Seats: { ValueKind: JsonValueKind.Array } seats } => reading.Seats(seats),
            _ => reading.WrongForm,
        };
        if (read is not null)
        {
            return read;
        }

        _left -= reading.Count;
        return reading.Given;
    }

    private sealed class Reading(string section, HashSet<string> grades, int left)
    {
        private readonly Dictionary<string, string> _rows = new(StringComparer.Ordinal);

        public List<GivenSeat> Given { get; } = [];

        public int Count => Given.Count;

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
            SeatJson.Integer(range, "from") is { } from && SeatJson.Integer(range, "to") is { } to && SeatJson.TryRead(range, out var row, out var grade, out var price)
                ? AddRange(row, from, to, price, grade)
                : WrongForm;

        public Refusal? Seats(JsonElement seats)
        {
            foreach (var seat in seats.EnumerateArray())
            {
                if (seat.ValueKind != JsonValueKind.Object || !SeatJson.TryRead(seat, out var row, out var grade, out var price))
                {
                    return WrongForm;
                }

                var number = SeatJson.Integer(seat, "number");
                var text = (string?)null;
                if (number is null && (!SeatJson.TryText(seat, "number", out text) || text is null))
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
                Given.Add(new GivenSeat(row, number, null, price, grade));
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

            Given.Add(new GivenSeat(row, (int)number!, text, price, grade));
            return null;
        }

        /// <summary>The parts that every place has: its row in the one form of it, and a price or a grade.</summary>
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
    }
}
