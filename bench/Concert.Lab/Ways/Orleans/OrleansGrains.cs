using System.Net;
using Concert.Lab.Judging;
using Concert.Lab.Servers;
using Concert.Lab.Ways.Postgres;
using Concert.Lab.Works;

namespace Concert.Lab.Ways.Orleans;

/// <summary>A silo in this process, its callers beside it; every wallet, inventory and block of seats is a grain.</summary>
internal sealed class OrleansGrains : Way
{
    /// <summary>A block has the seats that a cart may span: 200, as the carts' house; a smaller grain would need a transaction over two.</summary>
    private const int SeatsPerGrain = 200;

    private readonly IHost _silo;
    private readonly PostgresDatabase _database;
    private readonly Func<string, IHouseGrain> _grain;
    private readonly OpenRound _open;
    private int _round;
    private int _calls;

    private OrleansGrains(IHost silo, PostgresDatabase database, bool gathering)
    {
        (_silo, _database) = (silo, database);
        _open = silo.Services.GetRequiredService<OpenRound>();
        var grains = silo.Services.GetRequiredService<IGrainFactory>();
        _grain = gathering ? key => grains.GetGrain<IGatheringGrain>(key) : key => grains.GetGrain<IPlainGrain>(key);
    }

    public static async Task<OrleansGrains> StartAsync(PostgresDatabase database, bool gathering)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(database.Source).AddSingleton<OpenRound>();
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort.Next(), FreePort.Next())
            .Configure<global::Orleans.Configuration.EndpointOptions>(endpoint => endpoint.AdvertisedIPAddress = IPAddress.Loopback)
            // A long line is no fault here.
            .Configure<global::Orleans.Configuration.SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromMinutes(10))
            .Configure<global::Orleans.Configuration.ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromMinutes(10)));
        var silo = builder.Build();
        await silo.StartAsync();
        return new OrleansGrains(silo, database, gathering);
    }

    public override Task<bool> DoAsync(Operation operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return CallAsync(operation).WaitAsync(cancellationToken);
    }

    public override async Task<Evidence> ReadAsync(Work work)
    {
        _open.Close();
        while (Volatile.Read(ref _calls) > 0)
        {
            await Task.Delay(10);
        }

        return await _database.ReadAsync(work);
    }

    public override async ValueTask DisposeAsync()
    {
        await _silo.StopAsync();
        _silo.Dispose();
        await _database.DisposeAsync();
    }

    protected override Task ResetAsync(Work work)
    {
        _open.Open(++_round);
        return _database.ResetAsync(work);
    }

    private async Task<bool> CallAsync(Operation operation)
    {
        Interlocked.Increment(ref _calls);
        try
        {
            return await (operation.Kind switch
            {
                OperationKind.Wallet => _grain($"{_round}/wallet/1").ChangeWalletAsync(operation.Id, operation.Amount),
                OperationKind.Seats => _grain($"{_round}/seats/{(operation.Seats.Min() - 1) / SeatsPerGrain}").HoldSeatsAsync(operation.Id, operation.Seats),
                _ => _grain($"{_round}/inventory/1").HoldPlaceAsync(operation.Id),
            });
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
        }
    }
}
