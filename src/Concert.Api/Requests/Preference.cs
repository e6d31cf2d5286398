using Microsoft.Extensions.Primitives;

namespace Concert.Api.Requests;

/// <summary>The <c>Prefer</c> header (RFC 7240). What is malformed or unknown is ignored, as preferences may be.</summary>
internal static class Preference
{
    /// <summary>The seconds of the first well-formed <c>wait=N</c>, at most <see cref="ApiLimits.MaxWaitSeconds"/>; null without one.</summary>
    public static int? WaitSeconds(IHeaderDictionary headers)
    {
        foreach (var line in headers["Prefer"])
        {
            foreach (var preference in new StringTokenizer(line ?? "", [',']))
            {
                // "wait=5; foo" has parameters that mean nothing here.
                var parts = new StringTokenizer(preference, [';']).First().Split(['=']).Take(2).ToArray();
                if (parts.Length == 2
                    && parts[0].Trim().Equals("wait", StringComparison.OrdinalIgnoreCase)
                    && Seconds(parts[1].Trim()) is { } seconds)
                {
                    return seconds;
                }
            }
        }

        return null;
    }

    private static int? Seconds(StringSegment text)
    {
        if (text.Length > 2 && text[0] == '"' && text[^1] == '"')
        {
            text = text.Subsegment(1, text.Length - 2);
        }

        if (text.Length is 0 or > 9)
        {
            return null;
        }

        return int.TryParse(text.AsSpan(), System.Globalization.NumberStyles.None, null, out var seconds)
            ? Math.Min(seconds, ApiLimits.MaxWaitSeconds)
            : null;
    }
}
