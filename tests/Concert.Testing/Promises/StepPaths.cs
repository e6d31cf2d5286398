using Concert.Booking.States;

namespace Concert.Testing.Promises;

/// <summary>Ways through a table of steps, for a reader who does not see each step.</summary>
public static class StepPaths
{
    /// <summary>Whether one step or several lead there.</summary>
    public static bool Leads<TStatus>(this StepTable<TStatus> table, TStatus from, TStatus to)
        where TStatus : struct, Enum => Leads(table, from, to, []);

    private static bool Leads<TStatus>(StepTable<TStatus> table, TStatus from, TStatus to, HashSet<TStatus> seen)
        where TStatus : struct, Enum =>
        table.Allows(from, to) || (seen.Add(from) && Enum.GetValues<TStatus>().Any(between => table.Allows(from, between) && Leads(table, between, to, seen)));
}
