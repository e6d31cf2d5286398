using Concert.Resilience.Tests.Crashes.Load;

namespace Concert.Resilience.Tests.Crashes.Sales;

/// <summary>One of product's sales: what is sold, and what a buyer does.</summary>
internal abstract class Sale(CrashClient client, Facts facts)
{
    protected CrashClient Client => client;

    /// <summary>How many of a hundred buyers keep what they paid. The scarcer the places, the fewer, or the sale would be over before the first crash.</summary>
    protected virtual int KeepPercent => 15;

    protected Facts Facts => facts;

    public IReadOnlyList<OpenSale> Schedules { get; private set; } = [];

    public async Task OpenAsync() => Schedules = await OpenOnSaleAsync();

    /// <summary>One visit of one of the lanes that shop side by side.</summary>
    /// <param name="lane">From 0.</param>
    /// <param name="visit">The lane's how-manieth.</param>
    /// <param name="random">The lane's dice.</param>
    public abstract Task VisitAsync(int lane, int visit, Random random);

    protected abstract Task<IReadOnlyList<OpenSale>> OpenOnSaleAsync();

    /// <summary>A buyer who is new, joins, tops up and asks for the places, and then pays, cancels, does both or walks away.</summary>
    protected async Task ShopAsync(int lane, int visit, Random random, OpenSale schedule, IReadOnlyList<string> seats, string? inventoryId = null, int quantity = 0)
    {
        var user = facts.User($"buyer-{lane}-{visit}");
        var buyer = new Buyer(client, facts, user, random);
        await buyer.JoinAsync(schedule.ConcertId);
        if (buyer.Token is null)
        {
            return;
        }

        await buyer.ChargeAsync(Box.Price * 10);
        if (await buyer.ReserveAsync(seats, inventoryId, quantity) is { } request && request.Seen.Last().Status == Status.Held)
        {
            await DecideAsync(buyer, request, random.Next(100));
        }

        await buyer.ReadWalletAsync();
    }

    private async Task DecideAsync(Buyer buyer, Request request, int dice)
    {
        if (dice < KeepPercent)
        {
            await buyer.PayAsync(request);
        }
        else if (dice < 60)
        {
            await buyer.PayAsync(request);
            await buyer.CancelAsync(request);
        }
        else if (dice < 85)
        {
            await buyer.CancelAsync(request);
        }
    }
}
