using Concert.Resilience.Tests.Abuse.Support;

namespace Concert.Resilience.Tests.Abuse.Generation;

/// <summary>A call that is being put together and broken.</summary>
internal sealed class Call(string method, string path)
{
    /// <summary>Ways to spell the path; 0 is the right one.</summary>
    public const int Shapes = 18;

    public string Method { get; set; } = method;

    public Dictionary<(string In, string Name), string> Values { get; } = [];

    /// <summary>Parameters that are given once more.</summary>
    public List<(string In, string Name, string Value)> Again { get; } = [];

    public List<(string Name, string Value)> Headers { get; } = [];

    public string? Json { get; set; }

    public byte[]? Body { get; set; }

    public string? MediaType { get; set; }

    public int Shape { get; set; }

    public Request ToRequest()
    {
        var query = string.Join('&', Given("query").Select(p => $"{p.Name}={p.Value}"));
        var route = Given("path").Aggregate(path, (text, p) => text.Replace($"{{{p.Name}}}", p.Value, StringComparison.Ordinal));
        List<(string, string)> headers = [.. Headers, .. Given("header")];
        if (MediaType is not null)
        {
            headers.Add(("Content-Type", MediaType));
        }

        var body = Body ?? (Json is null ? null : System.Text.Encoding.UTF8.GetBytes(Json));
        return new Request(Method, Shaped(route) + (query.Length > 0 ? "?" + query : ""), headers, body);
    }

    private IEnumerable<(string Name, string Value)> Given(string place) =>
        Values.Where(v => v.Key.In == place).Select(v => (v.Key.Name, v.Value)).Concat(Again.Where(a => a.In == place).Select(a => (a.Name, a.Value)));

    private string Shaped(string route) => Shape switch
    {
        1 => "/" + route,
        2 => route + "/",
        3 => route + "//",
        4 => route.Replace("/api/", "/api//", StringComparison.Ordinal),
        5 => route.Replace("/api/", "/api/../api/", StringComparison.Ordinal),
        6 => route.Replace("/api/", "/api/%2e%2e/admin/../", StringComparison.Ordinal),
        7 => route.Replace("/api/", "/api/..;/", StringComparison.Ordinal),
        8 => route.Replace("/api/", "/API/", StringComparison.Ordinal),
        9 => route.Replace("/api/", "/%61pi/", StringComparison.Ordinal),
        10 => route.Replace("/api/", "/api%2f", StringComparison.Ordinal),
        11 => route.Replace("/api/", "\\api\\", StringComparison.Ordinal),
        12 => route + "%00",
        13 => route + ";jsessionid=1",
        14 => route + ".json",
        15 => "http://evil.example" + route,
        16 => route + "?" + new string('q', 3_000),
        17 => route + "#fragment",
        _ => route,
    };
}
