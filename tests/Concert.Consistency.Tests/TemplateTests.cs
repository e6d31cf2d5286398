using System.Text.RegularExpressions;
using Concert.Consistency.Tests.Reading;
using Shouldly;

namespace Concert.Consistency.Tests;

public sealed partial class TemplateTests
{
    [Fact]
    public void Modules_OfOurOwn_GetExactlyTheParametersTheyDeclare()
    {
        foreach (var (file, module, target) in LocalModules())
        {
            var required = target.Parameters.Values.Where(p => p.Default is null).Select(p => p.Name);
            module.Given.ShouldBeSubsetOf(target.Parameters.Keys, $"{file.Path}: {module.Symbol}");
            required.ShouldBeSubsetOf(module.Given, $"{file.Path}: {module.Symbol}");
        }
    }

    [Fact]
    public void Outputs_OfModules_ExistWhereTheyAreUsed()
    {
        var outputs = LocalModules().ToDictionary(m => (m.File.Path, m.Module.Symbol), m => m.Target.Outputs.Keys);
        foreach (var file in Deployment.All)
        {
            foreach (Match use in OutputUse().Matches(file.Source))
            {
                if (outputs.TryGetValue((file.Path, use.Groups["module"].Value), out var names))
                {
                    names.ShouldContain(use.Groups["output"].Value, $"{file.Path}: {use.Value}");
                }
            }
        }
    }

    [Fact]
    public void Modules_FromTheRegistry_ArePinned()
    {
        var modules = Deployment.All.SelectMany(f => f.Modules).Where(m => !m.Path.StartsWith('.')).ToList();

        modules.ShouldNotBeEmpty();
        modules.ShouldAllBe(m => PinnedModule().IsMatch(m.Path));
    }

    [Fact]
    public void Parameters_OfTheEnvironment_AreThoseOfTheTemplate()
    {
        var declared = Deployment.Main.Parameters;
        Deployment.Parameters.Keys.ShouldBeSubsetOf(declared.Keys);
        declared.Values.Where(p => p.Default is null).Select(p => p.Name).ShouldBeSubsetOf(Deployment.Parameters.Keys);
    }

    [Fact]
    public void Defaults_OfTheEnvironment_AreThoseOfTheTemplate()
    {
        foreach (var (name, (variable, value)) in Deployment.Parameters.Where(p => p.Value.Default is not null))
        {
            Deployment.Main.Parameters[name].Default!.Text.ShouldBe(value, $"{name} from {variable}");
        }
    }

    [Fact]
    public void Pipeline_PassesEveryVariable_WithTheTemplatesDefault()
    {
        var workflow = Repository.Text(".github/workflows/azure-dev.yml");
        foreach (var (name, (variable, value)) in Deployment.Parameters.Where(p => p.Key != "principalId"))
        {
            var expected = string.IsNullOrEmpty(value) ? $"{variable}: ${{{{ vars.{variable} }}}}" : $"{variable}: ${{{{ vars.{variable} || '{value}' }}}}";
            workflow.ShouldContain(expected, Case.Sensitive, name);
        }
    }

    [Fact]
    public void Service_Api_IsDeployedToTheResourceThatIsTaggedForIt()
    {
        var azd = Repository.Text("azure.yaml");
        azd.ShouldContain("  api:\n    project: ./src/ConcertFunctions\n    language: dotnet\n    host: function\n");
        Repository.Bicep("infra/app/api.bicep").Resource("Microsoft.Web/sites").Declared["tags"].Text.ShouldContain("azd-service-name : api");
    }

    [Fact]
    public void Service_Web_IsDeclaredAndDeployedOnceItsFolderExists()
    {
        var exists = Repository.Has("src/web");
        Repository.Text("azure.yaml").Contains("\n  web:\n", StringComparison.Ordinal).ShouldBe(exists, "azure.yaml has a service web when src/web exists, and only then");
        Deployment.Main.Parameters["deployWeb"].Default!.Text.ShouldBe(exists ? "true" : "false", "deployWeb in infra/main.bicep goes with it");
    }

    [Fact]
    public void Output_ForTheDrill_IsThere() => Deployment.Main.Outputs.Keys.ShouldContain("API_URL");

    private static IEnumerable<(BicepFile File, BicepModule Module, BicepFile Target)> LocalModules() =>
        from file in Deployment.All
        from module in file.Modules
        where module.Path.StartsWith('.')
        let path = Path.GetRelativePath(Repository.Root, Path.GetFullPath(module.Path, Path.GetDirectoryName(Repository.PathOf(file.Path))!))
        select (file, module, Repository.Bicep(path));

    [GeneratedRegex(@"\b(?<module>\w+)!?\.outputs\.(?<output>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OutputUse();

    [GeneratedRegex(@"^br/public:avm/res/[a-z0-9/-]+:\d+\.\d+\.\d+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PinnedModule();
}
