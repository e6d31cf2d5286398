namespace Concert.Azure.Redis.Scripting;

/// <summary>The one thing asked of a Redis client: run a script on the primary. The head gives it with the client library of its choice.</summary>
public interface IRedisScripts
{
    /// <summary>
    /// Runs <paramref name="script"/>: EVALSHA by <see cref="RedisScript.Sha1"/> and, when Redis does not know it (NOSCRIPT), EVAL of its text.
    /// Throws whatever the client throws when Redis is away, refuses or fails the script; never answers with a half result.
    /// Callers bound the time themselves, so an implementation that cannot cancel a call that was sent may ignore the token.
    /// </summary>
    /// <param name="script">One of the scripts of this library.</param>
    /// <param name="keys">KEYS, all of one hash slot.</param>
    /// <param name="arguments">ARGV.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<RedisReply> RunAsync(
        RedisScript script, IReadOnlyList<string> keys, IReadOnlyList<RedisArgument> arguments, CancellationToken cancellationToken);
}
