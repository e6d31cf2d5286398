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
    IReadOnlyList<InventoryPlan> Inventories,
    IReadOnlyList<GradePlan>? Grades,
    int? MaxPerUser)
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
    public const int MaxGrades = 50;
    public const int MaxPerUser = 1_000_000;

    /// <summary>Of a grade's code, a row and what is printed on a seat; in code points.</summary>
    public const int MaxLabelLength = 20;

    public static Refusal TooManySections { get; } = Refusal.Invalid($"A schedule has 1 to {MaxSections} sections and inventories.");

    public static Refusal TooManyGrades { get; } = Refusal.Invalid($"A schedule has at most {MaxGrades} grades.");

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

        if ((WrongTimes(open, close, start, end) ?? WrongLimit(request.MaxPerUser)) is { } wrong)
        {
            return wrong;
        }

        var newSections = request.Sections ?? [];
        var newInventories = request.Inventories ?? [];
        if (newSections.Count + newInventories.Count is 0 or > MaxSections)
        {
            return TooManySections;
        }

        var grades = ReadGrades(request.Grades ?? []);
        if (grades.IsRefused(out var noGrades))
        {
            return noGrades;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var seats = new SeatReader(grades.Value, MaxSeats);
        var sections = new List<SectionPlan>();
        foreach (var section in newSections)
        {
            var name = ReadName(section?.Name, names);
            if (name.IsRefused(out var refusal))
            {
                return refusal;
            }

            var given = seats.Read(section!, name.Value);
            if (given.IsRefused(out refusal))
            {
                return refusal;
            }

            var runs = SeatKeys.Assign(name.Value, [], given.Value);
            if (runs.IsRefused(out refusal))
            {
                return refusal;
            }

            sections.Add(new SectionPlan((sections.Count + 1).ToString(), name.Value, runs.Value));
        }

        var inventories = new List<InventoryPlan>();
        foreach (var inventory in newInventories)
        {
            var name = ReadName(inventory?.Name, names);
            if (name.IsRefused(out var refusal))
            {
                return refusal;
            }

            var read = ReadInventory($"g{inventories.Count + 1}", name.Value, inventory!);
            if (read.IsRefused(out refusal))
            {
                return refusal;
            }

            inventories.Add(read.Value);
        }

        return new ValidSchedule(request.ConcertId, open, close, start, end, sections, inventories, grades.Value is { Count: > 0 } some ? some : null, request.MaxPerUser);
    }

    /// <summary>A name in the one form that is stored, which must not be among those taken.</summary>
    public static Result<string> ReadName(string? text, HashSet<string> taken)
    {
        var name = PlainText.ReadName("A name", text, MaxNameLength);
        return name.IsRefused(out _) || taken.Add(name.Value) ? name : Refusal.Invalid($"Duplicate name {name.Value}.");
    }

    public static Refusal? WrongTimes(DateTimeOffset open, DateTimeOffset close, DateTimeOffset start, DateTimeOffset end) =>
        open >= close || start >= end || end > close
            ? Refusal.Invalid("openAt must be before closeAt, bookingStartAt before bookingEndAt, and bookingEndAt not after closeAt.")
            : null;

    public static Refusal? WrongLimit(int? maxPerUser) =>
        maxPerUser is < 1 or > MaxPerUser ? Refusal.Invalid($"maxPerUser must be 1 to {MaxPerUser}.") : null;

    public static Result<InventoryPlan> ReadInventory(string key, string name, NewInventory inventory) =>
        inventory is { Quantity: > 0 and <= MaxQuantity, Price: >= 0 and <= MaxPrice }
            ? new InventoryPlan(key, name, inventory.Quantity.Value, inventory.Price.Value)
            : Refusal.Invalid($"Inventory {name}: quantity must be 1 to {MaxQuantity} and price 0 to {MaxPrice} won.");

    public static Result<List<GradePlan>> ReadGrades(IReadOnlyList<NewGrade> given)
    {
        if (given.Count > MaxGrades)
        {
            return TooManyGrades;
        }

        var grades = new List<GradePlan>(given.Count);
        foreach (var grade in given)
        {
            var read = ReadGrade(grade);
            if (read.IsRefused(out var refusal))
            {
                return refusal;
            }

            if (grades.Exists(g => g.Code == read.Value.Code))
            {
                return Refusal.Invalid($"Duplicate grade {read.Value.Code}.");
            }

            grades.Add(read.Value);
        }

        return grades;
    }

    public static Result<GradePlan> ReadGrade(NewGrade? grade)
    {
        var code = PlainText.ReadName("A grade's code", grade?.Code, MaxLabelLength);
        if (code.IsRefused(out var refusal))
        {
            return refusal;
        }

        var name = PlainText.ReadName($"The name of grade {code.Value}", grade!.Name, MaxNameLength);
        return name.IsRefused(out refusal) ? refusal
            : grade.Price is { } price and >= 0 and <= MaxPrice ? new GradePlan(code.Value, name.Value, price)
            : Refusal.Invalid($"Grade {code.Value}: price must be 0 to {MaxPrice} won.");
    }
}
