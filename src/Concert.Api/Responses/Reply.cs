using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Concert.Api.Json;

namespace Concert.Api.Responses;

/// <summary>A success: <c>{"success":true,"data":…}</c>, or bytes of another kind as they are.</summary>
internal sealed class Reply : IResult
{
    private const int MaxUnsent = 1024 * 1024;

    private static readonly ReadOnlyMemory<byte> Before = "{\"success\":true,\"data\":"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> After = "}"u8.ToArray();

    private readonly int _status;
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _body;
    private readonly string? _contentType;

    private Reply(int status, IReadOnlyList<ReadOnlyMemory<byte>> body, string? contentType) => (_status, _body, _contentType) = (status, body, contentType);

    /// <summary>Data in its envelope.</summary>
    public static Reply Of<T>(T data, int status = StatusCodes.Status200OK) => Rendered([JsonSerializer.SerializeToUtf8Bytes(data, Known<T>.Type)], status);

    /// <summary>The same around JSON that is rendered already, in parts.</summary>
    public static Reply Rendered(IReadOnlyList<ReadOnlyMemory<byte>> json, int status = StatusCodes.Status200OK) =>
        new(status, [Before, .. json, After], MediaTypes.Json);

    public static Reply Bytes(ReadOnlyMemory<byte> body, string contentType) => new(StatusCodes.Status200OK, [body], contentType);

    /// <summary>The body, in parts.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Body => _body;

    public static Reply Empty(int status) => new(status, [], null);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = _status;
        if (_contentType is null)
        {
            return Task.CompletedTask;
        }

        response.ContentType = _contentType;
        response.ContentLength = Length();
        // Begun first: what is written before goes by buffers of its own, from which the server copies it.
        var begun = response.StartAsync(CancellationToken.None);
        return begun.IsCompletedSuccessfully ? WriteAsync(response.BodyWriter) : BeginSlowlyAsync(begun, response);
    }

    /// <summary>Bytes of the body.</summary>
    public long Length()
    {
        var length = 0L;
        for (var i = 0; i < _body.Count; i++)
        {
            length += _body[i].Length;
        }

        return length;
    }

    private async Task BeginSlowlyAsync(Task begun, HttpResponse response)
    {
        await begun;
        await WriteAsync(response.BodyWriter);
    }

    /// <summary>
    /// Written in parts, because a seat map is large, cached and must not be copied for every buyer: no more of it waits in memory than
    /// <see cref="MaxUnsent"/> and a part.
    /// </summary>
    private Task WriteAsync(PipeWriter writer)
    {
        var unsent = 0;
        for (var i = 0; i < _body.Count; i++)
        {
            writer.Write(_body[i].Span);
            unsent += _body[i].Length;
            if (unsent > MaxUnsent && i < _body.Count - 1)
            {
                return WriteSlowlyAsync(writer, i + 1);
            }
        }

        // Whether the client is still there is not known before the next request, and then it does not matter.
        var flushed = writer.FlushAsync(CancellationToken.None);
        return flushed.IsCompletedSuccessfully ? Task.CompletedTask : flushed.AsTask();
    }

    private async Task WriteSlowlyAsync(PipeWriter writer, int from)
    {
        var flushed = await writer.FlushAsync(CancellationToken.None);
        for (var i = from; i < _body.Count && !flushed.IsCompleted; i++)
        {
            flushed = await writer.WriteAsync(_body[i], CancellationToken.None);
        }
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
    public const string EventStream = "text/event-stream";
}
