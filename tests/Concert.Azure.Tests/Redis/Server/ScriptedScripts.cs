using System.Collections.Concurrent;
using Concert.Azure.Redis.Scripting;

namespace Concert.Azure.Tests.Redis.Server;

/// <summary>One call of a script.</summary>
public sealed record ScriptCall(RedisScript Script, IReadOnlyList<string> Keys);

/// <summary>The port as a test wants it, and a record of what was asked of it.</summary>
public sealed class ScriptedScripts(Func<ScriptCall, IReadOnlyList<RedisArgument>, Task<RedisReply>> answer) : IRedisScripts
{
    private readonly ConcurrentQueue<ScriptCall> _calls = new();

    public IReadOnlyList<ScriptCall> Calls => [.. _calls];

    public Func<ScriptCall, IReadOnlyList<RedisArgument>, Task<RedisReply>> Answer { get; set; } = answer;

    public Task<RedisReply> RunAsync(
        RedisScript script, IReadOnlyList<string> keys, IReadOnlyList<RedisArgument> arguments, CancellationToken cancellationToken)
    {
        var call = new ScriptCall(script, keys);
        _calls.Enqueue(call);
        return Answer(call, arguments);
    }
}
