using System.Collections.Concurrent;
using System.Diagnostics;
using Concert.Resilience.Tests.Crashes.Host;
using Concert.Resilience.Tests.Crashes.Load;
using SQLitePCL;

namespace Concert.Resilience.Tests.Crashes;

/// <summary>
/// A call-off through an outage of the broker, which is the store as well, and through a SIGKILL in its middle: everybody gets everything back, and once.
/// CONCERT_CALLOFF_RESERVATIONS sets how many have paid.
/// </summary>
[Trait("Rule", "R-CALLOFF")]
public sealed class CallOffAfterCrashTests
{
    private const long Price = 10_000;
    private const int Lanes = 64;
    private const int SectionSize = 500;

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly int Paid =
        int.TryParse(Environment.GetEnvironmentVariable("CONCERT_CALLOFF_RESERVATIONS"), out var given) && given > 0 ? given : 400;

    /// <summary>Who holds and has not paid.</summary>
    private static readonly int Held = Math.Max(1, Paid / 20);

    [Fact]
    public async Task Kill_InTheMiddleOfACallOff_GivesEverybodyEverythingBackOnce()
    {
        using var folder = new DataFolder();
        var settings = new Dictionary<string, string>(Hosts.Quiet)
        {
            ["Admin:Key"] = CrashClient.AdminKey,
            ["Booking:HoldFor"] = "01:00:00",
            ["Booking:RepairAfter"] = "00:00:02",
            ["Booking:CallOffSettle"] = "00:00:05",
            ["WaitingRoom:MaxActive"] = "1000000",
            ["WaitingRoom:AdmitPerInterval"] = "1000000",
            ["RepairPaymentsSchedule"] = "00:00:01",
        };
        await using var service = new CrashingService(folder, settings, new Random(1));
        using var client = new CrashClient(service);
        await service.StartAsync();
        var sale = await OpenAsync(client);
        var buyers = Enumerable.Range(0, Paid + Held).Select(n => new BuyerOfOne($"u{n}", n)).ToList();
        await EachAsync(buyers, buyer => BuyAsync(client, sale, buyer));

        var watch = Stopwatch.StartNew();
        (await client.ReadAsync("call-off", (api, end) => api.CallOffAsync(sale.ScheduleId, "Ill", "call-off", end))).Reason.ShouldBe("Ill");
        using var over = new CancellationTokenSource();
        var late = TryToBuyAsync(client, sale, over.Token);
        var told = new List<string>();
        await LockAsync(folder.Database);
        told.Add($"away for {Outage.TotalSeconds} s at {watch.Elapsed.TotalSeconds:0.0} s");
        var begun = await WatchAsync(client, sale, progress => progress.Refunded > Paid / 10);
        await service.KillAsync();
        told.Add($"killed with {begun.Refunded} of {Paid} refunded at {watch.Elapsed.TotalSeconds:0.0} s");
        await service.StartAsync();
        var end = await WatchAsync(client, sale, progress => progress.FinishedAt is not null);
        told.Add($"finished at {watch.Elapsed.TotalSeconds:0.0} s");
        await over.CancelAsync();
        (await late).ShouldBe(["booking-closed"]);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", told));

        (end.Total, end.Ended, end.Refunded, end.RefundedAmount, end.Left).ShouldBe((Paid + Held, Held, Paid, Paid * Price, 0));
        var faults = new ConcurrentQueue<string>();
        await EachAsync(buyers, async buyer => (await FaultsAsync(client, buyer)).ForEach(faults.Enqueue));
        faults.Concat(client.Strange).Concat(service.Alarms.Where(line => line.Contains("crit: ", StringComparison.Ordinal))).ShouldBeEmpty($"data kept in {folder.Path}");
        var report = await client.ReadAsync("report", (api, token) => api.ReportAsync(sale.ScheduleId, token));
        (report.ReservedSeats, report.Held, report.Sold, report.Paid - report.Refunded).ShouldBe((0, 0, 0, 0));
    }

    /// <summary>Seats and standing places; doors open in two hours, when the table gives nothing back any more.</summary>
    private static async Task<OpenSale> OpenAsync(CrashClient client)
    {
        var builder = new SaleBuilder().At(TimeSpan.FromHours(2), TimeSpan.Zero, TimeSpan.Zero);
        var seats = (Paid + Held) / 2;
        for (var from = 0; from < seats; from += SectionSize)
        {
            builder.Section($"S{from / SectionSize}", Math.Min(SectionSize, seats - from), Price);
        }

        return await builder.Standing("Floor", Paid + Held - seats, Price).OpenAsync(client.Api, "Called off", "sale", DateTimeOffset.UtcNow, CancellationToken.None);
    }

