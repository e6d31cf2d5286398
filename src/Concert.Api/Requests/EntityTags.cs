using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Concert.Api.Requests;

internal static class EntityTags
{
    /// <summary>The reply under its tag, or 304 when <c>If-None-Match</c> names this version: a list compared weakly, or <c>*</c> (RFC 9110, 13.1.2).</summary>
    public static IResult Answer(HttpContext http, string etag, IResult reply)
    {
        // A client that may get it compressed, now or the next time, gets a weak tag: its bytes are not always the same.
        http.Response.Headers.ETag = http.Request.Headers.AcceptEncoding.Count > 0 ? "W/" + etag : etag;
        return Matches(http.Request.Headers.IfNoneMatch, etag) ? Reply.Empty(StatusCodes.Status304NotModified) : reply;
    }

    private static bool Matches(StringValues ifNoneMatch, string etag)
    {
        if (ifNoneMatch.Count == 0 || !EntityTagHeaderValue.TryParseList([.. ifNoneMatch.Select(v => v ?? "")], out var tags))
        {
            return false;
        }

        var current = EntityTagHeaderValue.Parse(etag);
        return tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(current, useStrongComparison: false));
    }
}
