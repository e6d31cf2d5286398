using Microsoft.Net.Http.Headers;

namespace Concert.Api.Requests;

/// <summary>Which of two forms of an answer the client would rather have (RFC 9110, 12.5.1).</summary>
internal static class Negotiation
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <summary>
    /// Whether <paramref name="mediaType"/> is wanted more than JSON, or as much but more exactly named. A header that cannot be read asks for nothing.
    /// </summary>
    public static bool Prefers(HttpRequest request, string mediaType)
    {
        if (request.Headers.Accept is { Count: 0 } || !MediaTypeHeaderValue.TryParseList([.. request.Headers.Accept.Select(v => v ?? "")], out var accepted))
        {
            return false;
        }

        var other = Wanted(accepted, new MediaTypeHeaderValue(mediaType));
        return other.Quality > 0 && other.CompareTo(Wanted(accepted, Json)) > 0;
    }

    /// <summary>By the most exact range that has it.</summary>
    private static (double Quality, int Exactness) Wanted(IList<MediaTypeHeaderValue> accepted, MediaTypeHeaderValue type) => accepted
        .Where(type.IsSubsetOf)
        .Select(range => (Quality: range.Quality ?? 1, Exactness: range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2))
        .OrderByDescending(range => range.Exactness)
        .FirstOrDefault();
}
