using System.Text;
using System.Text.RegularExpressions;

namespace Concert.Repository.Tests.Documents;

/// <summary>Pages refer to each other and to the code: what they point at is there, and the index of decision records has them all.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Pages => [.. Repo.Files("", "*.md")];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_Links_LeadToAFileAndAHeading(string page)
    {
        foreach (var target in Links(page).Where(link => !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith("mailto:", StringComparison.Ordinal)))
        {
            var (path, heading) = target.Split('#') is [var file, var anchor] ? (file, anchor) : (target, "");
            var there = path.Length == 0 ? page : Path.GetRelativePath(Repo.Root, Path.GetFullPath(Path.Combine(Repo.PathOf(page), "..", path)));
            Repo.Has(there).ShouldBeTrue($"{page} links to {target}");
            if (heading.Length > 0)
            {
                Headings(there).ShouldContain(heading, $"{page} links to {target}");
            }
        }
    }

    [Fact]
    public void DecisionRecords_All_AreInTheIndexWithTitleStatusAndDate()
    {
        var index = Repo.Text("docs/adr/README.md").Split('\n');
        var records = Repo.Files("docs/adr", "0*.md");

        records.Count.ShouldBeGreaterThan(15);
        records.Select(path => Path.GetFileName(path)[..4]).ShouldBeUnique();
        foreach (var path in records)
        {
            var lines = Repo.Text(path).Split('\n');
            var row = index.SingleOrDefault(line => line.Contains($"]({Path.GetFileName(path)})", StringComparison.Ordinal)).ShouldNotBeNull(Path.GetFileName(path));
            row.ShouldStartWith($"| [{lines[0][2..6]}]");
            row.ShouldContain($"| {lines[0][7..]} |", Case.Sensitive);

            // "2026-11-20 · accepted · …": the date, and what became of it.
            var parts = lines[2].Split(" · ");
            row.ShouldContain($"| {parts[0]} | {parts[1]}", Case.Sensitive);
        }
    }

    private static IEnumerable<string> Links(string page) => Link().Matches(Code().Replace(Repo.Text(page), "")).Select(match => match.Groups["target"].Value);

    /// <summary>The anchors that GitHub gives a page's headings.</summary>
    private static HashSet<string> Headings(string page) =>
        [.. Fence().Replace(Repo.Text(page), "").Split('\n').Where(line => line.StartsWith('#')).Select(line => Anchor(line.TrimStart('#').Trim()))];

    private static string Anchor(string heading)
    {
        var anchor = new StringBuilder();
        foreach (var letter in heading.ToLowerInvariant())
        {
            anchor.Append(letter == ' ' ? "-" : char.IsLetterOrDigit(letter) || letter is '-' or '_' ? letter.ToString() : "");
        }

        return anchor.ToString();
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    [GeneratedRegex("```.*?```", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fence();

    [GeneratedRegex("```.*?```|`[^`\n]*`", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
