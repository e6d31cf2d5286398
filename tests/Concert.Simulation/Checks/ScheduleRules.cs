using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Reservations;
using Concert.Simulation.Engine;

namespace Concert.Simulation.Checks;

/// <summary>
/// schedule: what is held is held by the schedule as it stood when that was decided, or a little before: at its price, and not while sales are paused. When
/// that was, the hold's history says, by the clock of the instance.
/// </summary>
public sealed class ScheduleRules(World world)
{
    private static readonly long Skew = TimeSpan.FromSeconds(5).Ticks;
    private static readonly long Rounding = TimeSpan.FromMilliseconds(1).Ticks;

    private readonly Dictionary<string, List<(long From, SaleDocument Sale)>> _sales = new(StringComparer.Ordinal);

    /// <summary>A schedule has changed.</summary>
    public void Changed(SaleDocument sale)
    {
        if (!_sales.TryGetValue(sale.ScheduleId, out var sales))
        {
            _sales[sale.ScheduleId] = sales = [];
        }

        sales.Add((world.Now, sale));
    }

    /// <summary>Places were held.</summary>
    public void Held(SectionRef section, ReservationDocument held)
    {
        if (!_sales.TryGetValue(section.ScheduleId, out var sales))
        {
            return;
        }

        var at = (DateTimeOffset.FromUnixTimeMilliseconds(held.History[^1].At) - world.TimeAt(0)).Ticks;
        var skew = world.Faults.Plan.HasSkew ? Skew : 0;
        var (from, to) = (at - skew - CatalogReader.KeptFor.Ticks, at + skew + Rounding);
        List<SaleDocument?> inForce = [sales.LastOrDefault(s => s.From <= from).Sale, .. sales.Where(s => s.From > from && s.From <= to).Select(s => s.Sale)];
        if (inForce.TrueForAll(sale => sale is { SalesPaused: true }))
        {
            world.Fail("schedule", $"{held.Code[^6..]} was held while sales were paused");
        }

        // As it was created there is nothing to compare with.
        if (held.Seats is { } seats && !inForce.Contains(null) && !inForce.Exists(sale => seats.All(line => sale!.Grades!.Any(g => g.Price == line.Price))))
        {
            world.Fail("schedule", $"{held.Code[^6..]} was held for {string.Join(", ", seats.Select(s => s.Price))}, which is no price of then");
        }
    }
}
