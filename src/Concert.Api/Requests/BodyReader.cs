using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Concert.Api.Responses;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Concert.Api.Requests;

/// <summary>Reads a JSON body of bounded size.</summary>
internal static class BodyReader
{
    public static async Task<Input<T>> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (request.ContentLength > ApiLimits.BodyBytes)
        {
            return Problem.BodyTooLarge;
        }

        // One byte more than allowed, so that a body without a length shows that it is too long.
        var buffer = ArrayPool<byte>.Shared.Rent((int)(request.ContentLength ?? ApiLimits.BodyBytes) + 1);
        try
        {
            var length = await FillAsync(request.Body, buffer, cancellationToken);
            if (length > ApiLimits.BodyBytes)
            {
                return Problem.BodyTooLarge;
            }

            if (length == 0)
            {
                return Problem.Invalid("The call needs a JSON body.");
            }

            return IsJson(request) ? Parse(buffer.AsSpan(0, length), type) : Problem.NotJson;
        }
        catch (IOException broken) when (broken is not BadHttpRequestException)
        {
            // The server has two ways to say that the body is malformed; this is how it puts a chunk size beyond all numbers, or a lost connection.
            return Problem.Bad(StatusCodes.Status400BadRequest);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<int> FillAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        var length = 0;
        while (length < buffer.Length && await body.ReadAsync(buffer.AsMemory(length), cancellationToken) is > 0 and var read)
        {
            length += read;
        }

        return length;
    }

    private static bool IsJson(HttpRequest request) =>
        !request.Headers.ContainsKey(HeaderNames.ContentEncoding)
        && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && string.Equals(type.Type.Value, "application", StringComparison.OrdinalIgnoreCase)
        && (string.Equals(type.SubType.Value, "json", StringComparison.OrdinalIgnoreCase)
            || string.Equals(type.Suffix.Value, "json", StringComparison.OrdinalIgnoreCase))
        && (!type.Charset.HasValue || string.Equals(HeaderUtilities.RemoveQuotes(type.Charset).Value, "utf-8", StringComparison.OrdinalIgnoreCase));

    private static Input<T> Parse<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        // The serializer looks only at the strings it keeps; a body with broken UTF-8 anywhere is refused as a whole.
        if (!Utf8.IsValid(body))
        {
            return Problem.Invalid("The body is not valid UTF-8.");
        }

        try
        {
            return JsonSerializer.Deserialize(body, type) is { } value ? value : Problem.Invalid("The body must be a JSON object.");
        }
        catch (JsonException wrong)
        {
            return Problem.Invalid($"The body is not the JSON this call takes (at {Place(wrong)}).");
        }
    }

    // The path holds names the client chose: only its own contract's kind of name is repeated back.
    private static string Place(JsonException wrong) =>
        wrong.Path is { Length: > 1 and <= 64 } path && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '$' or '.' or '[' or ']')
            ? path
            : $"byte {wrong.BytePositionInLine ?? 0}";
}
