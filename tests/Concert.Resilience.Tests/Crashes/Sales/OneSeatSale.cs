using Concert.Resilience.Tests.Crashes.Load;

namespace Concert.Resilience.Tests.Crashes.Sales;

/// <summary>Everybody on one seat.</summary>
internal sealed class OneSeatSale(CrashClient client, Facts facts) : Sale(client, facts)
{
    protected override int KeepPercent => 0;

    public override Task VisitAsync(int lane, int visit, Random random) => ShopAsync(lane, visit, random, Schedules[0], [Schedules[0].Sections[0][0]]);

    protected override async Task<IReadOnlyList<OpenSale>> OpenOnSaleAsync() => [await Box.OpenAsync(Client, [1], [])];
}
