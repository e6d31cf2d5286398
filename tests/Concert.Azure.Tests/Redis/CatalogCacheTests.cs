using Concert.Azure.Tests.Redis.Server;
using Concert.Booking;
using Concert.Booking.Catalog;
using Concert.Booking.Ports;
using Concert.Booking.Storage;
using Concert.Testing.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Redis;

/// <summary>The catalogue over the real cache with a real Redis as its second level.</summary>
public sealed class CatalogCacheTests : IAsyncLifetime
{
    private const string Concert = "c1";
    private const string Key = "catalog:c1:concert";
    private readonly FakeStore _store = new(TimeProvider.System);
    private readonly List<ServiceProvider> _instances = [];
    private RedisServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        await StoreAsync(Concert, "Spring");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        foreach (var instance in _instances)
        {
            await instance.DisposeAsync();
        }
    }

    private async Task StoreAsync(string concert, string name) => await _store.CommitAsync(
        new PartitionRef(DocumentContainer.Catalog, concert), [DocumentJson.Put(new ConcertDocument(name, 0), etag: null)], Cancel);

    private CatalogReader Instance(TimeSpan? timeout = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Redis:configuration", $"127.0.0.1:{_server.Port}")]).Build();
        var instance = new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton<IDocumentStore>(_store)
            .AddConcertBooking(configuration)
            .AddConcertRedis(configuration)
            .Configure<RedisOptions>(options => options.CatalogTimeout = timeout ?? TimeSpan.FromSeconds(30))
            .BuildServiceProvider();
        _instances.Add(instance);
        return instance.GetRequiredService<CatalogReader>();
    }

    private async Task CachedAsync()
    {
        while ((long)await _server.SendAsync("EXISTS", Key) == 0)
        {
            await Task.Delay(10, Cancel);
        }
    }

    [Fact]
    public async Task FindConcertAsync_AnotherInstanceReadIt_ComesFromRedis()
    {
        await Instance().FindConcertAsync(Concert, Cancel);
        await CachedAsync();
        _store.OnRead = (_, _) => throw new StoreUnavailableException("away");

        (await Instance().FindConcertAsync(Concert, Cancel))!.Name.ShouldBe("Spring");
        ((long)await _server.SendAsync("PTTL", Key)).ShouldBeInRange(1, (long)TimeSpan.FromHours(1).TotalMilliseconds);
    }

    [Fact]
    public async Task FindConcertAsync_NotStoredYet_IsSeenByEveryInstanceOnceItIs()
    {
        var one = Instance();
        var two = Instance();
        (await one.FindConcertAsync("c2", Cancel)).ShouldBeNull();
        (await two.FindConcertAsync("c2", Cancel)).ShouldBeNull();

        await StoreAsync("c2", "Autumn");

        (await one.FindConcertAsync("c2", Cancel))!.Name.ShouldBe("Autumn");
        (await two.FindConcertAsync("c2", Cancel))!.Name.ShouldBe("Autumn");
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("frozen")]
    [InlineData("full")]
    public async Task FindConcertAsync_RedisIsAway_ComesFromTheStore(string fault)
    {
        var reader = Instance(TimeSpan.FromMilliseconds(200));
        (await reader.FindConcertAsync("c2", Cancel)).ShouldBeNull();
        await _server.BreakAsync(fault);

        (await reader.FindConcertAsync(Concert, Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel))!.Name.ShouldBe("Spring");
        (await reader.FindConcertAsync("c3", Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel)).ShouldBeNull();
        var found = await reader.FindConcertAsync(Concert, Cancel);
        (await reader.FindConcertAsync(Concert, Cancel)).ShouldBeSameAs(found);
    }

    [Fact]
    public async Task FindConcertAsync_WhatRedisHasIsNoDocument_ComesFromTheStore()
    {
        await _server.SendAsync("SET", Key, "not a hash");

        (await Instance().FindConcertAsync(Concert, Cancel))!.Name.ShouldBe("Spring");
    }
}
