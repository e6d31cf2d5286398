using System.Text.RegularExpressions;

namespace Concert.Repository.Tests.Documents;

/// <summary>docs/testing.md has every planted defect, in the order and with the sentence of the code. How many seeds each needs comes from a run: --planted.</summary>
public sealed partial class DefectTests
{
    [Fact]
    public void Table_InTheDocs_HasEveryPlantedDefect()
    {
        // "None" is no defect.
        var planted = Member().Matches(Repo.Text("tests/Concert.Simulation/Planted/Defect.cs")).Select(m => (m.Groups["name"].Value, Sentence(m.Groups["summary"].Value))).ToList();
        planted.Count.ShouldBeGreaterThan(50);

        Row().Matches(Repo.Text("docs/testing.md")).Select(m => (m.Groups["name"].Value, m.Groups["does"].Value)).ShouldBe(planted);
    }

    private static string Sentence(string summary) => Continued().Replace(summary, " ").Trim().TrimEnd('.');

    [GeneratedRegex(@"^    /// <summary>(?<summary>[^<]*)</summary>\n    (?<name>\w+),$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Member();

    [GeneratedRegex(@"^\| (?<name>[A-Z]\w+) \| (?<does>[^|]+) \| \d+ \| [a-zA-Z0-9-]+ \|$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"\s+///\s*", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Continued();
}
