using System.Text.RegularExpressions;
using Concert.Consistency.Tests.Reading;
using Shouldly;

namespace Concert.Consistency.Tests;

public sealed partial class WatchTests
{
    private static BicepFile Alerts => Repository.Bicep("infra/modules/alerts.bicep");

    private static IEnumerable<BicepObject> Rules =>
        Alerts.ResourcesOf("Microsoft.Insights/metricAlerts").Concat(Alerts.ResourcesOf("Microsoft.Insights/scheduledQueryRules")).Select(r => r.Declared);

    [Fact]
    public void Alerts_OfTheDesign_AreThere() =>
        Rules.Select(r => r["name"].Text)
            .ShouldBe(["dead-letters-waiting", "command-dead-lettered", "cosmos-throttled", "outcomes-slow", "invariant-broken"], ignoreOrder: true);

    [Fact]
    public void Alerts_EachOne_IsExplainedToOperators()
    {
        var operations = Repository.Text("docs/operations.md");
        foreach (var rule in Rules)
        {
            operations.ShouldContain($"`{rule["name"].Text}`");
        }
    }

    [Fact]
    public void Alerts_EachOne_TellsSomebody()
    {
        foreach (var rule in Rules)
        {
            var actions = rule["properties"]["actions"];
            var target = actions is BicepArray array ? array.Items.ShouldHaveSingleItem()["actionGroupId"] : actions["actionGroups"].Items.ShouldHaveSingleItem();
            target.Text.ShouldBe("actionGroup . id", rule["name"].Text);
        }
    }

    [Fact]
    public void Workbook_Placeholders_AreAllReplaced()
    {
        var workbook = Repository.Text("infra/workbooks/sale.json");
        Repository.Json("infra/workbooks/sale.json")["version"]!.GetValue<string>().ShouldBe("Notebook/1.0");
        var used = Placeholder().Matches(workbook).Select(m => m.Value).Distinct();
        var replaced = Placeholder().Matches(Repository.Text("infra/modules/workbook.bicep")).Select(m => m.Value).Distinct();
        used.ShouldBe(replaced, ignoreOrder: true);
    }

    [GeneratedRegex("__[A-Z_]+?__", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
