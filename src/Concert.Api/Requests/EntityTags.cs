using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Concert.Api.Requests;

internal static class EntityTags
{
    /// <summary>Whether <c>If-None-Match</c> names this version: a list compared weakly, or <c>*</c> (RFC 9110, 13.1.2).</summary>
    public static bool Matches(StringValues ifNoneMatch, string etag)
    {
        if (ifNoneMatch.Count == 0 || !EntityTagHeaderValue.TryParseList([.. ifNoneMatch.Select(v => v ?? "")], out var tags))
        {
            return false;
        }

        var current = EntityTagHeaderValue.Parse(etag);
        return tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(current, useStrongComparison: false));
    }
}
