using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Concert.Repository.Tests.Infrastructure;

/// <summary>The app's attributes against templates, host.json, settings and the API's table.</summary>
[Trait("Speed", "Slow")]
public sealed class AppSourceTests
{
    private const string Connection = "ServiceBusConnection";

    [Fact]
    public void Functions_Names_AreUnique() => FunctionsApp.Functions.Select(f => f.Name).ShouldBeUnique();

    [Fact]
    public void SeatCommands_Trigger_IsTheDeployedQueueWithItsSessions()
    {
        var function = Function("ProcessSeatCommands");

        function.Trigger.ShouldBe("ServiceBusTrigger");
        function.Positional.ShouldBe([Deployment.QueueName]);
        (function.Named("IsSessionsEnabled") ?? "false").ShouldBe(Deployment.Queue["requiresSession"]!.ToString());
    }

    [Fact]
    public void DeadLetters_Trigger_IsTheQueuesOwnWithoutSessions()
    {
        var function = Function("OnDeadLetter");

        function.Trigger.ShouldBe("ServiceBusTrigger");
        function.Positional.ShouldBe([$"{Deployment.QueueName}/$DeadLetterQueue"]);
        (function.Named("IsSessionsEnabled") ?? "false").ShouldBe("false");
    }

    [Fact]
    public void QueueFunctions_TakeOneMessageOverTheConfiguredConnection()
    {
        var functions = FunctionsApp.With("ServiceBusTrigger").ToList();

        functions.Count.ShouldBe(2);
        functions.ShouldAllBe(f => f.Named("Connection") == Connection && (f.Named("IsBatched") ?? "false") == "false");
        Deployment.Settings.Keys.ShouldContain($"{Connection}__fullyQualifiedNamespace");
        Deployment.LocalSettings.Keys.ShouldContain(Connection);
    }

    [Fact]
    public void Timers_Schedules_AreSettingsThatAreSetEverywhere()
    {
        var timers = FunctionsApp.With("TimerTrigger").ToDictionary(f => f.Name, f => f.Positional.ShouldHaveSingleItem());

        timers.Keys.ShouldBe(["ReleaseExpiredHolds", "AdmitWaiting", "RepairPayments", "DeliverWebhooks"], ignoreOrder: true);
        foreach (var (name, schedule) in timers)
        {
            schedule.ShouldBe($"%{name}Schedule%");
            Deployment.Settings.Keys.ShouldContain($"{name}Schedule");
            Deployment.LocalSettings.Keys.ShouldContain($"{name}Schedule");
        }
    }

    [Fact]
    public void Settings_ThatDisableOrKeepWarm_NameFunctionsThatExist()
    {
        var names = FunctionsApp.Functions.Select(f => f.Name).ToHashSet();
        Deployment.LocalSettings.Keys.Where(k => k.StartsWith("AzureWebJobs.", StringComparison.Ordinal)).Select(k => k.Split('.')[1])
            .ShouldBeSubsetOf(names);
        var warm = CompiledTemplates.Everything.Properties("Microsoft.Web/sites")["functionAppConfig"]!["scaleAndConcurrency"]!["alwaysReady"]!.AsArray()
            .Select(g => g!["name"]!.ToString()).ToList();
        warm.ShouldContain("http");
        warm.Where(n => n != "http").Select(n => n["function:".Length..]).ShouldHaveSingleItem().ShouldBeOneOf([.. names]);
    }

    /// <summary>But for streams, which a host that is billed by the time of its requests does not hold open: docs/adr/0027-events-from-one-process.md.</summary>
    [Fact]
    public void Routes_OfTheApp_AreExactlyTheApisTable() =>
        AppRoutes().Concat(["GET api/concert/events", "HEAD api/concert/events"]).Order().ShouldBe(ApiSource.Routes.Order());

    [Fact]
    public void Routes_ThatNobodyHas_AreAnsweredByTheApiToo()
    {
        var rest = FunctionsApp.With("HttpTrigger").Where(IsCatchAll).ShouldHaveSingleItem();

        rest.Named("Route").ShouldBe("api/{*path}");
        rest.Positional.Skip(1).ShouldBe(["get", "head", "post", "put", "patch", "delete", "options"], ignoreOrder: true);
    }

    [Fact]
    public void Routes_OfTheApp_AreAnonymousToTheHostAndNeverItsOwn()
    {
        var functions = FunctionsApp.With("HttpTrigger").ToList();

        functions.ShouldNotBeEmpty();
        functions.ShouldAllBe(f => f.Positional[0] == "Anonymous");
        functions.ShouldAllBe(f => !Reserved(f.Named("Route")!));
    }

    /// <summary>The host tries routes in the order of the functions' names, whatever their precedence.</summary>
    [Fact]
    public void CatchAll_ByName_ComesAfterEveryOtherFunction() =>
        FunctionsApp.With("HttpTrigger").OrderBy(f => f.Name, StringComparer.OrdinalIgnoreCase).Last().Named("Route").ShouldBe("api/{*path}");

