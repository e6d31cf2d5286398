using System.Text.RegularExpressions;
using Concert.Consistency.Tests.Reading;
using Shouldly;

namespace Concert.Consistency.Tests;

/// <summary>The real compiler and its linter have nothing to say: no error, no warning.</summary>
public sealed partial class CompileTests
{
    private const string Graph = "extension 'br:mcr.microsoft.com/bicep/extensions/microsoftgraph/v1.0:1.0.0'";

    [Fact]
    public void Linter_OfRecentApiVersions_IsOn() =>
        Repository.Json("infra/bicepconfig.json")["analyzers"]!["core"]!["rules"]!["use-recent-api-versions"]!["level"]!.ToString().ShouldBe("warning");

    [Fact]
    public void Templates_EachOne_CompilesAndLintsWithoutAWord()
    {
        CompiledTemplates.Files.Count.ShouldBeGreaterThan(12);
        BicepCompiler.Run(CompiledTemplates.Folder, "lint", "--pattern", "**/*.bicep").ShouldBe((0, ""));
        CompiledTemplates.SaidOfMain.ShouldBeEmpty();
    }

    [Fact]
    public void Templates_Evaluated_SayNothingWhateverTheSwitches()
    {
        CompiledTemplates.Default.Diagnostics.ShouldBeEmpty();
        CompiledTemplates.Everything.Diagnostics.ShouldBeEmpty();
        CompiledTemplates.PrivateNetwork.Diagnostics.ShouldBeEmpty();
    }

    [Fact]
    public void Templates_ButTheAppRegistration_NeedNoRegistry()
    {
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("infra"), "*.bicep", SearchOption.AllDirectories))
        {
            Registry().Count(File.ReadAllText(file)).ShouldBe(file.EndsWith(CompiledTemplates.NeedsRegistry, StringComparison.Ordinal) ? 1 : 0, file);
        }

        Repository.Text($"infra/{CompiledTemplates.NeedsRegistry}").ShouldStartWith(Graph + "\n");
    }

    [Fact]
    public void AppRegistration_AndItsStandIn_HaveTheSameParametersAndOutputs()
    {
        string[] Declared(string file) => [.. Declaration().Matches(Repository.Text(file)).Select(m => m.Value).Order(StringComparer.Ordinal)];

        var real = Declared($"infra/{CompiledTemplates.NeedsRegistry}");
        real.Length.ShouldBe(6);
        Declared("tests/Concert.Consistency.Tests/Templates/app-registration.bicep").ShouldBe(real);
    }

    /// <summary>Without the extension its types are unknown, which is said in four ways; anything else is a mistake in the file.</summary>
    [Fact]
    public void AppRegistration_WithoutItsExtension_LacksNothingButTheTypes()
    {
        var module = Path.Combine(CompiledTemplates.Folder, "graph.bicep");
        File.Copy(Repository.PathOf($"infra/{CompiledTemplates.NeedsRegistry}"), module, overwrite: true);

        var (_, said) = BicepCompiler.Run(CompiledTemplates.Folder, "build", "graph.bicep", "--no-restore", "--stdout");
        File.Delete(module);

        Diagnostic().Matches(said).Select(m => m.Groups["code"].Value).Distinct().ShouldBeSubsetOf(["BCP190", "BCP192", "BCP029", "BCP157", "BCP062"], said);
    }

    [GeneratedRegex(@"'br[:/]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Registry();

    [GeneratedRegex(@"^(param|output) \w+ \w+", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\) : (Error|Warning|Info) (?<code>[\w-]+):", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Diagnostic();
}
