using Concert.Azure.Redis.Scripting;
using Concert.Booking.Ports;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace Concert.Azure.Redis;

/// <summary>A reply, or why there is none.</summary>
internal readonly record struct RedisAttempt(RedisResult? Reply, Exception? Failure);

/// <summary>Runs scripts on the primary, within the limits of <paramref name="pipeline"/>, and turns every failure into a value.</summary>
internal sealed class RedisCaller(RedisConnection connection, ResiliencePipeline<RedisResult> pipeline, ILogger logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>For callers who cannot do without: throws <see cref="StoreUnavailableException"/>.</summary>
    public async Task<RedisResult> RunAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        var attempt = await TryAsync(script, keys, arguments, cancellationToken);
        return attempt.Reply ?? throw new StoreUnavailableException($"Redis did not run {script.Name}.", RetryAfter, attempt.Failure);
    }

    /// <summary>Throws <see cref="OperationCanceledException"/> when the caller gave up, and nothing else.</summary>
    public async Task<RedisAttempt> TryAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // Not under the caller's token: a call that somebody gave up says nothing about Redis, so the breaker waits for what becomes of it.
        var call = CallAsync(new ScriptCall(script, keys, arguments));
        var outcome = await (call.IsCompleted ? call : call.WaitAsync(cancellationToken));
        if (outcome.Exception is { } failure and not BrokenCircuitException)
        {
            logger.LogWarning(failure, "Redis did not run {Script}", script.Name);
        }

        return new RedisAttempt(outcome.Result, outcome.Exception);
    }

    private async Task<Outcome<RedisResult>> CallAsync(ScriptCall call)
    {
        var context = ResilienceContextPool.Shared.Get(CancellationToken.None);
        try
        {
            return await pipeline.ExecuteOutcomeAsync(static (context, state) => state.Caller.SendAsync(state.Call, context.CancellationToken), context, (Caller: this, Call: call));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>The wait ends in time although the client cannot take back what it has sent.</summary>
    private async ValueTask<Outcome<RedisResult>> SendAsync(ScriptCall call, CancellationToken limit)
    {
        try
        {
            var multiplexer = await connection.GetAsync().AsTask().WaitAsync(limit);
            var database = multiplexer.GetDatabase();
            return Outcome.FromResult(await database.ScriptEvaluateAsync(call.Script.Text, call.Keys, call.Arguments, CommandFlags.DemandMaster).WaitAsync(limit));
        }
#pragma warning disable CA1031 // Whatever the client library throws means the same: Redis did not do it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return Outcome.FromException<RedisResult>(failure);
        }
    }

    private readonly record struct ScriptCall(RedisScript Script, RedisKey[] Keys, RedisValue[] Arguments);
}
