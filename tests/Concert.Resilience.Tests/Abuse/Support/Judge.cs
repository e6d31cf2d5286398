using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Concert.Resilience.Tests.Abuse.Support;

/// <summary>What holds for every answer, whatever was asked.</summary>
internal static partial class Judge
{
    /// <summary>What the HTTP server itself refuses with, before any operation is chosen: no body, and the connection ends.</summary>
    private static readonly int[] OfTheServer = [400, 405, 408, 411, 413, 414, 417, 431, 505];

    /// <summary>What is wrong with the answer; null when nothing is.</summary>
    public static string? Wrong(Request request, Answer answer)
    {
        // 505 is the HTTP server's no to a version of HTTP that it does not speak.
        if (answer.Status >= 500 && answer.Status != 505)
        {
            return "a server error";
        }

        if (answer.Headers.Any(h => h.Name.Contains("inject", StringComparison.OrdinalIgnoreCase)))
        {
            return "an injected header";
        }

        if (answer.Status < 400)
        {
            return Header(answer, "X-Content-Type-Options") == "nosniff" ? null : "a success without nosniff";
        }

        if (answer.Header("Content-Type") is null)
        {
            return OfTheServer.Contains(answer.Status) && answer.Body.Length == 0 && answer.Closes ? null : "an empty refusal that is not the server's";
        }

        return request.IsHead ? null : WrongProblem(answer) ?? (Leak().Match(answer.Text) is { Success: true } leak ? $"a leak: {leak.Value}" : null);
    }

    private static string? WrongProblem(Answer answer)
    {
        if (Header(answer, "Content-Type") != "application/problem+json; charset=utf-8")
        {
            return "a failure that is no problem+json";
        }

        if (Header(answer, "Cache-Control")?.Split(',').Contains("no-store") is not true || Header(answer, "X-Content-Type-Options") != "nosniff")
        {
            return "a failure that could be cached or sniffed";
        }

        if (answer.Status is 403 or 429 or 503 && !int.TryParse(answer.Header("Retry-After"), out _))
        {
            return "no Retry-After";
        }

        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(answer.Body);
            using var json = JsonDocument.Parse(answer.Body);
            var problem = json.RootElement;
            var isWhole = Text(problem, "type").StartsWith("urn:concert:problem:", StringComparison.Ordinal)
                && Text(problem, "title").Length > 0
                && Text(problem, "detail").Length > 0
                && Text(problem, "message").Length > 0
                && Code().IsMatch(Text(problem, "code"))
                && problem.GetProperty("status").GetInt32() == answer.Status
                && !problem.GetProperty("success").GetBoolean();
            return isWhole ? null : "a problem that lacks something";
        }
        catch (Exception fault) when (fault is JsonException or DecoderFallbackException or KeyNotFoundException or InvalidOperationException)
        {
            return $"a problem that cannot be read: {fault.Message}";
        }
    }

    private static string? Header(Answer answer, string name) => answer.Header(name);

    private static string Text(JsonElement problem, string name) => problem.GetProperty(name).GetString() ?? "";

    [GeneratedRegex(@"^[a-z]+(-[a-z]+)*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();

    // A stack frame, a type's name, a source file, or a place on the machine.
    [GeneratedRegex(
        @"\bat [A-Z]\w+\.|\b(System|Microsoft|Kestrel|Newtonsoft)\.\w|Concert\.(Api|Booking|Embedded)|\w+Exception\b|StackTrace|\.cs\b|/(home|tmp|usr|work)/",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Leak();
}
