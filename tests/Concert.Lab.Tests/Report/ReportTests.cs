using System.Xml.Linq;
using Concert.Lab.Http;
using Concert.Lab.Report;
using Concert.Lab.Running;
using Concert.Lab.Ways;
using Concert.Lab.Works;
using Shouldly;
using Xunit;

namespace Concert.Lab.Tests.Report;

public sealed class ReportTests
{
    [Fact]
    public void Write_Works_TableWithLossReasonAndRatio()
    {
        var text = LabReport.Write([Results()], [], "about", name => $"lab/{name}.svg");
        text.ShouldContain("**lost 2,914 of 6,000**");
        text.ShouldContain("not installed: apt-get install rabbitmq-server");
        text.ShouldContain("![3,000 charges and 3,000 uses of one wallet: operations a second of each way](lab/wallet-3k.svg)");
        text.ShouldContain("| 0.25 |");
        text.ShouldContain("4.00 times");
    }

    [Fact]
    public void Goals_AlternativeIsTooNear_Missed()
    {
        Goals.Of([Results(others: 10_000)], [])[0].IsMet.ShouldBe(false);
        Goals.Of([Results(others: 5_000)], [])[0].IsMet.ShouldBe(true);
    }

    [Fact]
    public void Goals_FasterButWrongOrNotDurable_IsNoAlternative()
    {
        var results = Results();
        Add(results, "none", 1_000_000, "lost 1 of 6,000");
        Add(results, "kafka", 1_000_000);
        Goals.Fastest(results)!.Way.Id.ShouldBe("for-update");
    }

    [Fact]
    public void Goals_OursIsWrong_Missed()
    {
        var results = Results();
        Add(results, WayCatalog.Ours, 20_000, "lost 1 of 6,000");
        Goals.Of([results], [])[0].IsMet.ShouldBe(false);
    }

    [Fact]
    public void Goals_OverHttp_ComparedAtEqualWork()
    {
        var rows = HttpComparison.Rows();
        foreach (var (row, rate) in rows.Zip([12_000.0, 9_000, 2_500, 7_000, 4_000, 8_000]))
        {
            row.Rounds.Add(new HttpRound(rate, 1, 2, 100, 0));
        }

        Goals.Of([], rows).Select(goal => goal.IsMet).ShouldBe([true, false]);
    }

    [Fact]
    public void Chart_AnyResults_IsWellFormedAndNamesEveryWayThatRan()
    {
        var svg = Charts.Of(Results());
        XDocument.Parse(svg).Root!.Name.LocalName.ShouldBe("svg");
        svg.ShouldContain("lost 2,914 of 6,000");
        svg.ShouldNotContain("rabbitmq");
    }

    [Fact]
    public void With_PageWithMarkers_ReplacesOnlyWhatIsBetween()
    {
        var page = $"before\n{BenchmarksPage.Begin}\n\nold\n\n{BenchmarksPage.End}\nafter\n";
        BenchmarksPage.With(page, "new").ShouldBe($"before\n{BenchmarksPage.Begin}\n\nnew\n\n{BenchmarksPage.End}\nafter\n");
        Should.Throw<InvalidDataException>(() => BenchmarksPage.With("no markers", "new"));
    }

    [Theory]
    [InlineData(new[] { 3.0, 1, 2 }, 1, 2, 3)]
    [InlineData(new[] { 4.0, 1, 2, 3 }, 1, 2.5, 4)]
    public void Spread_Values_LeastMedianMost(double[] values, double least, double median, double most) =>
        Spread.Of(values).ShouldBe(new Spread(least, median, most));

    private static WorkResults Results(double others = 5_000)
    {
        var results = new WorkResults(
            Work.Create(Work.Wallet),
            [
                new Cell(WayCatalog.Find("none"), null), new Cell(WayCatalog.Find("for-update"), null), new Cell(WayCatalog.Find("kafka"), null),
                new Cell(WayCatalog.Find("rabbitmq"), "not installed: apt-get install rabbitmq-server"), new Cell(WayCatalog.Find(WayCatalog.Ours), null),
            ]);
        Add(results, "none", 9_000, "lost 2,914 of 6,000");
        Add(results, "for-update", others);
        Add(results, WayCatalog.Ours, 20_000);
        return results;
    }

    private static void Add(WorkResults results, string way, double perSecond, string? loss = null) => results.Cells.First(cell => cell.Way.Id == way)
        .Add(new Round(loss is null, loss ?? "correct", 6_000, 6_000, 6_000 / perSecond, 1, 2, 0, 1, 0, 100, 0));
}
