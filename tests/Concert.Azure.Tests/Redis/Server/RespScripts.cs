using Concert.Azure.Redis.Scripting;

namespace Concert.Azure.Tests.Redis.Server;

/// <summary>The port on the test's own client: several pipelined connections, taken in turn, opened when first used and again when they broke.</summary>
public sealed class RespScripts(int port, int connections = 4) : IRedisScripts, IAsyncDisposable
{
    private readonly RespConnection?[] _connections = new RespConnection?[connections];
    private readonly SemaphoreSlim _opening = new(1);
    private int _next;

    public async Task<RedisReply> RunAsync(
        RedisScript script, IReadOnlyList<string> keys, IReadOnlyList<RedisArgument> arguments, CancellationToken cancellationToken)
    {
        var connection = await ConnectionAsync(cancellationToken);
        RedisArgument[] tail = [keys.Count, .. keys.Select(key => (RedisArgument)key), .. arguments];
        try
        {
            return await connection.SendAsync(["EVALSHA", script.Sha1, .. tail]);
        }
        catch (RedisErrorException error) when (error.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            return await connection.SendAsync(["EVAL", script.Text, .. tail]);
        }
    }

    public async Task<RedisReply> SendAsync(params string[] command) => await (await ConnectionAsync(CancellationToken.None)).SendAsync(command);

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections.OfType<RespConnection>())
        {
            await connection.DisposeAsync();
        }

        _opening.Dispose();
    }

    private async Task<RespConnection> ConnectionAsync(CancellationToken cancellationToken)
    {
        var turn = (int)((uint)Interlocked.Increment(ref _next) % _connections.Length);
        if (_connections[turn] is { IsBroken: false } ready)
        {
            return ready;
        }

        await _opening.WaitAsync(cancellationToken);
        try
        {
            return _connections[turn] is { IsBroken: false } opened
                ? opened
                : _connections[turn] = await RespConnection.ConnectAsync(port, cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }
}
