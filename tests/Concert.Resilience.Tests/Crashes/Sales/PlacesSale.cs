using Concert.Resilience.Tests.Crashes.Load;

namespace Concert.Resilience.Tests.Crashes.Sales;

/// <summary>Many buyers on 500 places: numbered seats and standing places.</summary>
internal sealed class PlacesSale(CrashClient client, Facts facts) : Sale(client, facts)
{
    private const int Seats = 300;
    private const int Standing = 200;

    public override Task VisitAsync(int lane, int visit, Random random)
    {
        var schedule = Schedules[0];
        return random.Next(2) == 0
            ? ShopAsync(lane, visit, random, schedule, [schedule.Sections[0][random.Next(Seats)]])
            : ShopAsync(lane, visit, random, schedule, [], schedule.Inventories[0], random.Next(1, 9));
    }

    protected override async Task<IReadOnlyList<OpenSale>> OpenOnSaleAsync() => [await Box.OpenAsync(Client, [Seats], [Standing])];
}
