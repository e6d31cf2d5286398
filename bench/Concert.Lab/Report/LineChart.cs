using System.Globalization;
using System.Text;

namespace Concert.Lab.Report;

/// <param name="X">Above 0.</param>
/// <param name="Y">Above 0.</param>
internal readonly record struct ChartPoint(double X, double Y);

/// <summary>A line of a chart; its points in the order of <see cref="ChartPoint.X"/>.</summary>
internal sealed record ChartLine(string Name, IReadOnlyList<ChartPoint> Points);

/// <param name="Title">The heading.</param>
/// <param name="XUnit">Under the axis.</param>
/// <param name="YUnit">Above the axis.</param>
/// <param name="IsLogarithmic">Whether the values are of different sizes by far: a straight line up is then a power. Otherwise the axis begins at 0.</param>
/// <param name="Lines">At most four.</param>
internal sealed record LineChart(string Title, string XUnit, string YUnit, bool IsLogarithmic, IReadOnlyList<ChartLine> Lines)
{
    private const int Width = 720;
    private const int Height = 400;
    private const int Left = 84;
    private const int Right = 24;
    private const int Top = 88;
    private const int Bottom = 56;
    private const int Steps = 5;

    private static readonly string[] Colours = ["#1a7f37", "#0969da", "#bf8700", "#8250df"];

    /// <summary>Sizes on a logarithmic axis; throws when there is no point.</summary>
    public string Write()
    {
        List<ChartPoint> points = [.. Lines.SelectMany(line => line.Points)];
        var (first, last) = (Math.Log10(points.Min(p => p.X)), Math.Log10(points.Max(p => p.X)));
        var scale = IsLogarithmic ? Logarithmic(points) : Linear(points);
        double X(double value) => Left + ((Math.Log10(value) - first) / Math.Max(0.01, last - first) * (Width - Left - Right));
        double Y(double value) => Height - Bottom - (scale.Place(value) * (Height - Top - Bottom));

        var svg = Svg.Begin(Title, Width, Height);
        Legend(svg);
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"12\" y=\"{Top - 14}\" fill=\"{Svg.Faint}\">{Svg.Escape(YUnit)}</text>\n");
        foreach (var tick in scale.Ticks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):F1}\" y2=\"{Y(tick):F1}\" stroke=\"{Svg.Grid}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{Y(tick) + 4:F1}\" text-anchor=\"end\" fill=\"{Svg.Faint}\">{Number(tick)}</text>\n");
        }

        foreach (var size in points.Select(p => p.X).Distinct().Order())
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(size):F1}\" x2=\"{X(size):F1}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom + 5}\" stroke=\"{Svg.Faint}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(size):F1}\" y=\"{Height - Bottom + 20}\" text-anchor=\"middle\" fill=\"{Svg.Faint}\">{Number(size)}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 12}\" text-anchor=\"middle\" fill=\"{Svg.Faint}\">{Svg.Escape(XUnit)}</text>\n");
        foreach (var (line, colour) in Lines.Zip(Colours))
        {
            var path = string.Join(' ', line.Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):F1},{Y(p.Y):F1}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n");
            foreach (var point in line.Points)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(point.X):F1}\" cy=\"{Y(point.Y):F1}\" r=\"3.5\" fill=\"{colour}\"><title>{Number(point.X)}: {Number(point.Y)}</title></circle>\n");
            }
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static string Number(double value) => value.ToString(value >= 100 || value == Math.Round(value) ? "N0" : "G2", CultureInfo.InvariantCulture);

    /// <summary>From 0 to a round number above the largest.</summary>
    private static Scale Linear(List<ChartPoint> points)
    {
        var step = RoundUp(points.Max(p => p.Y) / Steps);
        return new Scale(value => value / (step * Steps), [.. Enumerable.Range(0, Steps + 1).Select(i => i * step)]);
    }

    /// <summary>Whole powers of ten.</summary>
    private static Scale Logarithmic(List<ChartPoint> points)
    {
        var (low, high) = ((int)Math.Floor(Math.Log10(points.Min(p => p.Y))), (int)Math.Ceiling(Math.Log10(points.Max(p => p.Y))));
        high = Math.Max(high, low + 1);
        return new Scale(value => (Math.Log10(value) - low) / (high - low), [.. Enumerable.Range(low, high - low + 1).Select(power => Math.Pow(10, power))]);
    }

    /// <summary>To 1, 2 or 5 times a power of ten.</summary>
    private static double RoundUp(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(value, 1e-9))));
        return new[] { 1, 2, 5, 10 }.Select(times => times * power).First(round => round >= value * 0.999);
    }

    private void Legend(StringBuilder svg)
    {
        var x = 12;
        foreach (var (line, colour) in Lines.Zip(Colours))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x}\" y=\"36\" width=\"12\" height=\"12\" fill=\"{colour}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + 18}\" y=\"47\" fill=\"{Svg.Faint}\">{Svg.Escape(line.Name)}</text>\n");
            x += 40 + (line.Name.Length * 7);
        }
    }

    private sealed record Scale(Func<double, double> Place, IReadOnlyList<double> Ticks);
}
