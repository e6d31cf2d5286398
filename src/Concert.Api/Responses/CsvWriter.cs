using System.Buffers;
using System.Globalization;
using System.Text;

namespace Concert.Api.Responses;

/// <summary>
/// Rows of CSV (RFC 4180) in UTF-8. A text that a spreadsheet would take for a formula gets an apostrophe in front, which the spreadsheet does not show.
/// </summary>
internal sealed class CsvWriter(IBufferWriter<byte> output)
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",\r\n");
    private static readonly SearchValues<char> Formulas = SearchValues.Create("=+-@\t\r");

    private bool _isFirst = true;

    /// <summary>By it a spreadsheet knows that what follows is UTF-8.</summary>
    public void Mark() => output.Write(Encoding.UTF8.Preamble);

    public void Text(string? text)
    {
        Separate();
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        var field = Formulas.Contains(text[0]) ? "'" + text : text;
        Put(field.AsSpan().ContainsAny(Quoted) ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field);
    }

    public void Number(long? number)
    {
        Separate();
        if (number is { } value)
        {
            Span<char> digits = stackalloc char[20];
            value.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
            Put(digits[..length]);
        }
    }

    /// <summary>ISO 8601 with offset, to the second.</summary>
    public void Time(DateTimeOffset? time)
    {
        Separate();
        if (time is { } value)
        {
            Span<char> text = stackalloc char[25];
            value.TryFormat(text, out var length, "yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
            Put(text[..length]);
        }
    }

    public void EndRow()
    {
        Put("\r\n");
        _isFirst = true;
    }

    private void Separate()
    {
        if (!_isFirst)
        {
            Put(",");
        }

        _isFirst = false;
    }

    private void Put(ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, output);
}
