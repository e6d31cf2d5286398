using Concert.Booking.Calls;

namespace Concert.Booking.Catalog;

/// <summary>A schedule as a change of staff leaves it: checked whole before anything is written. A pure function.</summary>
internal static class ScheduleChanges
{
    /// <summary>
    /// The schedule with the change, or what is wrong with it. Places keep their keys; nothing that is on sale is taken away. An inventory that is new has no
    /// key yet.
    /// </summary>
    public static Result<ScheduleDocument> Apply(ScheduleDocument schedule, ScheduleChange change)
    {
        if (change is { OpenAt: null, CloseAt: null, BookingStartAt: null, BookingEndAt: null, MaxPerUser: null, SalesPaused: null }
            && (change.Grades?.Count ?? 0) + (change.Sections?.Count ?? 0) + (change.Inventories?.Count ?? 0) == 0)
        {
            return Refusal.Invalid("Nothing is to be changed.");
        }

        if (schedule.CalledOff is not null)
        {
            return new Refusal(RefusalCode.BookingClosed, "The schedule was called off; it cannot be changed any more.");
        }

        var changed = schedule with
        {
            OpenAt = change.OpenAt ?? schedule.OpenAt,
            CloseAt = change.CloseAt ?? schedule.CloseAt,
            BookingStartAt = change.BookingStartAt ?? schedule.BookingStartAt,
            BookingEndAt = change.BookingEndAt ?? schedule.BookingEndAt,
            MaxPerUser = change.MaxPerUser ?? schedule.MaxPerUser,
            SalesPaused = change.SalesPaused ?? schedule.SalesPaused,
        };
        if ((ScheduleValidation.WrongTimes(changed.OpenAt, changed.CloseAt, changed.BookingStartAt, changed.BookingEndAt)
            ?? ScheduleValidation.WrongLimit(change.MaxPerUser)) is { } wrong)
        {
            return wrong;
        }

        var grades = Grades(schedule.Grades ?? [], change.Grades ?? []);
        if (grades.IsRefused(out var refusal))
        {
            return refusal;
        }

        var names = schedule.Sections.Select(s => s.Name).Concat(schedule.Inventories.Select(i => i.Name)).ToHashSet(StringComparer.Ordinal);
        var sections = Sections(schedule, change.Sections ?? [], grades.Value, names);
        if (sections.IsRefused(out refusal))
        {
            return refusal;
        }

        var inventories = Inventories(schedule, change.Inventories ?? [], names);
        if (inventories.IsRefused(out refusal))
        {
            return refusal;
        }

        // Reference equality says that a plan stays as it is: what is known of it need not be read again.
        return sections.Value.Count + inventories.Value.Count > ScheduleValidation.MaxSections
            ? ScheduleValidation.TooManySections
            : changed with
            {
                Grades = grades.Value.Count > 0 ? grades.Value : null,
                Sections = change.Sections is { Count: > 0 } ? sections.Value : schedule.Sections,
                Inventories = change.Inventories is { Count: > 0 } ? inventories.Value : schedule.Inventories,
            };
    }

    private static Result<List<GradePlan>> Grades(IReadOnlyList<GradePlan> present, IReadOnlyList<GradeChange> changes)
    {
        var grades = present.ToList();
        var added = new List<NewGrade>();
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            var code = PlainText.ReadName("A grade's code", change?.Code, ScheduleValidation.MaxLabelLength);
            if (code.IsRefused(out var refusal))
            {
                return refusal;
            }

            if (!named.Add(code.Value))
            {
                return Refusal.Invalid($"Duplicate grade {code.Value}.");
            }

            if (grades.FindIndex(g => g.Code == code.Value) is var at && at < 0)
            {
                added.Add(new NewGrade(code.Value, change!.Name, change.Price));
                continue;
            }

            var read = ScheduleValidation.ReadGrade(new NewGrade(code.Value, change!.Name ?? grades[at].Name, change.Price ?? grades[at].Price));
            if (read.IsRefused(out refusal))
            {
                return refusal;
            }

            grades[at] = read.Value;
        }

        var fresh = ScheduleValidation.ReadGrades(added);
        if (fresh.IsRefused(out var wrong))
        {
            return wrong;
        }