    [Fact]
    public void Containers_OfTheCosmosAdapter_AreTheDeployedOnes()
    {
        var source = CSharpSource.Of("src/Concert.Azure/Cosmos");
        var containers = source.Nodes<ObjectCreationExpressionSyntax>().Where(o => o.Type.ToString() == "CosmosContainer")
            .ToDictionary(o => Argument(source, o, 1), o => "/" + Argument(source, o, 2));

        containers.OrderBy(c => c.Key).ShouldBe(Deployment.PartitionKeys.OrderBy(c => c.Key));
    }

    [Fact]
    public void Indexes_OfTheCosmosAdapter_AreTheDeployedOnes()
    {
        var source = CSharpSource.Of("src/Concert.Azure/Cosmos");
        var queried = source.Nodes<ObjectCreationExpressionSyntax>().Where(o => o.Type.ToString() == "CosmosContainer")
            .ToDictionary(o => Argument(source, o, 1), o => Enumerable.Range(3, o.ArgumentList!.Arguments.Count - 3).Select(i => Argument(source, o, i)));

        foreach (var container in Deployment.Containers)
        {
            var name = container["id"]!.ToString();
            Deployment.IndexedPaths(container).ShouldBe([$"{Deployment.PartitionKeys[name]}/?", .. queried[name]]);
        }
    }

    [Fact]
    public void Settings_OfTheDeployment_AreReadBySomebody()
    {
        var source = CSharpSource.Of("src");
        var sections = source.Nodes<ClassDeclarationSyntax>().Select(c => (Class: c, Section: Section(source, c))).Where(c => c.Section is not null)
            .SelectMany(c => c.Class.Members.OfType<PropertyDeclarationSyntax>(), (c, p) => $"{c.Section}:{p.Identifier.Text}");
        var read = sections.Concat(source.Strings().Select(s => s.Trim('%'))).ToHashSet(StringComparer.OrdinalIgnoreCase);
        string[] ofThePlatform = ["AzureWebJobs", "ServiceBusConnection", "APPLICATIONINSIGHTS_", "AZURE_CLIENT_ID", "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID", "FUNCTIONS_"];

        Deployment.Settings.Keys.Concat(Deployment.LocalSettings.Keys)
            .Where(k => !ofThePlatform.Any(p => k.StartsWith(p, StringComparison.Ordinal))).Select(Deployment.ConfigurationKey)
            // One of a list's is the list's.
            .Select(k => k.Split(':') is [.. var list, var last] && int.TryParse(last, out _) ? string.Join(':', list) : k)
            .Where(k => !read.Contains(k)).ShouldBeEmpty();
    }

    [Fact]
    public void Metrics_InAlertsAndWorkbook_AreRecordedBySomebody()
    {
        var recorded = CSharpSource.Of("src").Strings().ToHashSet();
        var deployed = CompiledTemplates.Default.Resources.Where(r => r["type"]!.ToString().StartsWith("Microsoft.Insights/", StringComparison.Ordinal))
            .SelectMany(Strings);
        var watched = string.Join('\n', deployed.Concat(Repo.Files("docs/operations", "*.md").Select(Repo.Text)));
        var names = watched.Split(['\'', '`']).Where(s => s.StartsWith("concert.", StringComparison.Ordinal)).Distinct().ToList();

        names.Count.ShouldBeGreaterThan(5);
        names.ShouldBeSubsetOf(recorded);
    }

    private static FunctionSource Function(string name) => FunctionsApp.Functions.Single(f => f.Name == name);

    private static IEnumerable<string> AppRoutes() =>
        FunctionsApp.With("HttpTrigger").Where(f => !IsCatchAll(f)).SelectMany(f => f.Positional.Skip(1), (f, method) => ApiSource.Route(method, f.Named("Route")!));

    private static bool IsCatchAll(FunctionSource function) => function.Named("Route")!.Contains("{*", StringComparison.Ordinal);

    private static bool Reserved(string route) =>
        route.Trim('/') is var path && (path.StartsWith("admin", StringComparison.OrdinalIgnoreCase) || path.StartsWith("runtime", StringComparison.OrdinalIgnoreCase));

    private static string Argument(CSharpSource source, ObjectCreationExpressionSyntax creation, int at) =>
        source.Text(creation.ArgumentList!.Arguments[at].Expression);

    private static IEnumerable<string> Strings(JsonNode? node) => node switch
    {
        JsonObject properties => properties.SelectMany(p => Strings(p.Value)),
        JsonArray items => items.SelectMany(Strings),
        JsonValue value => [value.ToString()],
        _ => [],
    };

    private static string? Section(CSharpSource source, ClassDeclarationSyntax type) =>
        type.Members.OfType<FieldDeclarationSyntax>().SelectMany(f => f.Declaration.Variables).FirstOrDefault(v => v.Identifier.Text == "Section")?.Initializer
            is { } value ? source.Text(value.Value) : null;
}
