using Concert.Resilience.Tests.Crashes.Load;

namespace Concert.Resilience.Tests.Crashes.Sales;

/// <summary>One wallet from many sides: some lanes top it up, the others buy with it, each in a concert of its own, for a room has one token a user.</summary>
internal sealed class WalletSale(CrashClient client, Facts facts) : Sale(client, facts)
{
    private const string User = "wallet";
    private const int Concerts = 12;

    private readonly Buyer?[] _buyers = new Buyer?[Concerts];

    public override async Task VisitAsync(int lane, int visit, Random random)
    {
        if (lane >= Concerts)
        {
            var payer = new Buyer(Client, Facts, Facts.User(User), random);
            await payer.ChargeAsync(Box.Price);
            return;
        }

        var schedule = Schedules[lane];
        var buyer = _buyers[lane] ??= new Buyer(Client, Facts, Facts.User(User), random);
        if (buyer.Token is null || await buyer.IsOutAsync())
        {
            await buyer.JoinSurelyAsync(schedule.ConcertId);
        }

        if (await buyer.ReserveAsync([], schedule.Inventories[0], 1) is { } request && request.Seen.Last().Status == Status.Held
            && await buyer.PayAsync(request) == Status.Completed && random.Next(3) > 0)
        {
            await buyer.CancelAsync(request);
        }

        await buyer.ReadWalletAsync();
    }

    protected override async Task<IReadOnlyList<OpenSale>> OpenOnSaleAsync()
    {
        var schedules = new List<OpenSale>();
        for (var i = 0; i < Concerts; i++)
        {
            schedules.Add(await Box.OpenAsync(Client, [], [10_000]));
        }

        return schedules;
    }
}
