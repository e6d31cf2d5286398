using Concert.Api;

namespace Concert.Benchmarks.Services;

/// <param name="Method">GET or POST.</param>
/// <param name="Path">Without the query.</param>
/// <param name="Query">With its question mark; empty for none.</param>
/// <param name="Token">The queue token; empty for staff.</param>
/// <param name="Body">JSON; null for none.</param>
internal sealed record HttpCall(string Method, string Path, string Query, string Token, byte[]? Body = null)
{
    /// <summary>The entity tag that the caller has already.</summary>
    public string? IfNoneMatch { get; init; }

    /// <summary>A call of staff that takes this media type; null for a buyer's.</summary>
    public string? StaffAccept { get; init; }
}

/// <summary>Requests handed to the service's own pipeline as a server would, each in a context of its own. Answers are written to nowhere.</summary>
internal sealed class HttpCalls(IServiceProvider services)
{
    public const string AdminKey = "the admin key of the benchmarks";

    private readonly ApiPipeline _pipeline = services.GetRequiredService<ApiPipeline>();
    private readonly IServiceScopeFactory _scopes = services.GetRequiredService<IServiceScopeFactory>();

    /// <summary>The answer's status and entity tag.</summary>
    public async Task<(int Status, string ETag)> SendAsync(HttpCall call)
    {
        var http = Context(call);
        await _pipeline.InvokeAsync(http);
        return (http.Response.StatusCode, http.Response.Headers.ETag.ToString());
    }

    /// <summary>Throws when the answer is another one.</summary>
    public async Task ExpectAsync(HttpCall call, int status)
    {
        var http = Context(call);
        await _pipeline.InvokeAsync(http);
        if (http.Response.StatusCode != status)
        {
            throw new InvalidOperationException($"{call.Method} {call.Path} answered {http.Response.StatusCode} instead of {status}.");
        }
    }

    /// <summary>The request alone, which each measurement includes.</summary>
    public HttpContext Context(HttpCall call)
    {
        var http = new DefaultHttpContext { ServiceScopeFactory = _scopes };
        var request = http.Request;
        (request.Method, request.Scheme, request.Protocol, request.Host) = (call.Method, "http", "HTTP/1.1", new HostString("bench"));
        (request.Path, request.QueryString) = (call.Path, new QueryString(call.Query));
        if (call.StaffAccept is { } accept)
        {
            request.Headers["x-admin-key"] = AdminKey;
            request.Headers.Accept = accept;
        }
        else
        {
            request.Headers["queue-token"] = call.Token;
        }

        if (call.IfNoneMatch is { } tag)
        {
            request.Headers.IfNoneMatch = tag;
        }

        if (call.Body is { } body)
        {
            (request.ContentType, request.ContentLength, request.Body) = ("application/json", body.Length, new MemoryStream(body));
        }

        http.Response.Body = Stream.Null;
        return http;
    }
}
