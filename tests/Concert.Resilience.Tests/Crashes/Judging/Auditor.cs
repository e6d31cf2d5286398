using Concert.Resilience.Tests.Crashes.Load;

namespace Concert.Resilience.Tests.Crashes.Judging;

/// <summary>Waits until everything has come to an end, and then reads everything.</summary>
internal sealed class Auditor(CrashClient client, Facts facts, IReadOnlyList<OpenSale> sales)
{
    private const int Readers = 16;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What was said while the sale ran, and what is there when it has settled.</summary>
    public async Task<SaleEvidence> SettleAndReadAsync()
    {
        await SettleAsync();
        var reservations = await ForEachUserAsync(async user => await client.Api.ReservationsAsync(user.Token!, CancellationToken.None)
            .Select(r => (Schedule: r.ConcertScheduleId!, Fact: AnswerFacts.Of(r, user.Id))).ToListAsync());
        var payments = await ForEachUserAsync(async user => await client.Api.PaymentsAsync(user.Token!, CancellationToken.None).Select(p => AnswerFacts.Of(p, user.Id)).ToListAsync());
        var wallets = await ForEachUserAsync<WalletEvidence>(async user => [await WalletAsync(user, payments)]);
        var reports = new Dictionary<string, ReportAnswer>(StringComparer.Ordinal);
        var places = new List<PlacesEvidence>();
        foreach (var sale in sales)
        {
            reports[sale.ScheduleId] = await ReportAsync(sale);
            places.Add(await PlacesAsync(sale, reports[sale.ScheduleId], [.. reservations.Where(r => r.Schedule == sale.ScheduleId).Select(r => r.Fact)]));
        }

        return new SaleEvidence
        {
            Places = places,
            Wallets = wallets,
            Payments = payments,
            Requests = [.. facts.Requests.Select(r => r.ToFact())],
            ClockSkew = 0,
            RefundsAreFull = true,
            Charged = reports[sales[0].ScheduleId].Charged,
        };
    }

    /// <summary>F1: within bounded time after the last crash nothing is pending, held or under way. What never ends is left for the judge to find.</summary>
    private async Task SettleAsync()
    {
        var end = DateTime.UtcNow + Patience;
        while (DateTime.UtcNow < end && !await IsSettledAsync())
        {
            await Task.Delay(Poll);
        }
    }

    private async Task<bool> IsSettledAsync()
    {
        foreach (var sale in sales)
        {
            if ((await ReportAsync(sale)).Held > 0)
            {
                return false;
            }
        }

        foreach (var user in facts.Users.Where(user => user.Token is not null))
        {
            foreach (var request in user.Requests.Where(request => request.Id is not null))
            {
                var answer = await client.ReadAsync("reservation", (api, end) => api.ReservationAsync(user.Token!, request.Id!, null, end));
                if (NothingStuck.IsUnsettled(AnswerFacts.Of(answer, user.Id)))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private Task<ReportAnswer> ReportAsync(OpenSale sale) => client.ReadAsync("report", (api, end) => api.ReportAsync(sale.ScheduleId, end));

    private async Task<List<T>> ForEachUserAsync<T>(Func<UserFacts, Task<List<T>>> read)
    {
        var all = new List<T>();
        foreach (var some in facts.Users.Where(user => user.Token is not null).Chunk(Readers))
        {
            all.AddRange((await Task.WhenAll(some.Select(read))).SelectMany(one => one));
        }

        return all;
    }

    private async Task<WalletEvidence> WalletAsync(UserFacts user, IReadOnlyList<PaymentFact> payments)
    {
        var balance = await client.ReadAsync("balance", (api, end) => api.BalanceAsync(null, user.Id, end));
        var ledger = await client.Api.LedgerAsync(user.Token!, CancellationToken.None).Select(AnswerFacts.Of).ToListAsync();

        // It is shown newest first.
        ledger.Reverse();
        return new WalletEvidence(user.Id, balance.Balance)
        {
            Ledger = ledger,
            Payments = [.. payments.Where(p => p.UserId == user.Id)],
            Charges = [.. user.Charges.Select(c => new ChargeFact(c.Amount, c.Balance))],
            EntriesSeen = [.. user.Ledger],
            BalancesSeen = [.. user.Balances],
        };
    }

    private async Task<PlacesEvidence> PlacesAsync(OpenSale sale, ReportAnswer report, IReadOnlyList<ReservationFact> reservations)
    {
        // Dates and map want an admitted visitor.
        var visitor = await client.ReadAsync("visit", (api, end) => api.IssueAsync("auditor", sale.ConcertId, $"auditor-{sale.ConcertId}", end));
        var dates = await client.ReadAsync("dates", (api, end) => api.DatesAsync(visitor.Token!, sale.ConcertId, end));
        var map = await client.ReadAsync("map", (api, end) => api.SeatsAsync(visitor.Token!, sale.ScheduleId, end));
        return AnswerFacts.Of(sale, report, dates.Single(d => d.Id == sale.ScheduleId), map) with { Reservations = reservations, DeadLetters = report.DeadLetters };
    }
}
