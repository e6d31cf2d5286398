using System.Text;
using System.Text.Json;

namespace Concert.Resilience.Tests.Abuse.Support;

/// <summary>A request as it is put on the wire: nothing is checked, escaped or completed that the caller did not ask for.</summary>
internal sealed record Request(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body)
{
    /// <summary>A well-formed request; a body that is no bytes is sent as JSON.</summary>
    public static Request Of(string method, string target, object? body = null, params (string Name, string Value)[] headers) => body switch
    {
        null => new(method, target, headers, null),
        byte[] bytes => new(method, target, headers, bytes),
        _ => new(method, target, [("Content-Type", "application/json"), .. headers], JsonSerializer.SerializeToUtf8Bytes(body)),
    };

    public bool IsHead => Method == "HEAD";

    public Request With(string name, string value) => this with { Headers = [.. Headers, (name, value)] };

    public Request Without(string name) =>
        this with { Headers = [.. Headers.Where(h => !h.Name.Equals(name, StringComparison.OrdinalIgnoreCase))] };

    public string? Header(string name) => Headers.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Header text is written as Latin-1 where it can be and as UTF-8 where it cannot, as a careless client would.</summary>
    public byte[] ToBytes()
    {
        var head = new StringBuilder($"{Method} {Target} HTTP/1.1\r\n");
        if (Header("Host") is null)
        {
            head.Append("Host: localhost\r\n");
        }

        foreach (var (name, value) in Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        if (Body is not null && Header("Content-Length") is null && Header("Transfer-Encoding") is null)
        {
            head.Append("Content-Length: ").Append(Body.Length).Append("\r\n");
        }

        var text = head.Append("\r\n").ToString();
        return [.. (text.All(c => c <= 'ÿ') ? Encoding.Latin1 : Encoding.UTF8).GetBytes(text), .. Body ?? []];
    }

    public override string ToString() => Shown(ToBytes());

    /// <summary>Bytes as a person can read them, cut where they are too many.</summary>
    public static string Shown(ReadOnlySpan<byte> bytes)
    {
        const int most = 1_500;
        var text = new StringBuilder();
        foreach (var b in bytes[..Math.Min(bytes.Length, most)])
        {
            text.Append(b is >= 0x20 and < 0x7f ? ((char)b).ToString() : b == '\n' ? "\\n\n" : b == '\r' ? "\\r" : $"\\x{b:x2}");
        }

        return bytes.Length > most ? $"{text}… ({bytes.Length} bytes)" : text.ToString();
    }
}
