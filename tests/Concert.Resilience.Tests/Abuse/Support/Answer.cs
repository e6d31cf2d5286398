using System.Text;
using System.Text.Json.Nodes;

namespace Concert.Resilience.Tests.Abuse.Support;

/// <summary>A response as it came off the wire.</summary>
internal sealed record Answer(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonNode Json => JsonNode.Parse(Body)!;

    public JsonNode Data => Status is >= 200 and < 300 ? Json["data"]! : throw new InvalidOperationException($"No success: {this}");

    public string? Code => Json["code"]?.GetValue<string>();

    /// <summary>The problem without its trace, to compare two refusals.</summary>
    public string Refusal
    {
        get
        {
            var problem = Json.AsObject();
            problem.Remove("traceId");
            return $"{Status} {problem.ToJsonString()}";
        }
    }

    public string? Header(string name) => Headers.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public bool Closes => string.Equals(Header("Connection"), "close", StringComparison.OrdinalIgnoreCase);

    public Answer ShouldBe(int status)
    {
        Status.ShouldBe(status, ToString());
        return this;
    }

    public Answer ShouldFail(int status, string code)
    {
        ShouldBe(status);
        Header("Content-Type").ShouldBe("application/problem+json; charset=utf-8");
        Code.ShouldBe(code, ToString());
        return this;
    }

    public override string ToString() => $"{Status} {string.Join(", ", Headers.Select(h => $"{h.Name}: {h.Value}"))}\n{Request.Shown(Body)}";
}
