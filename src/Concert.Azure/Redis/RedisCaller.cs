using Concert.Booking.Storage;
using Concert.Azure.Redis.Scripting;
using Microsoft.Extensions.Logging;

namespace Concert.Azure.Redis;

/// <summary>A reply, or why there is none.</summary>
internal readonly record struct RedisAttempt(RedisReply? Reply, Exception? Failure);

/// <summary>Runs scripts within a time limit and behind a circuit breaker of its own, and turns every failure into a value.</summary>
internal sealed class RedisCaller(IRedisScripts scripts, TimeProvider time, TimeSpan timeout, CircuitBreaker breaker, ILogger logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>For callers who cannot do without: throws <see cref="StoreUnavailableException"/>.</summary>
    public async Task<RedisReply> RunAsync(
        RedisScript script, IReadOnlyList<string> keys, IReadOnlyList<RedisArgument> arguments, CancellationToken cancellationToken)
    {
        var attempt = await TryAsync(script, keys, arguments, cancellationToken);
        return attempt.Reply ?? throw new StoreUnavailableException($"Redis did not run {script.Name}.", RetryAfter, attempt.Failure);
    }

    /// <summary>Throws <see cref="OperationCanceledException"/> when the caller gave up, and nothing else.</summary>
    public async Task<RedisAttempt> TryAsync(
        RedisScript script, IReadOnlyList<string> keys, IReadOnlyList<RedisArgument> arguments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!breaker.TryPass())
        {
            return new RedisAttempt(null, null);
        }

        try
        {
            // The wait ends in time even when the client library cannot cancel what it has sent.
            var reply = await scripts.RunAsync(script, keys, arguments, cancellationToken).WaitAsync(timeout, time, cancellationToken);
            breaker.Succeeded();
            return new RedisAttempt(reply, null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever the client library throws means the same: Redis did not do it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            breaker.Failed();
            logger.LogWarning(failure, "Redis did not run {Script}", script.Name);
            return new RedisAttempt(null, failure);
        }
    }
}
