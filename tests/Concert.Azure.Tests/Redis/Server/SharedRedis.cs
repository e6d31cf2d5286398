using Concert.Azure.Tests.Redis.Server;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedRedis))]

namespace Concert.Azure.Tests.Redis.Server;

/// <summary>One server for all tests that neither empty nor stop it: the only node of a cluster, so that it minds hash slots.</summary>
public sealed class SharedRedis : IAsyncLifetime
{
    private readonly SemaphoreSlim _starting = new(1);
    private RedisServer? _server;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Started by the first test that needs it, so that a missing server skips tests and not the fixture.</summary>
    public async Task<RedisServer> ServerAsync()
    {
        await _starting.WaitAsync();
        try
        {
            return _server ??= await RedisServer.StartAsync(cluster: true);
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _starting.Dispose();
    }
}
