using System.Xml.Linq;

namespace Concert.Repository.Tests.Reading;

/// <summary>A project file as it is written.</summary>
internal sealed record ProjectFile(string Path, XDocument Xml)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public IReadOnlyList<string> Projects => [.. Includes("ProjectReference").Select(p => System.IO.Path.GetFileNameWithoutExtension(p.Replace('\\', '/')))];

    public IReadOnlyList<string> Packages => [.. Includes("PackageReference")];

    public IReadOnlyList<string> Frameworks => [.. Includes("FrameworkReference")];

    public string? Property(string name) => Xml.Descendants(name).LastOrDefault()?.Value;

    private IEnumerable<string> Includes(string item) => Xml.Descendants(item).Select(e => e.Attribute("Include")?.Value).OfType<string>();
}
