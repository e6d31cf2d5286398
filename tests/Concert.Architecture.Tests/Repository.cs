using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Concert.Architecture.Tests;

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

/// <summary>The repository that this file was compiled in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<ProjectFile> AllProjects { get; } = [.. Files(Root, "*.csproj").Select(p => new ProjectFile(p, XDocument.Load(p)))];

    public static IReadOnlyList<ProjectFile> SourceProjects { get; } =
        [.. AllProjects.Where(p => p.Path.StartsWith(Path.Combine(Root, "src") + Path.DirectorySeparatorChar, StringComparison.Ordinal))];

    public static ProjectFile Project(string name) => AllProjects.Single(p => p.Name == name);

    /// <summary>C# files of a folder of the repository, without what builds make.</summary>
    public static IReadOnlyList<string> Sources(string folder) => Files(Path.Combine(Root, folder), "*.cs");

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    public static SyntaxNode Parse(string path) => CSharpSyntaxTree.ParseText(File.ReadAllText(path), new CSharpParseOptions(LanguageVersion.Preview)).GetRoot();

    private static IReadOnlyList<string> Files(string folder, string pattern) =>
    [
        .. Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories)
            .Where(p => !Relative(p).Split('/').Any(part => part is "bin" or "obj" or "artifacts" or "node_modules" or "StrykerOutput" || part.StartsWith('.')))
            .Order(StringComparer.Ordinal),
    ];

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here);
        while (folder is not null && !File.Exists(Path.Combine(folder, "ConcertFunctions.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests are not compiled inside the repository.");
    }
}
