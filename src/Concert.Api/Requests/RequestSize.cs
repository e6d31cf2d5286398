using Microsoft.AspNetCore.Http.Features;

namespace Concert.Api.Requests;

/// <summary>
/// Limits of address and headers that answer with a problem. A server's own limits, which it refuses without a body, lie far above them.
/// </summary>
internal static class RequestSize
{
    /// <summary>Null when the request is within the limits.</summary>
    public static Problem? TooLarge(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (target is { Length: > ApiLimits.TargetLength })
        {
            return Problem.TargetTooLong;
        }

        var (count, length) = (0, 0);
        foreach (var (name, values) in http.Request.Headers)
        {
            foreach (var value in values)
            {
                count++;
                length += name.Length + (value?.Length ?? 0);
            }
        }

        return count > ApiLimits.HeaderCount || length > ApiLimits.HeadersLength ? Problem.HeadersTooLarge : null;
    }
}
