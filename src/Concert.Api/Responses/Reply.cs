using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Concert.Api.Json;

namespace Concert.Api.Responses;

/// <summary>A success: <c>{"success":true,"data":…}</c>, or bytes of another kind as they are.</summary>
internal sealed class Reply : IResult
{
    private static readonly byte[] Before = [.. "{\"success\":true,\"data\":"u8];
    private static readonly byte[] After = [.. "}"u8];

    private readonly int _status;
    private readonly ReadOnlyMemory<byte> _body;
    private readonly string? _contentType;
    private readonly bool _enveloped;

    private Reply(int status, ReadOnlyMemory<byte> body, string? contentType, bool enveloped) =>
        (_status, _body, _contentType, _enveloped) = (status, body, contentType, enveloped);

    /// <summary>Data in its envelope.</summary>
    public static Reply Of<T>(T data, int status = StatusCodes.Status200OK) => Rendered(JsonSerializer.SerializeToUtf8Bytes(data, Known<T>.Type), status);

    /// <summary>The same around JSON that is rendered already.</summary>
    public static Reply Rendered(ReadOnlyMemory<byte> json, int status = StatusCodes.Status200OK) => new(status, json, MediaTypes.Json, enveloped: true);

    public static Reply Bytes(ReadOnlyMemory<byte> body, string contentType) => new(StatusCodes.Status200OK, body, contentType, enveloped: false);

    public static Reply Empty(int status) => new(status, default, null, enveloped: false);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = _status;
        if (_contentType is null)
        {
            return Task.CompletedTask;
        }

        response.ContentType = _contentType;
        var (before, after) = _enveloped ? (Before, After) : ([], []);
        response.ContentLength = before.Length + _body.Length + after.Length;
        // Written in parts, because a seat map is large, cached and must not be copied for every buyer.
        var writer = response.BodyWriter;
        writer.Write(before);
        writer.Write(_body.Span);
        writer.Write(after);
        // Whether the client is still there is not known before the next request, and then it does not matter.
        var flushed = writer.FlushAsync(CancellationToken.None);
        return flushed.IsCompletedSuccessfully ? Task.CompletedTask : flushed.AsTask();
    }

    private static class Known<T>
    {
        public static readonly JsonTypeInfo<T> Type = (JsonTypeInfo<T>)ApiJson.Wire.GetTypeInfo(typeof(T))!;
    }
}

internal static class ResultReplies
{
    /// <summary>The value in its envelope, or the refusal as a problem.</summary>
    public static IResult ToReply<T>(this Result<T> result, int status = StatusCodes.Status200OK) =>
        result.IsRefused(out var refusal) ? Problem.From(refusal) : Reply.Of(result.Value, status);
}

internal static class MediaTypes
{
    public const string Json = "application/json; charset=utf-8";
    public const string Html = "text/html; charset=utf-8";
    public const string Svg = "image/svg+xml";
    public const string Csv = "text/csv";
}
