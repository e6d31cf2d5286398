using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Reservations;
using Concert.Simulation.Engine;

namespace Concert.Simulation.Checks;

/// <summary>
/// schedule: what is held is held by the schedule as it stood when that was decided, or a little before: at its price, and not while sales are paused or
/// called off; and what is called off is not begun to be paid. When that was, the hold's history says, by the clock of the instance.
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

        var inForce = InForce(sales, held);
        if (inForce.TrueForAll(sale => sale is { SalesPaused: true } or { CalledOff: not null }))
        {
            world.Fail("schedule", $"{held.Code[^6..]} was held while sales were paused or called off");
        }

        // As it was created there is nothing to compare with.
        if (held.Seats is { } seats && !inForce.Contains(null) && !inForce.Exists(sale => seats.All(line => sale!.Grades!.Any(g => g.Price == line.Price))))
        {
            world.Fail("schedule", $"{held.Code[^6..]} was held for {string.Join(", ", seats.Select(s => s.Price))}, which is no price of then");
        }
    }

    /// <summary>A payment has begun.</summary>
    public void Paying(SectionRef section, ReservationDocument paying)
    {
        if (_sales.TryGetValue(section.ScheduleId, out var sales) && InForce(sales, paying).TrueForAll(sale => sale is { CalledOff: not null }))
        {
            world.Fail("schedule", $"The payment of {paying.Code[^6..]} began when sales were called off");
        }
    }

    /// <summary>The states of the sale that a step may have been decided by; null stands for it as it was created.</summary>
    private List<SaleDocument?> InForce(List<(long From, SaleDocument Sale)> sales, ReservationDocument after)
    {
        var at = (DateTimeOffset.FromUnixTimeMilliseconds(after.History[^1].At) - world.TimeAt(0)).Ticks;
        var skew = world.Faults.Plan.HasSkew ? Skew : 0;
        var (from, to) = (at - skew - CatalogReader.KeptFor.Ticks, at + skew + Rounding);
        return [sales.LastOrDefault(s => s.From <= from).Sale, .. sales.Where(s => s.From > from && s.From <= to).Select(s => s.Sale)];
    }
}
