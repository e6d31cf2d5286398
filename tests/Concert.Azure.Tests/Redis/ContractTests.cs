using Concert.Azure.Tests.Redis.Server;
using Concert.Booking.Ports;
using Concert.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Concert.Azure.Tests.Redis;

public sealed class RedisWaitingRoomContractTests(SharedRedis redis) : WaitingRoomContract, IAsyncLifetime
{
    private ServiceProvider _instance = null!;

    protected override IWaitingRoom Room => _instance.Room();

    public async ValueTask InitializeAsync() => _instance = ConcertRedis.Instance(await redis.ServerAsync(), ConcertRedis.Patient);

    public ValueTask DisposeAsync() => _instance.DisposeAsync();
}

public sealed class RedisSeatGateContractTests(SharedRedis redis) : SeatGateContract, IAsyncLifetime
{
    private ServiceProvider _instance = null!;

    protected override ISeatGate Gate => _instance.Gate();

    public async ValueTask InitializeAsync() => _instance = ConcertRedis.Instance(await redis.ServerAsync(), ConcertRedis.Patient);

    public ValueTask DisposeAsync() => _instance.DisposeAsync();

    /// <summary>The lifetime of a gate is an expiry in the server, whose clock is the real one.</summary>
    protected override Task AdvanceAsync(TimeSpan time) => Task.Delay(time);
}

public sealed class RedisSeatMapCacheContractTests(SharedRedis redis) : SeatMapCacheContract, IAsyncLifetime
{
    private ServiceProvider _instance = null!;

    protected override ISeatMapCache Cache => _instance.Maps();

    public async ValueTask InitializeAsync() => _instance = ConcertRedis.Instance(await redis.ServerAsync(), ConcertRedis.Patient);

    public ValueTask DisposeAsync() => _instance.DisposeAsync();
}
