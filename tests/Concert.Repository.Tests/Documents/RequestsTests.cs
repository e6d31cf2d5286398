using System.Text.RegularExpressions;

namespace Concert.Repository.Tests.Documents;

/// <summary><c>requests.http</c> has every operation of the API, and nothing else.</summary>
public sealed partial class RequestsTests
{
    private const string File = "requests.http";

    [Fact]
    public void Requests_AreExactlyTheOperations()
    {
        var operations = Operations();

        Written().Select(r => operations.Where(o => Matches(o, r)).MaxBy(Literals) ?? $"{r} is no operation").Distinct().Order()
            .ShouldBe(operations.Order());
    }

    [Fact]
    public void Requests_ThatUseAnAnswer_NameARequestAboveThem()
    {
        var text = Repo.Text(File);
        var named = Named().Matches(text).ToDictionary(m => m.Groups["name"].Value, m => m.Index);

        foreach (Match use in Answer().Matches(text))
        {
            named.ShouldContainKey(use.Groups["name"].Value);
            named[use.Groups["name"].Value].ShouldBeLessThan(use.Index);
        }
    }

    /// <summary>Each method and route once: without HEAD, which every GET answers, and without the second address under api/ of what is served at the root.</summary>
    private static List<string> Operations()
    {
        var routes = ApiSource.Routes;
        return [.. routes.Where(r => !r.StartsWith("HEAD ", StringComparison.Ordinal)
            && !(r.Contains(" api/", StringComparison.Ordinal) && routes.Contains(r.Replace(" api/", " ", StringComparison.Ordinal))))];
    }

    private static IEnumerable<string> Written() =>
        RequestLine().Matches(Repo.Text(File)).Select(m => ApiSource.Route(m.Groups["method"].Value, m.Groups["path"].Value));

    private static bool Matches(string operation, string request)
    {
        var (expected, actual) = (operation.Split(' ', '/'), request.Split(' ', '/'));
        return expected.Length == actual.Length && expected.Zip(actual).All(p => p.First == p.Second || p.First.StartsWith('{'));
    }

    private static int Literals(string operation) => operation.Split(' ', '/').Count(s => !s.StartsWith('{'));

    [GeneratedRegex(@"^(?<method>[A-Z]+) \{\{host\}\}/(?<path>[^?\s]+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RequestLine();

    [GeneratedRegex(@"^# @name (?<name>\w+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();

    [GeneratedRegex(@"\{\{(?<name>\w+)\.response\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Answer();
}
