using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Concert.Booking.Ports;

namespace Concert.Embedded.Storage;

/// <summary>Adds to top-level integers of a JSON object by replacing their digits, leaving every other byte as it was.</summary>
internal static class IncrementPatch
{
    private const int MaxDigits = 20;

    /// <summary>
    /// The new JSON; null when a result would leave its bounds (or 64 bits). An absent field counts as zero. Throws when the field is not an integer.
    /// </summary>
    public static byte[]? Apply(ReadOnlySpan<byte> json, IReadOnlyList<FieldIncrement> fields)
    {
        var current = json.ToArray();
        foreach (var field in fields)
        {
            if (ApplyOne(current, field) is not { } next)
            {
                return null;
            }

            current = next;
        }

        return current;
    }

    private static byte[]? ApplyOne(byte[] json, in FieldIncrement increment)
    {
        var found = Find(json, increment.Field);
        var sum = (Int128)(found?.Value ?? 0) + increment.Delta;
        if (sum < (increment.Min ?? long.MinValue) || sum > (increment.Max ?? long.MaxValue))
        {
            return null;
        }

        return found is { } at ? Splice(json, at.Start, at.Length, Digits((long)sum)) : Add(json, increment);
    }

    private static (int Start, int Length, long Value)? Find(ReadOnlySpan<byte> json, string field)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isWanted = reader.ValueTextEquals(field);
            reader.Read();
            if (isWanted)
            {
                return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value)
                    ? ((int)reader.TokenStartIndex, reader.ValueSpan.Length, value)
                    : throw new InvalidOperationException($"The property '{field}' is not an integer, so nothing can be added to it.");
            }

            reader.Skip();
        }

        return null;
    }

    private static byte[] Add(byte[] json, in FieldIncrement increment)
    {
        var open = json.AsSpan().IndexOf((byte)'{') + 1;
        var isEmpty = json.AsSpan(open).TrimStart(" \t\r\n"u8)[0] == (byte)'}';
        var property = $"\"{JsonEncodedText.Encode(increment.Field)}\":{increment.Delta}{(isEmpty ? "" : ",")}";
        return Splice(json, open, 0, Encoding.UTF8.GetBytes(property));
    }

    private static byte[] Digits(long value)
    {
        Span<byte> digits = stackalloc byte[MaxDigits];
        Utf8Formatter.TryFormat(value, digits, out var count);
        return digits[..count].ToArray();
    }

    private static byte[] Splice(byte[] json, int start, int length, ReadOnlySpan<byte> replacement)
    {
        var result = new byte[json.Length - length + replacement.Length];
        json.AsSpan(0, start).CopyTo(result);
        replacement.CopyTo(result.AsSpan(start));
        json.AsSpan(start + length).CopyTo(result.AsSpan(start + replacement.Length));
        return result;
    }
}
