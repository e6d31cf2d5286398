using StackExchange.Redis;

namespace Concert.Lab.Ways.Redis;

/// <summary>One multiplexed connection a server, as the client wants it. Patient: here a long line is no fault.</summary>
internal static class RedisConnection
{
    public static Task<ConnectionMultiplexer> OpenAsync(int port) => ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
    {
        EndPoints = { { "127.0.0.1", port } },
        AsyncTimeout = 120_000,
        SyncTimeout = 120_000,
        ConnectTimeout = 20_000,
        AllowAdmin = true,
    });
}
