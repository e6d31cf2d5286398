using System.Text.Json;
using System.Text.Json.Serialization;

namespace Concert.Api.Json;

/// <summary>ISO 8601 with an offset. A time without one would mean something else on every machine, so it is refused.</summary>
internal sealed class OffsetDateTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String
            || !reader.TryGetDateTime(out var local)
            || local.Kind == DateTimeKind.Unspecified
            || !reader.TryGetDateTimeOffset(out var value))
        {
            throw new JsonException("A time must be ISO 8601 with an offset.");
        }

        return value;
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
