using System.Globalization;
using System.Text;
using Concert.Lab.Running;

namespace Concert.Lab.Report;

internal enum BarKind
{
    Ours,
    Durable,
    NotDurable,
    Wrong,
}

/// <param name="Note">Behind the number; empty for none.</param>
internal sealed record Bar(string Name, Spread Value, BarKind Kind, string Note);

/// <summary>Horizontal bars, the longest first, with a line from the least to the most of the rounds. Readable on white and on black.</summary>
internal static class BarChart
{
    private const int Width = 960;
    private const int NameWidth = 330;
    private const int BarWidth = 400;
    private const int RowHeight = 24;
    private const int Top = 56;

    public static string Write(string title, IReadOnlyList<Bar> bars)
    {
        var most = bars.Count == 0 ? 1 : Math.Max(1, bars.Max(bar => bar.Value.Most));
        var height = Top + (bars.Count * RowHeight) + 12;
        var svg = Svg.Begin(title, Width, height);
        Legend(svg);
        foreach (var (bar, i) in bars.OrderByDescending(bar => bar.Value.Median).Select((bar, i) => (bar, i)))
        {
            Append(svg, bar, Top + (i * RowHeight), most);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Legend(StringBuilder svg)
    {
        var x = 12;
        foreach (var (kind, text) in new[] { (BarKind.Ours, "ours"), (BarKind.Durable, "durable"), (BarKind.NotDurable, "not durable"), (BarKind.Wrong, "wrong") })
        {
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x}\" y=\"33\" width=\"12\" height=\"12\" fill=\"{Colour(kind)}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + 18}\" y=\"44\" fill=\"#57606a\">{text}</text>\n");
            x += 110;
        }
    }

    private static void Append(StringBuilder svg, Bar bar, int y, double most)
    {
        double X(double value) => NameWidth + (value / most * BarWidth);
        var middle = y + (RowHeight / 2);
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{NameWidth - 8}\" y=\"{middle + 4}\" text-anchor=\"end\" fill=\"{Svg.Ink}\">{Svg.Escape(bar.Name)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{NameWidth}\" y=\"{y + 4}\" width=\"{Math.Max(1, X(bar.Value.Median) - NameWidth):F1}\" height=\"{RowHeight - 8}\" fill=\"{Colour(bar.Kind)}\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(bar.Value.Least):F1}\" x2=\"{X(bar.Value.Most):F1}\" y1=\"{middle}\" y2=\"{middle}\" stroke=\"{Svg.Ink}\" stroke-width=\"1.5\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(bar.Value.Most) + 8:F1}\" y=\"{middle + 4}\" fill=\"{Svg.Ink}\">{bar.Value.Median:N0}{Svg.Escape(bar.Note.Length > 0 ? $" · {bar.Note}" : "")}</text>\n");
    }

    private static string Colour(BarKind kind) => kind switch
    {
        BarKind.Ours => "#1a7f37",
        BarKind.Durable => "#0969da",
        BarKind.NotDurable => "#9aa4af",
        _ => "#cf222e",
    };
}
