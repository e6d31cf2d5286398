using System.Globalization;
using System.Security;
using System.Text;

namespace Concert.Lab.Report;

/// <summary>What all pictures have in common: readable on white and on black.</summary>
internal static class Svg
{
    public const string Ink = "#1b1f24";
    public const string Faint = "#57606a";
    public const string Grid = "#d0d7de";

    public static StringBuilder Begin(string title, int width, int height)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" ");
        svg.Append("font-family=\"system-ui, sans-serif\" font-size=\"13\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{Escape(title)}</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n");
        return svg.Append(CultureInfo.InvariantCulture, $"<text x=\"12\" y=\"22\" font-size=\"15\" font-weight=\"600\" fill=\"{Ink}\">{Escape(title)}</text>\n");
    }

    public static string Escape(string text) => SecurityElement.Escape(text);
}
