using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Concert.Api.Json;
using Microsoft.AspNetCore.Http;

namespace Concert.Api.Responses;

internal static class ReplyWriter
{
    private static readonly byte[] Before = [.. "{\"success\":true,\"data\":"u8];
    private static readonly byte[] After = [.. "}"u8];

    public static async Task WriteAsync(HttpContext http, ApiReply reply, CancellationToken cancellationToken)
    {
        var response = http.Response;
        response.StatusCode = reply.Status;
        var headers = response.Headers;
        headers.XContentTypeOptions = "nosniff";
        foreach (var (name, value) in reply.Headers)
        {
            headers[name] = value;
        }

        // Whatever does not say otherwise may be about one user, and so is kept by nobody.
        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store";
        }

        // No server reads so long a body to its end: the next request on the connection would be dropped without a word.
        if (http.Request.ContentLength > ApiLimits.BodyBytes || reply.Problem is { EndsConnection: true })
        {
            headers.Connection = "close";
        }

        var body = reply.Body;
        if (reply.Problem is { } problem)
        {
            body = Render(http, problem, reply.Checks);
            response.ContentType = "application/problem+json; charset=utf-8";
            Describe(headers, problem);
        }
        else if (reply.ContentType is { } type)
        {
            response.ContentType = type;
        }

        if (reply.Status is 204 or 304)
        {
            return;
        }

        // Written in parts, because a seat map is large, cached and must not be copied for every buyer.
        var (before, after) = reply.Enveloped ? (Before, After) : ([], []);
        response.ContentLength = before.Length + body.Length + after.Length;
        response.BodyWriter.Write(before);
        response.BodyWriter.Write(body.Span);
        response.BodyWriter.Write(after);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }

    /// <summary>Whole seconds, rounded up, at least one: asking earlier would be in vain.</summary>
    public static string Seconds(TimeSpan time) => Math.Max(1, (long)Math.Ceiling(time.TotalSeconds)).ToString();

    private static void Describe(IHeaderDictionary headers, Problem problem)
    {
        if (problem.RetryAfter is { } after)
        {
            headers.RetryAfter = Seconds(after);
        }

        if (problem.Status == StatusCodes.Status401Unauthorized && headers.WWWAuthenticate.Count == 0)
        {
            headers.WWWAuthenticate = "QueueToken realm=\"concert\"";
        }
    }

    private static byte[] Render(HttpContext http, Problem problem, IReadOnlyList<DependencyHealth>? checks)
    {
        var trace = Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier;
        var body = new ProblemBody(
            Problems.TypePrefix + problem.Code, problem.Title, problem.Status, problem.Detail, Success: false, problem.Detail, problem.Code, trace, checks);
        return JsonSerializer.SerializeToUtf8Bytes(body, ApiJson.Wire.ProblemBody);
    }
}