        grades.AddRange(fresh.Value);
        return grades.Count > ScheduleValidation.MaxGrades ? ScheduleValidation.TooManyGrades : grades;
    }

    private static Result<List<SectionPlan>> Sections(
        ScheduleDocument schedule, IReadOnlyList<SectionChange> changes, IReadOnlyList<GradePlan> grades, HashSet<string> names)
    {
        var sections = schedule.Sections.ToList();
        var reader = new SeatReader(grades, ScheduleValidation.MaxSeats - sections.Sum(s => s.SeatCount));
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            var name = ScheduleValidation.ReadName(change?.Name, named);
            if (name.IsRefused(out var refusal))
            {
                return refusal;
            }

            var at = sections.FindIndex(s => s.Name == name.Value);
            var changed = at < 0 ? Added(change!, name.Value, sections.Count, reader, names) : Changed(sections[at], change!, reader);
            if (changed.IsRefused(out refusal))
            {
                return refusal;
            }

            if (at < 0)
            {
                sections.Add(changed.Value);
            }
            else
            {
                sections[at] = changed.Value;
            }
        }

        return sections;
    }

    private static Result<SectionPlan> Added(SectionChange change, string name, int count, SeatReader reader, HashSet<string> names)
    {
        if (!names.Add(name))
        {
            return Refusal.Invalid($"{name} is an inventory.");
        }

        if (change.Price is not null)
        {
            return Refusal.Invalid($"Section {name} is new: give each of its seats a price or a grade.");
        }

        var given = reader.Read(change.ToSection(), name);
        if (given.IsRefused(out var refusal))
        {
            return refusal;
        }

        var runs = SeatKeys.Assign(name, [], given.Value);
        return runs.IsRefused(out refusal) ? refusal : new SectionPlan((count + 1).ToString(), name, runs.Value);
    }

    private static Result<SectionPlan> Changed(SectionPlan section, SectionChange change, SeatReader reader)
    {
        if (change is { Price: null, Seats: null, Rows: null })
        {
            return Refusal.Invalid($"Section {section.Name}: give a price, or seats or rows to add.");
        }

        var runs = section.Runs;
        if (change.Price is { } price)
        {
            if (price is < 0 or > ScheduleValidation.MaxPrice)
            {
                return Refusal.Invalid($"Section {section.Name}: price must be 0 to {ScheduleValidation.MaxPrice} won.");
            }

            if (runs.All(run => run.Price is null))
            {
                return Refusal.Invalid($"Section {section.Name}: all its seats are of grades, which say the price.");
            }

            runs = [.. runs.Select(run => run.Price is null ? run : run with { Price = price })];
        }

        if (change is not { Seats: null, Rows: null })
        {
            var given = reader.Read(change.ToSection(), section.Name);
            if (given.IsRefused(out var refusal))
            {
                return refusal;
            }

            var assigned = SeatKeys.Assign(section.Name, runs, given.Value);
            if (assigned.IsRefused(out refusal))
            {
                return refusal;
            }

            runs = assigned.Value;
        }

        return section with { Runs = runs };
    }

    private static Result<List<InventoryPlan>> Inventories(ScheduleDocument schedule, IReadOnlyList<InventoryChange> changes, HashSet<string> names)
    {
        var inventories = schedule.Inventories.ToList();
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            var name = ScheduleValidation.ReadName(change?.Name, named);
            if (name.IsRefused(out var refusal))
            {
                return refusal;
            }

            var at = inventories.FindIndex(i => i.Name == name.Value);
            if (at < 0 && !names.Add(name.Value))
            {
                return Refusal.Invalid($"{name.Value} is a section.");
            }

            var before = at < 0 ? null : inventories[at];
            var read = ScheduleValidation.ReadInventory(
                before?.Key ?? "", name.Value, new NewInventory(name.Value, change!.Quantity ?? before?.Quantity, change.Price ?? before?.Price));
            if (read.IsRefused(out refusal))
            {
                return refusal;
            }

            if (before is not null && read.Value.Quantity < before.Quantity)
            {
                return Refusal.Invalid($"Inventory {name.Value} has {before.Quantity} places, and can only get more. Block what is not to be sold.");
            }

            if (before is null)
            {
                inventories.Add(read.Value);
            }
            else
            {
                inventories[at] = read.Value;
            }
        }

        return inventories;
    }
}
