using Concert.Resilience.Tests.Crashes.Load;

namespace Concert.Resilience.Tests.Crashes.Sales;

/// <summary>Overlapping carts of four neighbouring seats, asked for from the left or from the right.</summary>
internal sealed class CartsSale(CrashClient client, Facts facts) : Sale(client, facts)
{
    private const int Seats = 16;
    private const int Cart = 4;

    protected override int KeepPercent => 2;

    public override Task VisitAsync(int lane, int visit, Random random)
    {
        var first = random.Next(Seats - Cart + 1);
        var seats = Schedules[0].Sections[random.Next(2)].Skip(first).Take(Cart);
        return ShopAsync(lane, visit, random, Schedules[0], [.. random.Next(2) == 0 ? seats : seats.Reverse()]);
    }

    protected override async Task<IReadOnlyList<OpenSale>> OpenOnSaleAsync() => [await Box.OpenAsync(Client, [Seats, Seats], [])];
}
