using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Concert.Booking.Catalog;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Net.Http.Headers;

namespace Concert.Api.Responses;

/// <summary>
/// Seat maps as they are sent, compressed once for all who ask for the same one, in each coding that is asked for: a map has hundreds of kilobytes, and a sale
/// has thousands of readers. What was compressed goes with the map that it was made from.
/// </summary>
internal sealed class PackedMaps(IResponseCompressionProvider compression)
{
    private readonly ConditionalWeakTable<SeatMap, Codings> _packed = [];

    /// <summary>Answers with the map, in the coding that the client would rather have.</summary>
    public IResult Of(SeatMap map) => new PackedReply(this, map);

    private async Task WriteAsync(HttpContext http, SeatMap map)
    {
        var plain = Reply.Rendered(map.Json);
        var response = http.Response;
        (response.ContentType, response.ContentLength) = (MediaTypes.Json, plain.Length());
        if (!compression.CheckRequestAcceptsCompression(http)
            || !compression.ShouldCompressResponse(http)
            || compression.GetCompressionProvider(http) is not { } coding)
        {
            await plain.ExecuteAsync(http);
            return;
        }

        var body = await PackedAsync(map, plain, coding);
        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        response.Headers.ContentEncoding = coding.EncodingName;
        response.ContentLength = body.Length;
        // Whether the client is still there is not known before the next request, and then it does not matter.
        await response.Body.WriteAsync(body, CancellationToken.None);
    }

    /// <summary>The first to ask makes it, and those who ask meanwhile wait for it.</summary>
    private Task<byte[]> PackedAsync(SeatMap map, Reply plain, ICompressionProvider coding)
    {
        var codings = _packed.GetOrCreateValue(map);
        if (codings.TryGetValue(coding.EncodingName, out var packed))
        {
            return packed;
        }

        var own = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        packed = codings.GetOrAdd(coding.EncodingName, own.Task);
        if (packed != own.Task)
        {
            return packed;
        }

        try
        {
            own.SetResult(Pack(plain, coding));
            return packed;
        }
        catch (Exception fault)
        {
            // A fault is that of those who wait, and of nobody after them.
            codings.TryRemove(coding.EncodingName, out _);
            own.SetException(fault);
            _ = packed.Exception;
            throw;
        }
    }

    private static byte[] Pack(Reply plain, ICompressionProvider coding)
    {
        using var packed = new MemoryStream();
        using (var stream = coding.CreateStream(packed))
        {
            foreach (var part in plain.Body)
            {
                stream.Write(part.Span);
            }
        }

        return packed.ToArray();
    }

    private sealed class Codings() : ConcurrentDictionary<string, Task<byte[]>>(StringComparer.Ordinal);

    private sealed class PackedReply(PackedMaps maps, SeatMap map) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => maps.WriteAsync(httpContext, map);
    }
}
