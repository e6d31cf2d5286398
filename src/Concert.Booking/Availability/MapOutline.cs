namespace Concert.Booking.Availability;

/// <summary>
/// A schedule's map as its watchers need to know it: sections and inventories by name. Another object once anything but its places has changed: plan,
/// prices, times, sale.
/// </summary>
/// <param name="names">The name of each section and inventory by its key.</param>
public sealed class MapOutline(IReadOnlyDictionary<string, string> names)
{
    /// <summary>Null for a key that was added since.</summary>
    public string? NameOf(string section) => names.GetValueOrDefault(section);
}
