namespace Concert.Repository.Tests.Infrastructure;

[Trait("Speed", "Slow")]
public sealed class TemplateTests
{
    [Fact]
    public void Parameters_OfTheEnvironment_AreThoseOfTheTemplate()
    {
        var declared = CompiledTemplates.Main["parameters"]!.AsObject();
        Deployment.Parameters.Keys.ShouldBeSubsetOf(declared.Select(p => p.Key));
        declared.Where(p => p.Value!["defaultValue"] is null).Select(p => p.Key).ShouldBeSubsetOf(Deployment.Parameters.Keys);
    }

    [Fact]
    public void Defaults_OfTheEnvironment_AreThoseOfTheTemplate()
    {
        foreach (var (name, (variable, value)) in Deployment.Parameters.Where(p => p.Value.Default is not null))
        {
            Default(name).ShouldBe(value, $"{name} from {variable}");
        }
    }

    [Fact]
    public void Pipeline_PassesEveryVariable_WithTheTemplatesDefault()
    {
        var workflow = Repo.Text(".github/workflows/azure-dev.yml");
        foreach (var (name, (variable, value)) in Deployment.Parameters.Where(p => p.Key != "principalId"))
        {
            var expected = string.IsNullOrEmpty(value) ? $"{variable}: ${{{{ vars.{variable} }}}}" : $"{variable}: ${{{{ vars.{variable} || '{value}' }}}}";
            workflow.ShouldContain(expected, Case.Sensitive, name);
        }
    }

    [Fact]
    public void Pipeline_IsGivenEveryVariable_ByAzd()
    {
        var given = Repo.Text("azure.yaml").Split("\n  variables:\n")[1].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Trim('-', ' '));

        given.ShouldBe(Deployment.Parameters.Values.Select(p => p.Variable).Where(v => !v.StartsWith("AZURE_", StringComparison.Ordinal)), ignoreOrder: true);
    }

    [Fact]
    public void Variables_OfTheEnvironment_AreExplainedToWhoeverDeploys()
    {
        var guide = Repo.Text("docs/deploy.md");
        foreach (var (name, (variable, _)) in Deployment.Parameters.Where(p => !p.Value.Variable.StartsWith("AZURE_", StringComparison.Ordinal)))
        {
            guide.ShouldContain($"`{variable}`", Case.Sensitive);
            guide.ShouldContain($"`{name}`", Case.Sensitive);
        }
    }

    [Fact]
    public void Service_Api_IsDeployedToTheResourceThatIsTaggedForIt()
    {
        var azd = Repo.Text("azure.yaml");
        azd.ShouldContain("  api:\n    project: ./src/ConcertFunctions\n    language: dotnet\n    host: function\n");
        CompiledTemplates.Default.Resource("Microsoft.Web/sites")["tags"]!["azd-service-name"]!.ToString().ShouldBe("api");
    }

    [Fact]
    public void Service_Web_IsDeclaredAndDeployedOnceItsFolderExists()
    {
        var exists = Repo.Has("src/web");
        Repo.Text("azure.yaml").Contains("\n  web:\n", StringComparison.Ordinal).ShouldBe(exists, "azure.yaml has a service web when src/web exists, and only then");
        Default("deployWeb").ShouldBe(exists ? "true" : "false", "deployWeb in infra/main.bicep goes with it");
    }

    [Fact]
    public void Service_Web_MayCallTheApi()
    {
        CompiledTemplates.Everything.Resource("Microsoft.Web/staticSites")["tags"]!["azd-service-name"]!.ToString().ShouldBe("web");
        CompiledTemplates.Everything.Settings["Cors__AllowedOrigins__0"].ShouldContain("/staticSites/");
    }

    [Fact]
    public void App_Plan_IsFlexConsumptionThatTakesItsPackageByIdentity()
    {
        CompiledTemplates.Default.Resource("Microsoft.Web/serverfarms")["sku"]!["name"]!.ToString().ShouldBe("FC1");
        var app = CompiledTemplates.Default.Properties("Microsoft.Web/sites")["functionAppConfig"]!;
        app["runtime"]!["name"]!.ToString().ShouldBe("dotnet-isolated");
        app["runtime"]!["version"]!.ToString().ShouldBe("10.0");
        var package = app["deployment"]!["storage"]!;
        package["authentication"]!["type"]!.ToString().ShouldBe("UserAssignedIdentity");
        var container = PredictedDeployment.LastName(CompiledTemplates.Default.Resource("Microsoft.Storage/storageAccounts/blobServices/containers"));
        package["value"]!.ToString().ShouldEndWith($".primaryEndpoints.blob, '{container}')]");
    }

    [Fact]
    public void Resources_ThatCanCarryTags_BelongToTheEnvironment() =>
        CompiledTemplates.PrivateNetwork.Resources.Where(r => r["location"] is not null)
            .ShouldAllBe(r => r["tags"] != null && r["tags"]!["azd-env-name"]!.ToString() == "test");

    [Fact]
    public void Output_ForTheDrill_IsThere() => CompiledTemplates.Main["outputs"]!.AsObject().Select(o => o.Key).ShouldContain("API_URL");

    /// <summary>A default as main.parameters.json would write it.</summary>
    private static string Default(string parameter) => CompiledTemplates.Main["parameters"]![parameter]!["defaultValue"]!.ToString();
}
