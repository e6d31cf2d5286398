using System.Globalization;
using System.Security;
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
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" width=\"{Width}\" height=\"{height}\" role=\"img\" ");
        svg.Append("font-family=\"system-ui, sans-serif\" font-size=\"13\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{Escape(title)}</title>\n<rect width=\"{Width}\" height=\"{height}\" fill=\"#ffffff\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"12\" y=\"22\" font-size=\"15\" font-weight=\"600\" fill=\"#1b1f24\">{Escape(title)}</text>\n");
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
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{NameWidth - 8}\" y=\"{middle + 4}\" text-anchor=\"end\" fill=\"#1b1f24\">{Escape(bar.Name)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{NameWidth}\" y=\"{y + 4}\" width=\"{Math.Max(1, X(bar.Value.Median) - NameWidth):F1}\" height=\"{RowHeight - 8}\" fill=\"{Colour(bar.Kind)}\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(bar.Value.Least):F1}\" x2=\"{X(bar.Value.Most):F1}\" y1=\"{middle}\" y2=\"{middle}\" stroke=\"#1b1f24\" stroke-width=\"1.5\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(bar.Value.Most) + 8:F1}\" y=\"{middle + 4}\" fill=\"#1b1f24\">{bar.Value.Median:N0}{Escape(bar.Note.Length > 0 ? $" · {bar.Note}" : "")}</text>\n");
    }

    private static string Colour(BarKind kind) => kind switch
    {
        BarKind.Ours => "#1a7f37",
        BarKind.Durable => "#0969da",
        BarKind.NotDurable => "#9aa4af",
        _ => "#cf222e",
    };

    private static string Escape(string text) => SecurityElement.Escape(text);
}
