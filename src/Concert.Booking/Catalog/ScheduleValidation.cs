using System.Text.Json;
using Concert.Booking.Calls;

namespace Concert.Booking.Catalog;

/// <summary>A schedule to create, checked whole before anything is written.</summary>
internal sealed record ValidSchedule(
    string ConcertId,
    DateTimeOffset OpenAt,
    DateTimeOffset CloseAt,
    DateTimeOffset BookingStartAt,
    DateTimeOffset BookingEndAt,
    IReadOnlyList<SectionPlan> Sections,
    IReadOnlyList<InventoryPlan> Inventories)
{
    /// <summary>The same moments in one spelling.</summary>
    public ValidSchedule InUtc() => this with
    {
        OpenAt = OpenAt.ToUniversalTime(),
        CloseAt = CloseAt.ToUniversalTime(),
        BookingStartAt = BookingStartAt.ToUniversalTime(),
        BookingEndAt = BookingEndAt.ToUniversalTime(),
    };
}

internal static class ScheduleValidation
{
    public const int MaxSections = 1_000;
    public const int MaxSeats = 200_000;
    public const int MaxNameLength = 100;
    public const int MaxSeatNumber = 1_000_000;
    public const int MaxQuantity = 1_000_000;
    public const long MaxPrice = 1_000_000_000;

    public static Result<ValidSchedule> Check(NewSchedule request)
    {
        if (string.IsNullOrEmpty(request.ConcertId))
        {
            return Refusal.Invalid("concertId is missing.");
        }

        if (request is not { OpenAt: { } open, CloseAt: { } close, BookingStartAt: { } start, BookingEndAt: { } end })
        {
            return Refusal.Invalid("openAt, closeAt, bookingStartAt and bookingEndAt are needed.");
        }

        if (open >= close || start >= end || end > close)
        {
            return Refusal.Invalid("openAt must be before closeAt, bookingStartAt before bookingEndAt, and bookingEndAt not after closeAt.");
        }

        var newSections = request.Sections ?? [];
        var newInventories = request.Inventories ?? [];
        if (newSections.Count + newInventories.Count is 0 or > MaxSections)
        {
            return Refusal.Invalid($"A schedule has 1 to {MaxSections} sections and inventories.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var sections = new List<SectionPlan>();
        foreach (var section in newSections)
        {
            var name = ReadName(section?.Name, names);
            if (name.IsRefused(out var refusal))
            {
                return refusal;
            }

            var runs = ReadSeats(section!.Seats, name.Value);
            if (runs.IsRefused(out refusal))
            {
                return refusal;
            }

            sections.Add(new SectionPlan((sections.Count + 1).ToString(), name.Value, runs.Value));
        }

        if (sections.Sum(s => (long)s.SeatCount) > MaxSeats)
        {
            return Refusal.Invalid($"A schedule has at most {MaxSeats} seats.");
        }

        var inventories = new List<InventoryPlan>();
        foreach (var inventory in newInventories)
        {
            var name = ReadName(inventory?.Name, names);
            if (name.IsRefused(out var refusal))
            {
                return refusal;
            }

            if (inventory is not { Quantity: > 0 and <= MaxQuantity, Price: >= 0 and <= MaxPrice })
            {
                return Refusal.Invalid($"Inventory {name.Value}: quantity must be 1 to {MaxQuantity} and price 0 to {MaxPrice} won.");
            }

            inventories.Add(new InventoryPlan($"g{inventories.Count + 1}", name.Value, inventory.Quantity.Value, inventory.Price.Value));
        }

        return new ValidSchedule(request.ConcertId, open, close, start, end, sections, inventories);
    }

    /// <summary>A name in the one form that is stored, which must not be among those taken.</summary>
    public static Result<string> ReadName(string? text, HashSet<string> taken)
    {
        var name = PlainText.ReadName("A name", text, MaxNameLength);
        return name.IsRefused(out _) || taken.Add(name.Value) ? name : Refusal.Invalid($"The name {name.Value} is there twice.");
    }

    private static Result<List<SeatRun>> ReadSeats(JsonElement seats, string section)
    {
        var wrong = Refusal.Invalid(
            $"Section {section}: seats must be [{{number, price}}, …] or {{from, to, price}}, with numbers 1 to {MaxSeatNumber} and prices 0 to {MaxPrice} won.");
        var runs = new List<SeatRun>();
        switch (seats.ValueKind)
        {
            case JsonValueKind.Object:
                if (Integer(seats, "from") is not { } from || Integer(seats, "to") is not { } to || Integer(seats, "price") is not { } runPrice
                    || from < 1 || to < from || to > MaxSeatNumber || runPrice is < 0 or > MaxPrice)
                {
                    return wrong;
                }

                runs.Add(new SeatRun((int)from, (int)to, runPrice));
                return runs;
            case JsonValueKind.Array:
                foreach (var seat in seats.EnumerateArray())
                {
                    if (seat.ValueKind != JsonValueKind.Object || Integer(seat, "number") is not { } number || Integer(seat, "price") is not { } price
                        || number is < 1 or > MaxSeatNumber || price is < 0 or > MaxPrice)
                    {
                        return wrong;
                    }

                    runs.Add(new SeatRun((int)number, (int)number, price));
                }

                runs.Sort((a, b) => a.From.CompareTo(b.From));
                return runs.Count == 0 ? wrong : Merge(runs, section);
            default:
                return wrong;
        }
    }

    private static Result<List<SeatRun>> Merge(List<SeatRun> sorted, string section)
    {
        var merged = new List<SeatRun> { sorted[0] };
        foreach (var run in sorted.Skip(1))
        {
            var last = merged[^1];
            if (run.From <= last.To)
            {
                return Refusal.Invalid($"Section {section}: seat {run.From} is there twice.");
            }

            if (run.From == last.To + 1 && run.Price == last.Price)
            {
                merged[^1] = last with { To = run.To };
            }
            else
            {
                merged.Add(run);
            }
        }

        return merged;
    }

    private static long? Integer(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}
