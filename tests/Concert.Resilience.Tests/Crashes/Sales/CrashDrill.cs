using Concert.Resilience.Tests.Crashes.Host;
using Concert.Resilience.Tests.Crashes.Judging;
using Concert.Resilience.Tests.Crashes.Load;

namespace Concert.Resilience.Tests.Crashes.Sales;

/// <summary>Runs a sale while its host is killed again and again, lets it settle, and has it judged.</summary>
internal sealed class CrashDrill : IAsyncDisposable
{
    private const int Lanes = 24;
    private static readonly TimeSpan LongestRun = TimeSpan.FromMilliseconds(900);

    private readonly int _seed;
    private readonly Random _random;
    private readonly DataFolder _folder = new();
    private readonly CancellationTokenSource _closing = new();

    public CrashDrill(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        Service = new CrashingService(_folder, Settings, _random);
        Client = new CrashClient(Service);
    }

    public CrashingService Service { get; }

    public CrashClient Client { get; }

    public Facts Facts { get; } = new();

    /// <summary>Holds and repairs are quick, so that a sale settles in seconds.</summary>
    private static Dictionary<string, string> Settings => new()
    {
        ["Admin:Key"] = CrashClient.AdminKey,
        ["Local:Demo"] = "false",
        ["Booking:HoldFor"] = "00:00:03",
        ["Booking:ReleaseGrace"] = "00:00:01",
        ["Booking:RepairAfter"] = "00:00:01",
        ["Booking:MaxPerUser"] = "1000000",
        ["WaitingRoom:Scope"] = "Concert",
        ["WaitingRoom:MaxActive"] = "1000000",
        ["WaitingRoom:AdmitPerInterval"] = "1000000",
        ["ReleaseExpiredHoldsSchedule"] = "00:00:00.5",
        ["RepairPaymentsSchedule"] = "00:00:00.5",
        ["Logging:LogLevel:Default"] = "Warning",
        ["DOTNET_TieredPGO"] = "0",
    };

    /// <summary>How many kills each sale gets: a handful, or a share of CONCERT_KILLS.</summary>
    public static int KillsPerSale { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("CONCERT_KILLS"), out var all) && all > 0 ? (all + 3) / 4 : 3;

    public async Task RunAsync(Sale sale, int kills)
    {
        await Service.StartAsync();
        await sale.OpenAsync();
        var lanes = Enumerable.Range(0, Lanes).Select(lane => Task.Run(() => ShopAsync(sale, lane, new Random(_seed + lane + 1)))).ToArray();
        for (var i = 0; i < kills; i++)
        {
            await CrashAsync();
        }

        await _closing.CancelAsync();
        await Task.WhenAll(lanes);
        var evidence = await new Auditor(Client, Facts, sale.Schedules).SettleAndReadAsync();
        var faults = AllPromises.Settled(evidence).Select(b => b.ToString()).Concat(Facts.Faults).Concat(Client.Strange).Concat(Service.Alarms).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"seed {_seed}: {Service.Kills} kills, {Client.Answered} answers, {Client.Repeated} calls repeated; {Facts.Users.Count} users, {Summary(evidence)}");
        faults.ShouldBeEmpty($"seed {_seed}, data kept in {_folder.Path}");
    }

    private static string Summary(SaleEvidence evidence) =>
        $"{evidence.Requests!.Count(r => r.Id is not null)} accepted, {string.Join(", ", evidence.Reservations.GroupBy(r => r.Status).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key}"))}, "
        + $"{evidence.Wallets.Sum(w => w.Ledger!.Count)} ledger entries";

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await Service.DisposeAsync();
        Client.Dispose();
        _folder.Dispose();
        _closing.Dispose();
    }

    private async Task ShopAsync(Sale sale, int lane, Random random)
    {
        for (var visit = 0; !_closing.IsCancellationRequested; visit++)
        {
            await sale.VisitAsync(lane, visit, random);
        }
    }

    /// <summary>Lets the sale run for a random time, kills the host, sometimes again while it recovers, and brings it back.</summary>
    private async Task CrashAsync()
    {
        var before = Client.Answered;
        while (Client.Answered < before + Lanes)
        {
            await Task.Delay(5);
        }

        await Task.Delay(LongestRun * _random.NextDouble());
        await Service.KillAsync();
        if (_random.Next(5) == 0)
        {
            await Service.KillWhileStartingAsync();
        }

        await Service.StartAsync();
    }
}
