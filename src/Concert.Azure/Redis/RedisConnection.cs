using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Concert.Azure.Redis;

/// <summary>
/// Signs in to a Redis that is named by <c>Redis:Endpoint</c>: fills in who connects. The head has the package that knows Azure's identities.
/// </summary>
public delegate Task RedisSignIn(ConfigurationOptions options);

/// <summary>
/// One multiplexer for the process, connected when it is first needed. A Redis that is away at the start must not keep the app from starting: the
/// multiplexer is there all the same, and goes on trying.
/// </summary>
internal sealed class RedisConnection(IOptions<RedisOptions> options, RedisSignIn? signIn = null) : IAsyncDisposable
{
    private const int ConnectMilliseconds = 3_000;

    private readonly RedisOptions _options = options.Value;
    private readonly SemaphoreSlim _once = new(1);
    private volatile IConnectionMultiplexer? _multiplexer;

    /// <summary>Takes as long as connecting takes: callers bound it themselves, and the attempt goes on without them.</summary>
    public ValueTask<IConnectionMultiplexer> GetAsync() =>
        _multiplexer is { } connected ? ValueTask.FromResult(connected) : new ValueTask<IConnectionMultiplexer>(ConnectOnceAsync());

    public async ValueTask DisposeAsync()
    {
        if (_multiplexer is { } connected)
        {
            // Nobody waits any more for what is under way.
            await connected.CloseAsync(allowCommandsToComplete: false);
            await connected.DisposeAsync();
        }

        _once.Dispose();
    }

    private async Task<IConnectionMultiplexer> ConnectOnceAsync()
    {
        await _once.WaitAsync();
        try
        {
            return _multiplexer ??= await ConnectionMultiplexer.ConnectAsync(await ConfigureAsync());
        }
        finally
        {
            _once.Release();
        }
    }

    private async Task<ConfigurationOptions> ConfigureAsync()
    {
        var byIdentity = !string.IsNullOrEmpty(_options.Endpoint);
        var client = ConfigurationOptions.Parse(byIdentity ? _options.Endpoint! : _options.Configuration!);
        if (byIdentity)
        {
            client.Ssl = true;
            await (signIn ?? throw new InvalidOperationException("Redis:Endpoint is set, and no RedisSignIn is registered."))(client);
        }

        // It goes on trying in the background, each second; calls fail fast meanwhile, and who can wait tries them again.
        client.AbortOnConnectFail = false;
        client.BacklogPolicy = BacklogPolicy.FailFast;
        client.ConnectTimeout = ConnectMilliseconds;
        client.ReconnectRetryPolicy = new LinearRetry(1_000);

        // Callers bound their calls by the app's clock. The client looks at its own limit once a second, and only so that nothing waits for ever.
        client.AsyncTimeout = (int)_options.LongestTimeout.TotalMilliseconds + 1_000;
        return client;
    }
}
