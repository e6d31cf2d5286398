using System.Diagnostics;
using System.Text.Json;
using Concert.Api.Json;

namespace Concert.Api.Responses;

/// <summary>The one place that writes a failure, whoever found it: an endpoint, a filter, routing, the limiter or an exception.</summary>
internal static class ProblemWriter
{
    public static Task WriteAsync(HttpContext http, Problem problem)
    {
        var response = http.Response;
        var headers = response.Headers;
        response.StatusCode = problem.Status;
        response.ContentType = "application/problem+json; charset=utf-8";
        DefaultHeaders.Set(http);
        headers.CacheControl = DefaultHeaders.NoStore;
        if (problem.EndsConnection)
        {
            headers.Connection = "close";
        }

        if (problem.RetryAfter is { } after)
        {
            headers.RetryAfter = Seconds(after);
        }

        if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            headers.WWWAuthenticate = problem.Challenge;
        }

        var trace = Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier;
        var body = JsonSerializer.SerializeToUtf8Bytes(ProblemBody.Of(problem, trace), ApiJson.Wire.ProblemBody);
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, CancellationToken.None).AsTask();
    }

    /// <summary>Whole seconds, rounded up, at least one: asking earlier would be in vain.</summary>
    public static string Seconds(TimeSpan time) => Math.Max(1, (long)Math.Ceiling(time.TotalSeconds)).ToString();
}
