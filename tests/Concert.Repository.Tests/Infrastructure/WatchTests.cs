using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Concert.Repository.Tests.Infrastructure;

[Trait("Speed", "Slow")]
public sealed partial class WatchTests
{
    private static IReadOnlyList<JsonNode> Queries => CompiledTemplates.Default.ResourcesOf("Microsoft.Insights/scheduledQueryRules");

    private static IEnumerable<JsonNode> Rules => CompiledTemplates.Default.ResourcesOf("Microsoft.Insights/metricAlerts").Concat(Queries);

    private static JsonNode Workbook => JsonNode.Parse(CompiledTemplates.Default.Properties("Microsoft.Insights/workbooks")["serializedData"]!.ToString())!;

    [Fact]
    public void Alerts_OfTheDesign_AreThere() =>
        Rules.Select(r => r["name"]!.ToString()).ShouldBe(
            ["dead-letters-waiting", "command-dead-lettered", "cosmos-throttled", "outcomes-slow", "invariant-broken", "nobody-admitted"], ignoreOrder: true);

    [Fact]
    public void Alerts_EachOne_IsExplainedToOperators()
    {
        var operations = Repo.Text("docs/operations/alerts.md");
        foreach (var rule in Rules)
        {
            operations.ShouldContain($"`{rule["name"]}`");
        }
    }

    [Fact]
    public void Alerts_EachOne_TellsSomebody()
    {
        var group = CompiledTemplates.Default.Resource("Microsoft.Insights/actionGroups")["id"]!.ToString();
        foreach (var rule in Rules)
        {
            var actions = rule["properties"]!["actions"]!;
            var target = actions is JsonArray array ? array.ShouldHaveSingleItem()!["actionGroupId"] : actions["actionGroups"]!.AsArray().ShouldHaveSingleItem();
            target!.ToString().ShouldBe(group, rule["name"]!.ToString());
        }
    }

    [Fact]
    public void Alerts_WithAnAddress_AreSentThere()
    {
        CompiledTemplates.Default.Properties("Microsoft.Insights/actionGroups")["emailReceivers"]!.AsArray().ShouldBeEmpty();
        CompiledTemplates.Everything.Properties("Microsoft.Insights/actionGroups")["emailReceivers"]!.AsArray().ShouldHaveSingleItem()!["emailAddress"]!
            .ToString().ShouldBe("operators@example.com");
    }

    [Fact]
    public void Alerts_OnResources_WatchTheDeployedOnes() =>
        CompiledTemplates.Default.ResourcesOf("Microsoft.Insights/metricAlerts").Concat(Queries)
            .SelectMany(r => r["properties"]!["scopes"]!.AsArray()).Select(s => s!.ToString())
            .ShouldBeSubsetOf(CompiledTemplates.Default.Resources.Select(r => r["id"]!.ToString()));

    [Fact]
    public void Queries_NameFunctionsThatExist()
    {
        var names = FunctionsApp.Functions.Select(f => f.Name).ToHashSet();
        var asked = Queries.Select(q => q["properties"]!["criteria"]!["allOf"]!.AsArray().ShouldHaveSingleItem()!["query"]!.ToString())
            .Append(Workbook.ToJsonString(Readable)).SelectMany(q => FunctionName().Matches(q)).SelectMany(m => m.Groups["name"].Captures).Select(c => c.Value).ToHashSet();

        asked.Count.ShouldBeGreaterThan(4);
        asked.ShouldBeSubsetOf(names);
    }

    /// <summary>With all tokens active nobody is admitted before the first of them ends: silence is a fault only after that.</summary>
    [Fact]
    public void NobodyAdmitted_LooksLongerThanATokenIsActive()
    {
        var rule = Queries.Single(r => r["name"]!.ToString() == "nobody-admitted")["properties"]!;

        System.Xml.XmlConvert.ToTimeSpan(rule["windowSize"]!.ToString()).ShouldBeGreaterThan(ActiveFor());
    }

    [Fact]
    public void Workbook_Placeholders_AreAllReplaced()
    {
        Workbook["version"]!.GetValue<string>().ShouldBe("Notebook/1.0");
        Placeholder().IsMatch(Workbook.ToJsonString(Readable)).ShouldBeFalse();
        Placeholder().Matches(Repo.Text("infra/workbooks/sale.json")).Select(m => m.Value).Distinct().Count().ShouldBe(5);
    }

    private static readonly System.Text.Json.JsonSerializerOptions Readable =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static TimeSpan ActiveFor()
    {
        var written = ActiveForDefault().Match(string.Join('\n', CSharpSource.Of("src/Concert.Booking").Files.Select(f => f.ToString())));
        written.Success.ShouldBeTrue();
        return TimeSpan.FromMinutes(int.Parse(written.Groups["minutes"].Value));
    }

    [GeneratedRegex("__[A-Z_]+?__", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\b(?:Name|OperationName) (?:== '(?<name>\w+)'|in \('(?<name>\w+)'(?:, '(?<name>\w+)')*\))", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FunctionName();

    [GeneratedRegex(@"TimeSpan ActiveFor .*TimeSpan\.FromMinutes\((?<minutes>\d+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex ActiveForDefault();
}
