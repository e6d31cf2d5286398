using Concert.Azure.Redis.Scripting;
using StackExchange.Redis;

namespace ConcertFunctions.Azure;

/// <summary>Runs scripts with StackExchange.Redis: EVALSHA first, and EVAL where the server does not know the script yet.</summary>
internal sealed class StackExchangeRedisScripts(RedisConnection connection) : IRedisScripts
{
    public async Task<RedisReply> RunAsync(
        RedisScript script, IReadOnlyList<string> keys, IReadOnlyList<RedisArgument> arguments, CancellationToken cancellationToken)
    {
        var database = (await connection.GetAsync().WaitAsync(cancellationToken)).GetDatabase();
        RedisKey[] redisKeys = [.. keys.Select(k => (RedisKey)k)];
        RedisValue[] values = [.. arguments.Select(a => (RedisValue)a.Bytes)];
        RedisResult result;
        try
        {
            result = await database.ScriptEvaluateAsync(Convert.FromHexString(script.Sha1), redisKeys, values).WaitAsync(cancellationToken);
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            result = await database.ScriptEvaluateAsync(script.Text, redisKeys, values).WaitAsync(cancellationToken);
        }

        return Map(result);
    }

    private static RedisReply Map(RedisResult result)
    {
        if (result.IsNull)
        {
            return new RedisReply.Nil();
        }

        return result.Resp2Type switch
        {
            ResultType.Integer => new RedisReply.Integer((long)result),
            ResultType.Array => new RedisReply.Array([.. ((RedisResult[])result!).Select(Map)]),
            _ => new RedisReply.Bulk((byte[])result!),
        };
    }
}
