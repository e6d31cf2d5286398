using Azure.Core;
using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace ConcertFunctions.Azure;

/// <summary>
/// One multiplexer for the process, connected when it is first needed: <c>Redis:endpoint</c> with the app's identity, or <c>Redis:configuration</c>.
/// A Redis that is away at the start must not keep the app from starting.
/// </summary>
internal sealed class RedisConnection(IConfiguration configuration, TokenCredential credential) : IAsyncDisposable
{
    private readonly SemaphoreSlim _once = new(1);
    private volatile IConnectionMultiplexer? _multiplexer;

    public async Task<IConnectionMultiplexer> GetAsync()
    {
        if (_multiplexer is { } connected)
        {
            return connected;
        }

        await _once.WaitAsync();
        try
        {
            return _multiplexer ??= await ConnectAsync();
        }
        finally
        {
            _once.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_multiplexer is { } connected)
        {
            await connected.DisposeAsync();
        }

        _once.Dispose();
    }

    private async Task<IConnectionMultiplexer> ConnectAsync()
    {
        var endpoint = configuration["Redis:endpoint"];
        var options = ConfigurationOptions.Parse(string.IsNullOrEmpty(endpoint) ? configuration["Redis:configuration"]! : endpoint);
        if (!string.IsNullOrEmpty(endpoint))
        {
            options.Ssl = true;
            await options.ConfigureForAzureWithTokenCredentialAsync(credential);
        }

        // It goes on trying in the background; calls fail fast meanwhile.
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ConnectTimeout = 3_000;
        options.AsyncTimeout = 2_000;
        return await ConnectionMultiplexer.ConnectAsync(options);
    }
}
