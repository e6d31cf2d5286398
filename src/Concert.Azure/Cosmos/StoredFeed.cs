using System.Runtime.InteropServices;
using System.Text.Json;
using Concert.Booking.Ports;
using Microsoft.Azure.Cosmos;

namespace Concert.Azure.Cosmos;

/// <summary>Reads the SDK's raw answers without turning documents into objects.</summary>
internal static class StoredFeed
{
    public static async Task<byte[]> BytesAsync(Stream content, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream(content.CanSeek ? (int)content.Length : 4096);
        await content.CopyToAsync(buffer, cancellationToken);
        return buffer.ToArray();
    }

    /// <summary>The documents of a page of a feed, <c>{"Documents":[…]}</c>.</summary>
    public static async Task<List<StoredDocument>> ParseAsync(Stream content, CancellationToken cancellationToken)
    {
        using var feed = await JsonDocument.ParseAsync(content, cancellationToken: cancellationToken);
        return [.. feed.RootElement.GetProperty("Documents").EnumerateArray().Select(Document)];
    }

    /// <summary>The documents of a page across partitions, each with the partition it names.</summary>
    public static async Task<List<LocatedDocument>> ParseLocatedAsync(CosmosContainer container, Stream content, CancellationToken cancellationToken)
    {
        using var feed = await JsonDocument.ParseAsync(content, cancellationToken: cancellationToken);
        return
        [
            .. feed.RootElement.GetProperty("Documents").EnumerateArray().Select(item => new LocatedDocument(
                new PartitionRef(container.Container, item.GetProperty(container.PartitionProperty).GetString()!), Document(item))),
        ];
    }

    public static TimeSpan? RetryAfterOrNull(this Headers headers) =>
        long.TryParse(headers["x-ms-retry-after-ms"], out var milliseconds) ? TimeSpan.FromMilliseconds(milliseconds) : null;

    private static StoredDocument Document(JsonElement item) => new(
        item.GetProperty("id").GetString()!, JsonMarshal.GetRawUtf8Value(item).ToArray(), item.GetProperty("_etag").GetString()!);
}
