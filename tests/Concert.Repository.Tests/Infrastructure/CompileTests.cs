using System.Text.RegularExpressions;

namespace Concert.Repository.Tests.Infrastructure;

/// <summary>The real compiler and its linter have nothing to say: no error, no warning.</summary>
[Trait("Speed", "Slow")]
public sealed partial class CompileTests
{
    private const string Graph = "extension 'br:mcr.microsoft.com/bicep/extensions/microsoftgraph/v1.0:1.0.0'";

    [Fact]
    public void Linter_OfRecentApiVersions_IsOn() =>
        Repo.Json("infra/bicepconfig.json")["analyzers"]!["core"]!["rules"]!["use-recent-api-versions"]!["level"]!.ToString().ShouldBe("warning");

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
        foreach (var file in Repo.Files("infra", "*.bicep"))
        {
            Registry().Count(Repo.Text(file)).ShouldBe(file.EndsWith(CompiledTemplates.NeedsRegistry, StringComparison.Ordinal) ? 1 : 0, file);
        }

        Repo.Text($"infra/{CompiledTemplates.NeedsRegistry}").ShouldStartWith(Graph + "\n");
    }

    [Fact]
    public void AppRegistration_AndItsStandIn_HaveTheSameParametersAndOutputs()
    {
        string[] Declared(string file) => [.. Declaration().Matches(Repo.Text(file)).Select(m => m.Value).Order(StringComparer.Ordinal)];

        var real = Declared($"infra/{CompiledTemplates.NeedsRegistry}");
        real.Length.ShouldBe(6);
        Declared("tests/Concert.Repository.Tests/Infrastructure/Templates/app-registration.bicep").ShouldBe(real);
    }

    /// <summary>Without the extension its types are unknown, which is said in four ways; anything else is a mistake in the file.</summary>
    [Fact]
    public void AppRegistration_WithoutItsExtension_LacksNothingButTheTypes()
    {
        var module = Path.Combine(CompiledTemplates.Folder, "graph.bicep");
        File.Copy(Repo.PathOf($"infra/{CompiledTemplates.NeedsRegistry}"), module, overwrite: true);

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
