using Concert.Booking.Ports;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;
using StackExchange.Redis;

namespace Concert.Azure.Redis;

/// <summary>
/// From outside in: a breaker that counts whole calls, the bound of a call, and for who has nobody else to ask retries within that bound. (A breaker
/// inside of the retries would open at a blip that they bridge.)
/// </summary>
internal static class RedisPipelines
{
    /// <summary>The room fails closed, so it is tried again, and given up only when half of its calls fail.</summary>
    public static ResiliencePipeline<RedisResult> Room(RedisOptions options, TimeProvider time, IRandomSource random) =>
        Begin<RedisResult>(time)
            .AddCircuitBreaker(Breaker<RedisResult>(options, options.RoomTimeout, failureRatio: 0.5, atLeast: 3))
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.RoomTimeout })
            .AddRetry(new RetryStrategyOptions<RedisResult>
            {
                MaxRetryAttempts = 3,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(100),
                UseJitter = true,
                Randomizer = random.NextDouble,
                ShouldHandle = new PredicateBuilder<RedisResult>().Handle<RedisException>(WillPass),
            })
            .Build();

    /// <summary>Gate, maps and catalogue have another way, and take it as soon as one call in ten fails (two at least were made): waiting for each is dearer.</summary>
    public static ResiliencePipeline<T> Skippable<T>(RedisOptions options, TimeProvider time, TimeSpan timeout) =>
        Begin<T>(time)
            .AddCircuitBreaker(Breaker<T>(options, timeout, failureRatio: 0.1, atLeast: 2))
            .AddTimeout(new TimeoutStrategyOptions { Timeout = timeout })
            .Build();

    private static ResiliencePipelineBuilder<T> Begin<T>(TimeProvider time) => new() { TimeProvider = time };

    private static CircuitBreakerStrategyOptions<T> Breaker<T>(RedisOptions options, TimeSpan timeout, double failureRatio, int atLeast) => new()
    {
        FailureRatio = failureRatio,
        MinimumThroughput = atLeast,

        // Long enough for calls that come one after another and all take as long as they may.
        SamplingDuration = TimeSpan.FromTicks(Math.Max(TimeSpan.FromSeconds(5).Ticks, 5 * timeout.Ticks)),
        BreakDuration = options.SkipAfterFailure,

        // No caller's token comes this far: what was cancelled took too long.
        ShouldHandle = new PredicateBuilder<T>().Handle<Exception>(),
    };

    /// <summary>
    /// Connections that are being made anew, and a server that is starting or failing over. Every script may run twice; one that is still running
    /// (<see cref="RedisTimeoutException"/>) must not be piled upon.
    /// </summary>
    private static bool WillPass(RedisException fault) =>
        fault is RedisConnectionException
        || (fault is RedisServerException
            && (fault.Message.StartsWith("LOADING", StringComparison.Ordinal)
                || fault.Message.StartsWith("READONLY", StringComparison.Ordinal)
                || fault.Message.StartsWith("TRYAGAIN", StringComparison.Ordinal)
                || fault.Message.StartsWith("CLUSTERDOWN", StringComparison.Ordinal)
                || fault.Message.StartsWith("MASTERDOWN", StringComparison.Ordinal)));
}
