using System.Text;

namespace Concert.Resilience.Tests.Abuse.Generation;

/// <summary>Bytes for a connection, in parts that are sent one after the other.</summary>
/// <param name="Name">What it tries.</param>
/// <param name="Bytes">All of it.</param>
/// <param name="MostAnswers">More answers than this mean that bytes of a body were taken for a request.</param>
/// <param name="IsRefused">No answer may be a success.</param>
internal sealed record RawShape(string Name, byte[] Bytes, int MostAnswers = 1, bool IsRefused = true);

/// <summary>What HTTP forbids, and what HTTP allows but servers have fallen over.</summary>
internal static class RawShapes
{
    /// <summary>Would take a victim's money into a figure that is watched, if it were ever taken for a request of its own.</summary>
    private const string SmuggledBody = """{"userId":"victim","amount":777}""";

    private static readonly string Smuggled =
        $"POST /api/user/charge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {SmuggledBody.Length}\r\n\r\n{SmuggledBody}";

    public static IEnumerable<RawShape> All() =>
        [.. Lines(), .. Targets(), .. Headers(), .. Lengths(), .. Chunks(), .. Smuggling(), .. Sequences()];

    private static IEnumerable<RawShape> Lines()
    {
        string[] lines =
        [
            "GET", "GET ", "GET /", "GET / ", "GET / HTTP/", "GET / HTTP/1", "GET / HTTP/1.", "GET / HTTP/1.2", "GET / HTTP/0.9", "GET / HTTP/2.0", "GET / HTTP/3.0", "GET / HTTP/1.1 ",
            "GET / http/1.1", "GET  /  HTTP/1.1", "GET\t/\tHTTP/1.1", " GET / HTTP/1.1", "GET / HTTP/1.10", "GET / FTP/1.1", "/ HTTP/1.1", "GET / HTTP/1.1 HTTP/1.1", "\0\0\0\0", "GET \0 HTTP/1.1",
            "GET /\0 HTTP/1.1", "\x16\x03\x01\x02", "SSH-2.0-x", "{}", "GE(T / HTTP/1.1", new string('A', 20_000), "GET /" + new string('a', 9_000) + " HTTP/1.1", "G\rET / HTTP/1.1",
        ];
        foreach (var line in lines)
        {
            yield return new($"request line {line[..Math.Min(line.Length, 40)]}", Latin($"{line}\r\nHost: x\r\nConnection: close\r\n\r\n"));
        }

        yield return new("no line at all", Latin("\r\n\r\n\r\n"));
        yield return new("no bytes", []);
        yield return new("only noise", [.. Enumerable.Range(0, 4_096).Select(i => (byte)(i * 167))]);
        yield return new("bare line feeds", Latin("GET /health/live HTTP/1.1\nHost: x\nConnection: close\n\n"), IsRefused: false);
        yield return new("HTTP/1.0", Latin("GET /health/live HTTP/1.0\r\n\r\n"), IsRefused: false);
        yield return new("HTTP/1.0 that keeps alive", Latin("GET /health/live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), IsRefused: false);
    }

    private static IEnumerable<RawShape> Targets()
    {
        string[] refused =
        [
            "*", "health/live", "\\health\\live", "/api/../../etc/passwd", "/api/%2e%2e/%2e%2e/etc/passwd", "/api/..%2f..%2fetc%2fpasswd", "/%00", "/api/concert%00", "/api/conc%65rt/..%00/",
            "/api/concert/%ff%fe", "/api/concert\xff", "/api/con\xc3\xa9cert", "/api/reservation/%", "/api/reservation/%g1", "/api//concert", "/api/concert;a=b", "/api/%2e/concert2", "/.env", "/.git/config",
            "/wp-login.php", "/admin", "/api/admin/", "/actuator/env", "/api/docs/../admin/concert", "/docs/..%2f..%2fappsettings.json", "/docs/%2e%2e/appsettings.json", "/docs/....//appsettings.json",
            "/docs/C:%5cWindows%5cwin.ini", "/docs/%5c%5cserver%5cshare", "/docs/page.html%00.js", "/docs//etc/passwd", "//evil.example/api/concert", "http://", "http:///api", "https://evil.example:99999/",
            "evil.example:80", "http://x@evil.example/nothing", "/" + string.Concat(Enumerable.Repeat("../", 500)) + "etc/passwd", "/js/../../appsettings.json", "/js/..%2f..%2fappsettings.json", "/css/%2e%2e/%2e%2e/appsettings.json", "/" + string.Concat(Enumerable.Repeat("a/", 2_000)), "/api/concert HTTP/1.1\r\nInjected: 1\r\n\r\nGET /",
        ];
        foreach (var target in refused)
        {
            yield return new($"target {target[..Math.Min(target.Length, 40)]}", Latin($"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        }

        // The server takes the dots away and what is left is the page.
        string[] served = ["/" + string.Concat(Enumerable.Repeat("../", 500)), "http://evil.example/health/live", "/health/live?", "/health/live?a=%00%ff&&==", "/health/live?" + new string('&', 3_000), "/x/../health/live", "/health/%6cive", "/HEALTH/LIVE"];
        foreach (var target in served)
        {
            yield return new($"target {target[..Math.Min(target.Length, 40)]}", Latin($"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), IsRefused: false);
        }

        yield return new("CONNECT", Latin("CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n"));
        yield return new("OPTIONS *", Latin("OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        yield return new("TRACE", Latin("TRACE /api/concert HTTP/1.1\r\nHost: x\r\nx-admin-key: secret\r\nConnection: close\r\n\r\n"));
    }

    private static IEnumerable<RawShape> Headers()
    {
        string[] refused =
        [
            "No colon here", ": no name", "Name : space before", " Leading: space", "Bad\0Name: x", "Bad Name: x", "X: a\0b", "X: a\rb", "X: one\r\n two folded", "X: a\r\n\tb", "Host: y",
            "Content-Length: 0\r\nContent-Length: 5", "Ünïcode: x", "X: " + new string('x', 17_000), string.Join("\r\n", Enumerable.Range(0, 65).Select(i => $"H{i}: x")),
            string.Join("\r\n", Enumerable.Range(0, 5_000).Select(i => $"H{i}: x")), new string('H', 17_000) + ": x",
        ];
        foreach (var header in refused)
        {
            yield return new($"header {header[..Math.Min(header.Length, 40)]}", Latin($"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header}\r\n\r\n"));
        }

        yield return new("no Host", Latin("GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n"));
        yield return new("bad Host", Latin("GET /health/live HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n"));
        yield return new("header never ends", Latin("GET /health/live HTTP/1.1\r\nHost: x\r\nX: "));
        yield return new("high bytes", Latin("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: \xff\xfe\x80\r\n\r\n"), IsRefused: false);
        yield return new("no token for a name", Latin("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\nBad(Name): x\r\n\r\n"), IsRefused: false);
        yield return new("upgrade to h2c", Latin("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"), IsRefused: false);
    }

    private static IEnumerable<RawShape> Lengths()
    {
        string[] lengths = ["-1", "+2", "2,2", "2, 3", "0x2", "2.0", " ", "", "two", "18446744073709551616", "9223372036854775807", "99999999999999999999999", "2\0", "²", "66561", "4294967298"];
        foreach (var length in lengths)
        {
            yield return new($"Content-Length {length}", Latin($"POST /api/user/charge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{{}}"));
        }

        yield return new("body shorter than said", Latin("POST /api/user/charge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{}"));
        yield return new("body longer than said", Latin("POST /api/user/charge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}garbage"));
        yield return new("no length", Latin("POST /api/user/charge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{}"));
        yield return new("HTTP/1.0 without a length", Latin("POST /api/user/charge HTTP/1.0\r\nContent-Type: application/json\r\n\r\n{}"));
    }

    private static IEnumerable<RawShape> Chunks()
    {
        string[] bodies =
        [
            "2\r\n{}\r\n0\r\n\r\n", "0\r\n\r\n", "2;ext=1\r\n{}\r\n0\r\n\r\n", "-2\r\n{}\r\n0\r\n\r\n", "0x2\r\n{}\r\n0\r\n\r\n", "2 \r\n{}\r\n0\r\n\r\n", "G\r\n{}\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\n{}",
            "7FFFFFFF\r\n{}", "80000000\r\n{}", "2\r\n{}x\r\n0\r\n\r\n", "1\r\n{}\r\n0\r\n\r\n", "2\n{}\n0\n\n", "2\r{}\r0\r\r", "2\r\n{}\r\n", "2\r\n{}\r\n0\r\n", "\r\n\r\n", "00000000000000000000000002\r\n{}\r\n0\r\n\r\n",
            $"2;{new string('e', 20_000)}\r\n{{}}\r\n0\r\n\r\n", "2\r\n{}\r\n0\r\nTrailer: x\r\n\r\n", "2\r\n{}\r\n0\r\nHost: evil\r\nContent-Length: 9\r\n\r\n", $"2\r\n{{}}\r\n0\r\n{new string('T', 20_000)}: x\r\n\r\n",
            string.Concat(Enumerable.Repeat("1\r\n \r\n", 70_000)) + "0\r\n\r\n", string.Concat(Enumerable.Repeat("1\r\n{\r\n", 3_000)) + "0\r\n\r\n", "2;\n{}\r\n0\r\n\r\n", "2\r\n{}\r\n0;\nx\r\n\r\n",
        ];
        foreach (var body in bodies)
        {
            yield return new(
                $"chunks {body[..Math.Min(body.Length, 40)].ReplaceLineEndings("_")}",
                Latin($"POST /api/user/charge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{body}"));
        }

        string[] codings = ["identity", "gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked", "xchunked", "chunked;q=1", " chunked", "\tchunked", "CHUNKED", "chunked\r\nTransfer-Encoding: identity", "", "\"chunked\""];
        foreach (var coding in codings)
        {
            yield return new(
                $"Transfer-Encoding {coding.ReplaceLineEndings("_")}",
                Latin($"POST /api/user/charge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: {coding}\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"));
        }
    }

    /// <summary>A second request hidden where two servers could disagree about the end of the first.</summary>
    private static IEnumerable<RawShape> Smuggling()
    {
        const string head = "POST /api/user/charge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
        yield return new("length, then chunked", Latin($"{head}Content-Length: {Smuggled.Length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Smuggled}"));
        yield return new("chunked, then length", Latin($"{head}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n{Smuggled.Length:x}\r\n{Smuggled}\r\n0\r\n\r\n"));
        yield return new("two lengths", Latin($"{head}Content-Length: 0\r\nContent-Length: {Smuggled.Length}\r\n\r\n{Smuggled}"));
        yield return new("lengths in one line", Latin($"{head}Content-Length: 0, {Smuggled.Length}\r\n\r\n{Smuggled}"));
        yield return new("spoilt coding", Latin($"{head}Content-Length: {Smuggled.Length + 5}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{Smuggled}"));
        yield return new("coding with a space before its colon", Latin($"{head}Content-Length: {Smuggled.Length + 5}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n{Smuggled}"));
        yield return new("folded coding", Latin($"{head}Content-Length: {Smuggled.Length + 5}\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n{Smuggled}"));
        yield return new("coding after a bare return", Latin($"{head}X: y\rTransfer-Encoding: chunked\r\nContent-Length: {Smuggled.Length + 5}\r\n\r\n0\r\n\r\n{Smuggled}"));
        yield return new("chunk extension with a bare line feed", Latin($"{head}Transfer-Encoding: chunked\r\n\r\n2;\n{{}}\r\n{Smuggled.Length:x}\r\n0\r\n\r\n{Smuggled}\r\n0\r\n\r\n"));
        yield return new("chunk size that wraps", Latin($"{head}Transfer-Encoding: chunked\r\n\r\n100000000\r\n0\r\n\r\n{Smuggled}"));
        yield return new("body of a GET", Latin($"GET /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: {Smuggled.Length}\r\nConnection: close\r\n\r\n{Smuggled}"));
        yield return new("target with a second request", Latin($"GET /nothing{Uri.EscapeDataString("\r\n\r\n")}{Uri.EscapeDataString(Smuggled)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        yield return new("after the end", Latin($"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n{Smuggled}"));
        yield return new("HTTP/1.0 with chunked", Latin($"POST /api/user/charge HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Smuggled}"));
    }

    private static IEnumerable<RawShape> Sequences()
    {
        const string live = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
        yield return new("a hundred at once", Latin(string.Concat(Enumerable.Repeat(live, 100))), MostAnswers: 100, IsRefused: false);
        yield return new("good ones, then noise", Latin(live + live + "\x01\x02\x03\r\n\r\n" + live), MostAnswers: 3, IsRefused: false);
        yield return new("blank lines between", Latin("\r\n\r\n" + live), IsRefused: false);
        yield return new("half a second one", Latin(live + "GET /hea"), MostAnswers: 2, IsRefused: false);
    }

    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);
}
