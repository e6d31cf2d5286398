using System.Globalization;
using System.Xml.Linq;
using Concert.Lab.Report;
using Shouldly;
using Xunit;

namespace Concert.Lab.Tests.Report;

public sealed class LineChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_Lines_EveryPointLiesWithinThePictureAndHigherIsHigher(bool isLogarithmic)
    {
        var chart = Write(isLogarithmic, [new ChartPoint(1_000, 20), new ChartPoint(1_000_000, 450)], [new ChartPoint(1_000, 20), new ChartPoint(1_000_000, 4)]);
        var points = chart.Descendants(Svg + "circle").Select(circle => (X: Number(circle, "cx"), Y: Number(circle, "cy"))).ToArray();
        points.Length.ShouldBe(4);
        points.ShouldAllBe(point => point.X >= 84 && point.X <= 696 && point.Y >= 88 && point.Y <= 344);
        points[1].Y.ShouldBeLessThan(points[0].Y);
        points[3].Y.ShouldBeGreaterThan(points[2].Y);
        points[0].X.ShouldBe(points[2].X);
    }

    [Fact]
    public void Write_Lines_AxesHaveUnitsAndSizes()
    {
        var texts = Write(false, [new ChartPoint(1_000, 20), new ChartPoint(10_000, 45)]).Descendants(Svg + "text").Select(text => text.Value).ToArray();
        texts.ShouldContain("A & B");
        texts.ShouldContain("µs");
        texts.ShouldContain("reservations");
        texts.ShouldContain("10,000");
        texts.ShouldContain("0");
        texts.ShouldContain("50");
    }

    [Fact]
    public void Write_OneSize_IsAPicture() => Write(true, [new ChartPoint(1_000, 20)]).Descendants(Svg + "circle").Count().ShouldBe(1);

    private static XDocument Write(bool isLogarithmic, params ChartPoint[][] lines) =>
        XDocument.Parse(new LineChart("A & B", "reservations", "µs", isLogarithmic, [.. lines.Select((points, i) => new ChartLine($"line {i}", points))]).Write());

    private static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);
}
