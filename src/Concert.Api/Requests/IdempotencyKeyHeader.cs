using Concert.Api.Responses;
using Microsoft.AspNetCore.Http;

namespace Concert.Api.Requests;

internal static class IdempotencyKeyHeader
{
    public const string Name = "Idempotency-Key";

    /// <summary>1 to 255 visible ASCII characters, given once; null when absent.</summary>
    public static Input<string?> Read(IHeaderDictionary headers)
    {
        var values = headers[Name];
        if (values.Count == 0)
        {
            return (string?)null;
        }

        return values is [{ Length: >= 1 and <= ApiLimits.IdempotencyKeyLength } key] && key.All(c => c is > ' ' and < '\x7f')
            ? key
            : Problem.Invalid($"{Name} must be given once, with 1 to {ApiLimits.IdempotencyKeyLength} visible ASCII characters.");
    }
}
