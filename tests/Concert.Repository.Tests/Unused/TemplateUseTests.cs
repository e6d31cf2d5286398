using System.Text.RegularExpressions;

namespace Concert.Repository.Tests.Unused;

/// <summary>Parameters, outputs, variables, modules and abbreviations of the templates that nothing uses. By their text: this needs no compiler.</summary>
public sealed partial class TemplateUseTests
{
    private const string Main = "infra/main.bicep";

    /// <summary>Parameters of modules that no caller gives, and why.</summary>
    private static readonly Dictionary<string, string> NeverGiven = new(StringComparer.Ordinal)
    {
        ["infra/modules/secrets.bicep"] = "newGuid() can stand in the default of a parameter only",
    };

    /// <summary>Outputs of the deployment that no page names, and who reads them.</summary>
    private static readonly Dictionary<string, string> ReadElsewhere = new(StringComparer.Ordinal)
    {
        ["AZURE_LOCATION"] = "azd",
        ["AZURE_TENANT_ID"] = "azd",
        ["WEB_URL"] = "azd prints it",
    };

    private static readonly IReadOnlyList<string> Files = Repo.Files("infra", "*.bicep");

    private static IEnumerable<(string Symbol, string File, string Text)> Modules => Files.SelectMany(file => Module().Matches(Repo.Text(file)).Select(m =>
        (m.Groups["symbol"].Value, Repo.Relative(Path.GetFullPath(Path.Combine(Repo.PathOf(file), "..", m.Groups["path"].Value))), Repo.Text(file))));

    [Fact]
    public void Templates_EachOne_IsAModuleOfAnother() => Files.Except(Modules.Select(m => m.File)).ShouldBe([Main]);

    [Fact]
    public void Declarations_EachOne_IsUsedInItsFile() => Files.SelectMany(file => Declaration().Matches(Repo.Text(file))
            .Where(m => Count(Repo.Text(file), m.Groups["name"].Value) < 2).Select(m => $"{file}: {m.Value}"))
        .ShouldBeEmpty();

    [Fact]
    public void Parameters_OfModules_AreGivenByACaller() => Modules.Where(m => !NeverGiven.ContainsKey(m.File))
        .SelectMany(m => Parameter().Matches(Repo.Text(m.File)).Select(p => p.Groups["name"].Value).Where(p => !Given(m.Symbol, m.Text).Contains($"\n    {p}:", StringComparison.Ordinal)),
            (m, p) => $"{m.File}: {p}").ShouldBeEmpty();

    [Fact]
    public void Outputs_OfModules_AreReadByACaller() => Modules
        .SelectMany(m => Output().Matches(Repo.Text(m.File)).Select(o => o.Groups["name"].Value).Where(o => !Regex.IsMatch(m.Text, $@"\b{m.Symbol}!?\.outputs\.{o}\b", RegexOptions.None, TimeSpan.FromSeconds(1))),
            (m, o) => $"{m.File}: {o}").ShouldBeEmpty();

    [Fact]
    public void Outputs_OfTheDeployment_AreNamedInAGuideOrAPipeline()
    {
        var readers = string.Join('\n', Repo.Files("docs", "*.md").Append("azure.yaml").Append(".github/workflows/azure-dev.yml").Select(Repo.Text));

        Output().Matches(Repo.Text(Main)).Select(m => m.Groups["name"].Value).Except(ReadElsewhere.Keys).Where(name => Count(readers, name) == 0).ShouldBeEmpty();
    }

    [Fact]
    public void Abbreviations_EachOne_IsUsed()
    {
        var templates = string.Join('\n', Files.Select(Repo.Text));
        Repo.Json("infra/abbreviations.json").AsObject().Select(p => p.Key).Where(key => !templates.Contains($"abbreviations.{key}", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    /// <summary>How often a name stands in a template, other than as the name of a property.</summary>
    private static int Count(string text, string name) =>
        Regex.Count(text, $@"(?<![\w.]){name}\b", RegexOptions.None, TimeSpan.FromSeconds(1)) - Regex.Count(text, $@"^\s*{name}:", RegexOptions.Multiline, TimeSpan.FromSeconds(1));

    /// <summary>The text of a module's declaration.</summary>
    private static string Given(string symbol, string text)
    {
        var from = text.IndexOf($"\nmodule {symbol} ", StringComparison.Ordinal);
        return text[from..text.IndexOf("\n}", from, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"^module (?<symbol>\w+) '(?<path>[^']+)'", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Module();

    [GeneratedRegex(@"^(param|var) (?<name>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^param (?<name>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^output (?<name>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Output();
}
