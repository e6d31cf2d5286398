using System.Runtime.CompilerServices;
using Concert.Booking.Catalog;

namespace Concert.Booking.Availability;

/// <summary>
/// A schedule's map as its watchers need to know it: sections and inventories by name. Another object once anything but its places has changed: plan,
/// prices, times, sale.
/// </summary>
/// <param name="names">The name of each section and inventory by its key.</param>
public sealed class MapOutline(IReadOnlyDictionary<string, string> names)
{
    private static readonly ConditionalWeakTable<ScheduleDocument, MapOutline> Known = [];

    /// <summary>Null for a key that was added since.</summary>
    public string? NameOf(string section) => names.GetValueOrDefault(section);

    /// <summary>A schedule is the same object while nothing of it has changed, and so is its outline.</summary>
    internal static MapOutline Of(ScheduleDocument schedule) => Known.GetValue(schedule, static plan => new MapOutline(
        plan.Sections.Select(s => (s.Key, s.Name)).Concat(plan.Inventories.Select(i => (i.Key, i.Name))).ToDictionary(StringComparer.Ordinal)));
}
