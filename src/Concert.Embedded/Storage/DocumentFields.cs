using System.Text;
using System.Text.Json;

namespace Concert.Embedded.Storage;

/// <summary>The top-level properties the store acts on.</summary>
/// <param name="Type">UTF-8 of <c>type</c>; empty when absent.</param>
/// <param name="Status">UTF-8 of <c>status</c>; empty when absent.</param>
/// <param name="Due">Unix milliseconds; null when absent.</param>
/// <param name="TimeToLive">Seconds after the write; null when it stays.</param>
internal readonly record struct DocumentFields(ReadOnlyMemory<byte> Type, ReadOnlyMemory<byte> Status, long? Due, int? TimeToLive)
{
    /// <summary>
    /// Reads them; throws <see cref="ArgumentException"/> unless the JSON is one object. A property of another kind than the store's does not count.
    /// </summary>
    public static DocumentFields Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return ParseObject(json);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new ArgumentException($"A document is one JSON object; this is not: {e.Message}", nameof(json), e);
        }
    }

    public long? ExpiryAt(long now) => TimeToLive is { } seconds ? now + (seconds * 1000L) : null;

    private static DocumentFields ParseObject(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("it does not begin with a brace.");
        }

        var fields = default(DocumentFields);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isStatus = !isType && reader.ValueTextEquals("status"u8);
            var isDue = !isType && !isStatus && reader.ValueTextEquals("due"u8);
            var isTimeToLive = !isType && !isStatus && !isDue && reader.ValueTextEquals("ttl"u8);
            reader.Read();
            var isNumber = reader.TokenType == JsonTokenType.Number;
            fields = isType ? fields with { Type = TextOf(ref reader, json) }
                : isStatus ? fields with { Status = TextOf(ref reader, json) }
                : isDue && isNumber ? fields with { Due = reader.GetInt64() }
                : isTimeToLive && isNumber ? fields with { TimeToLive = ParseTimeToLive(reader.GetInt64()) }
                : fields;
            reader.Skip();
        }

        _ = reader.Read();
        return fields;
    }

    private static ReadOnlyMemory<byte> TextOf(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json) => reader.TokenType != JsonTokenType.String
        ? default
        : reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : json.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);

    /// <summary>-1 is Cosmos DB's "never", 0 is refused there too.</summary>
    private static int? ParseTimeToLive(long seconds) => seconds switch
    {
        -1 => null,
        > 0 and <= int.MaxValue => (int)seconds,
        _ => throw new FormatException("ttl is -1 or a positive number of seconds."),
    };
}
