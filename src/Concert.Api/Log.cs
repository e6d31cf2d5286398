using Microsoft.Extensions.Logging;

namespace Concert.Api;

/// <summary>The API's log messages: operations and traces, never users, tokens or bodies.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "{Operation} failed unexpectedly; trace {TraceId}")]
    public static partial void Unexpected(ILogger logger, Exception exception, string operation, string traceId);

    [LoggerMessage(2, LogLevel.Warning, "{Operation} answered 503: a dependency is not responding")]
    public static partial void Unavailable(ILogger logger, Exception exception, string operation);

    [LoggerMessage(4, LogLevel.Warning, "Readiness: {Dependency} is not available")]
    public static partial void NotReady(ILogger logger, Exception exception, string dependency);
}
