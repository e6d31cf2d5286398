using System.Text.RegularExpressions;
using Concert.Api.Responses;
using Concert.Booking.Calls;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Concert.Repository.Tests.Documents;

/// <summary>docs/troubleshooting.md quotes messages as they are in the code, and has every code of the API with its status.</summary>
public sealed partial class TroubleshootingTests
{
    private const string Page = "docs/troubleshooting.md";

    /// <summary>A place in a message where something else stands each time.</summary>
    private const string Hole = "…";

    /// <summary>Messages that are not ours, and who says them.</summary>
    private static readonly Dictionary<string, string> OfOthers = new(StringComparer.Ordinal)
    {
        ["Failed to bind to address …: address already in use."] = "Kestrel",
        ["Access to the path '…' is denied."] = ".NET",
        ["A compatible .NET SDK was not found."] = "dotnet",
        ["Unable to find package …"] = "NuGet",
        ["The file is locked by: …"] = "MSBuild",
        ["No job functions found."] = "the Functions host",
        ["Connection refused (127.0.0.1:10000)"] = "the Functions host",
    };

    private static readonly Lazy<IReadOnlyList<string>> Said = new(() =>
    [
        .. Repo.Sources("src").Concat(Repo.Sources("tests").Where(Skips)).SelectMany(file => Repo.Parse(file).DescendantNodes().OfType<ExpressionSyntax>())
            .Where(e => e is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression } or InterpolatedStringExpressionSyntax).Select(Text),
        .. Repo.Files("src/web", "*.js").SelectMany(file => Repo.Text(file).Split('\n')), .. Repo.Files("src", "*.csproj").SelectMany(file => Repo.Text(file).Split('\n')),
    ]);

    /// <summary>Of the tests only those that say why they are skipped; others repeat the code's messages.</summary>
    private static bool Skips(string file) => !file.Contains("/Documents/", StringComparison.Ordinal)
        && Repo.Text(file) is var text && (text.Contains("Assert.Skip", StringComparison.Ordinal) || text.Contains("(Skip = ", StringComparison.Ordinal));

    public static TheoryData<string> Quotes => [.. Messages().Except(OfOthers.Keys)];

    [Theory]
    [MemberData(nameof(Quotes))]
    public void Quote_OnThePage_IsAMessageOfTheCode(string quote) => Said.Value.Any(text => IsSame(quote, text)).ShouldBeTrue($"{Page} quotes `{quote}`, which nothing says.");

    [Fact]
    public void Page_HasManyQuotes() => Quotes.Count.ShouldBeGreaterThan(50);

    [Fact]
    public void OfOthers_EachOne_IsOnThePage() => OfOthers.Keys.ShouldBeSubsetOf(Messages());

    [Fact]
    public void Codes_AllOfTheApi_AreOnThePageWithTheirStatus() => CodeRow().Matches(Repo.Text(Page)).Select(m => $"{m.Groups["code"].Value} {m.Groups["status"].Value}")
        .ShouldBe(Enum.GetValues<RefusalCode>().Select(code => $"{code.Name()} {Problem.From(code).Status}"), ignoreOrder: true);

    /// <summary>What stands in quotes in a table's first column, and whole sentences anywhere.</summary>
    private static IEnumerable<string> Messages()
    {
        // Commands for another shell.
        var page = Repo.Text(Page).Split("## On Windows")[0];
        var symptoms = page.Split('\n').Where(line => line.StartsWith('|')).SelectMany(line => Quote().Matches(line.Split(" | ")[0])).Select(m => m.Groups["text"].Value);
        return symptoms.Concat(Quote().Matches(page).Select(m => m.Groups["text"].Value).Where(text => text.EndsWith('.'))).Where(text => text.Contains(' ', StringComparison.Ordinal)).Distinct();
    }

    /// <summary>Either has holes: the quote where it says nothing of a value, the code where it puts one in. A text that is little else than holes says nothing.</summary>
    private static bool IsSame(string quote, string text) => Fits(quote, text, isWhole: false)
        || (text.Replace(Hole, "", StringComparison.Ordinal).Length > quote.Length / 2 && Fits(text, quote, isWhole: true));

    private static bool Fits(string pattern, string text, bool isWhole)
    {
        var parts = pattern.Split(Hole);
        return parts.All(part => text.Contains(part, StringComparison.Ordinal))
            && Regex.IsMatch(text, $"{(isWhole ? "^" : "")}{string.Join(".*", parts.Select(Regex.Escape))}{(isWhole ? "$" : "")}", RegexOptions.Singleline, TimeSpan.FromSeconds(5));
    }

    private static string Text(ExpressionSyntax expression) => expression switch
    {
        // A log's message has its values by name.
        LiteralExpressionSyntax literal => Named().Replace(literal.Token.ValueText, Hole),
        InterpolatedStringExpressionSyntax parts => string.Concat(parts.Contents.Select(part => part is InterpolatedStringTextSyntax text ? text.TextToken.ValueText : Hole)),
        _ => throw new InvalidOperationException(expression.ToString()),
    };

    [GeneratedRegex("`(?<text>[^`\n]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quote();

    [GeneratedRegex(@"^\| `(?<code>[a-z-]+)` \| (?<status>\d+) \|", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeRow();

    [GeneratedRegex(@"\{[A-Z]\w*\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();
}
