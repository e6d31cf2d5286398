using Concert.Lab.Servers;
using Concert.Lab.Tests.Servers;
using Concert.Lab.Ways.Guards;
using Concert.Lab.Ways.Redis;
using Concert.Lab.Ways;
using Xunit;

namespace Concert.Lab.Tests.Ways;

/// <summary>With real servers, started and removed as the lab does it.</summary>
public sealed class WaysOnRedisTests : IAsyncLifetime
{
    private ServerFarm _farm = null!;

    public async ValueTask InitializeAsync() => _farm = await ServerFarm.CreateAsync();

    public ValueTask DisposeAsync() => _farm.DisposeAsync();

    [Theory]
    [InlineData("redis-always")]
    [InlineData("redis-everysec")]
    public async Task Script_SmallRun_Correct(string id)
    {
        var way = WayCatalog.Find(id);
        await StartAsync(way.Needs[0]);
        await SmallRuns.EveryWorkIsCorrectAsync(way, new WayContext(_farm.Endpoints, ""));
    }

    [Fact]
    public async Task RedLock_SmallRun_Correct()
    {
        await StartAsync(ServerKind.RedisLocks);
        await GuardIsCorrectAsync(await RedLock.ConnectAsync(_farm.Endpoints.Running[ServerKind.RedisLocks].Ports));
    }

    [Fact]
    public async Task PubSubLock_SmallRun_Correct()
    {
        await StartAsync(ServerKind.RedisLocks);
        await GuardIsCorrectAsync(await PubSubLock.ConnectAsync(_farm.Endpoints.Port(ServerKind.RedisLocks)));
    }

    private async Task GuardIsCorrectAsync(IGuard guard)
    {
        var rows = new SqliteRows(Path.Combine(_farm.NewFolder("rows"), "rows.db"));
        var way = new WayInfo("guard", "guard", [], null, _ => Task.FromResult<Way>(new GuardedRows(guard, rows)));
        await SmallRuns.EveryWorkIsCorrectAsync(way, new WayContext(_farm.Endpoints, ""));
    }

    private Task StartAsync(ServerKind kind) => RequiredServers.StartAsync(_farm, kind);
}