    /// <summary>Holds one place, and pays for it unless it is one of those who do not.</summary>
    private static async Task BuyAsync(CrashClient client, OpenSale sale, BuyerOfOne buyer)
    {
        buyer.Token = (await client.ReadAsync("join", (api, end) => api.IssueAsync(buyer.User, sale.ConcertId, $"join-{buyer.User}", end))).Token!;
        await client.ReadAsync("charge", (api, end) => api.ChargeAsync(null, buyer.User, Price + buyer.Number, $"charge-{buyer.User}", end));
        var asked = await client.ReadAsync("reserve", (api, end) => buyer.Number < sale.Seats.Count
            ? api.ReserveAsync(buyer.Token, [sale.Seats[buyer.Number]], $"reserve-{buyer.User}", end)
            : api.ReservePlacesAsync(buyer.Token, sale.Inventories[0], 1, $"reserve-{buyer.User}", end));
        buyer.Reservation = asked.Id;
        (await UntilAsync(() => client.ReadAsync("hold", (api, end) => api.ReservationAsync(buyer.Token, asked.Id, 5, end)), r => r.Status != Status.Pending)).Status.ShouldBe(Status.Held);
        if (buyer.Number < Paid)
        {
            var payment = await client.ReadAsync("pay", (api, end) => api.PayAsync(buyer.Token, asked.Id, $"pay-{buyer.User}", end));
            buyer.Payment = payment.Id;
            (await UntilAsync(() => client.ReadAsync("payment", (api, end) => api.PaymentAsync(buyer.Token, payment.Id, 5, end)), p => p.Status != Status.Pending)).Status.ShouldBe(Status.Completed);
        }
    }

    private static async Task<List<string>> FaultsAsync(CrashClient client, BuyerOfOne buyer)
    {
        var faults = new List<string>();
        var balance = (await client.ReadAsync("balance", (api, end) => api.BalanceAsync(null, buyer.User, end))).Balance;
        var ledger = await client.Api.LedgerAsync(buyer.Token!, CancellationToken.None).ToListAsync();
        var reservation = await client.ReadAsync("reservation", (api, end) => api.ReservationAsync(buyer.Token!, buyer.Reservation!, null, end));
        string[] expected = buyer.Payment is null ? ["CHARGE"] : ["REFUND", "PAYMENT", "CHARGE"];
        if (balance != Price + buyer.Number || !ledger.Select(e => e.Kind).SequenceEqual(expected))
        {
            faults.Add($"{buyer.User} has {balance} by {string.Join(' ', ledger.Select(e => $"{e.Kind} {e.Amount}"))}");
        }

        if (reservation is not { Status: Status.Cancelled, Reason: "called-off" })
        {
            faults.Add($"{reservation.Id} is {reservation.Status} {reservation.Reason}");
        }

        if (buyer.Payment is { } id && await client.ReadAsync("payment", (api, end) => api.PaymentAsync(buyer.Token!, id, null, end)) is not { Status: Status.Refunded, RefundAmount: Price })
        {
            faults.Add($"{id} is not refunded");
        }

        return faults;
    }

    /// <summary>Somebody who asks for the last place again and again; answers what was said.</summary>
    private static async Task<IReadOnlyList<string?>> TryToBuyAsync(CrashClient client, OpenSale sale, CancellationToken over)
    {
        var token = (await client.ReadAsync("join", (api, end) => api.IssueAsync("late", sale.ConcertId, "join-late", end))).Token!;
        var said = new HashSet<string?>();
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            var key = $"late-{i}";
            said.Add((await client.AskAsync((api, end) => api.ReservePlacesAsync(token, sale.Inventories[0], 1, key, end)))?.Code);
            await Task.Delay(50, CancellationToken.None);
        }

        return [.. said];
    }

    /// <summary>Another program has the database to itself: nothing is sent, handled or written.</summary>
    private static async Task LockAsync(string database)
    {
        Batteries_V2.Init();
        raw.sqlite3_open(database, out var other).ShouldBe(raw.SQLITE_OK);
        using (other)
        {
            raw.sqlite3_busy_timeout(other, 30_000);
            raw.sqlite3_exec(other, "BEGIN IMMEDIATE").ShouldBe(raw.SQLITE_OK);
            await Task.Delay(Outage);
            raw.sqlite3_exec(other, "ROLLBACK").ShouldBe(raw.SQLITE_OK);
        }
    }

    private static async Task<CallOffAnswer> WatchAsync(CrashClient client, OpenSale sale, Func<CallOffAnswer, bool> enough) =>
        (await UntilAsync(() => client.ReadAsync("report", (api, end) => api.ReportAsync(sale.ScheduleId, end)), r => enough(r.CallOff!))).CallOff!;

    private static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> enough)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var seen = await read();
            if (enough(seen))
            {
                return seen;
            }

            await Task.Delay(20, patience.Token);
        }
    }

    private static Task EachAsync(IEnumerable<BuyerOfOne> buyers, Func<BuyerOfOne, Task> act) =>
        Parallel.ForEachAsync(buyers, new ParallelOptions { MaxDegreeOfParallelism = Lanes }, async (buyer, _) => await act(buyer));

    private sealed record BuyerOfOne(string User, int Number)
    {
        public string? Token { get; set; }

        public string? Reservation { get; set; }

        public string? Payment { get; set; }
    }
}
