using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Concert.Api.Json;
using Concert.Booking.Catalog;
using Concert.Booking.Reservations.Cancel;
using Microsoft.Net.Http.Headers;

namespace Concert.Api.Requests;

internal static class Body
{
    public const string MediaType = "application/json";

    /// <summary>The most bytes that a body of this type may have.</summary>
    public static int LimitOf(Type type) => type == typeof(NewSchedule) || type == typeof(ScheduleChange) ? ApiLimits.PlanBytes : ApiLimits.BodyBytes;

    /// <summary>Whether no body means the same as one without properties.</summary>
    public static bool IsOptional(Type type) => type == typeof(CancelRequest);
}

/// <summary>
/// A JSON body of bounded size. Read by hand because the framework's own binding is too lenient where money is concerned: it transcodes other character
/// sets, overlooks broken UTF-8 in what it skips, reads before it is known who calls, and does not say what was wrong.
/// </summary>
internal sealed class Body<T> : IInput
    where T : class
{
    private static readonly JsonTypeInfo<T> Type = (JsonTypeInfo<T>)ApiJson.Wire.GetTypeInfo(typeof(T))!;

    private static readonly int Limit = Body.LimitOf(typeof(T));

    private static readonly bool IsOptional = Body.IsOptional(typeof(T));

    private T? _value;

    public T Value => _value ?? throw new InvalidOperationException("The body was not read.");

    public static ValueTask<Body<T>?> BindAsync(HttpContext context) => new(new Body<T>());

    public async ValueTask<Problem?> ReadAsync(Call call)
    {
        var request = call.Http.Request;
        if (request.ContentLength > Limit)
        {
            return Problem.BodyLargerThan(Limit);
        }

        // One byte more than allowed, so that a body without a length shows that it is too long.
        var buffer = ArrayPool<byte>.Shared.Rent((int)(request.ContentLength ?? Limit) + 1);
        try
        {
            var length = 0;
            while (length < buffer.Length && await request.Body.ReadAsync(buffer.AsMemory(length), call.Aborted) is > 0 and var read)
            {
                length += read;
            }

            return length > Limit ? Problem.BodyLargerThan(Limit)
                : length == 0 ? (IsOptional ? Parse("{}"u8) : Problem.Invalid("A JSON body is required."))
                : IsJson(request) ? Parse(buffer.AsSpan(0, length))
                : Problem.NotJson;
        }
        catch (IOException broken)
        {
            // The server has two ways to say that the body is malformed; the plain one is for a chunk size beyond all numbers, or a lost connection.
            return Problem.OfStatus((broken as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool IsJson(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0)
        {
            return false;
        }

        // Nearly every client sends the first; taking it apart is for the others.
        return string.Equals(request.ContentType, Body.MediaType, StringComparison.OrdinalIgnoreCase)
            || (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
                && string.Equals(type.Type.Value, "application", StringComparison.OrdinalIgnoreCase)
                && (string.Equals(type.SubType.Value, "json", StringComparison.OrdinalIgnoreCase)
                    || string.Equals(type.Suffix.Value, "json", StringComparison.OrdinalIgnoreCase))
                && (!type.Charset.HasValue || string.Equals(HeaderUtilities.RemoveQuotes(type.Charset).Value, "utf-8", StringComparison.OrdinalIgnoreCase)));
    }

    private Problem? Parse(ReadOnlySpan<byte> body)
    {
        // The serializer looks only at the strings it keeps; a body with broken UTF-8 anywhere is refused as a whole.
        if (!Utf8.IsValid(body))
        {
            return Problem.Invalid("The body is not valid UTF-8.");
        }

        try
        {
            _value = JsonSerializer.Deserialize(body, Type);
            return _value is null ? Problem.Invalid("The body must be a JSON object.") : Forms.Wrong(_value);
        }
        catch (JsonException wrong)
        {
            return Problem.Invalid($"The JSON body does not match this operation (at {Place(wrong)}).");
        }
    }

    // The path holds names the client chose: only its own contract's kind of name is repeated back.
    private static string Place(JsonException wrong) =>
        wrong.Path is { Length: > 1 and <= 64 } path && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '$' or '.' or '[' or ']')
            ? path
            : $"byte {wrong.BytePositionInLine ?? 0}";
}

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
