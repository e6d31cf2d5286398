using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Concert.Repository.Tests.Reading;

/// <summary>The repository that this file was compiled in. Paths are relative to its root, with slashes.</summary>
internal static class Repo
{
    private static readonly JsonDocumentOptions Strict = new() { CommentHandling = JsonCommentHandling.Disallow };

    private static readonly ConcurrentDictionary<string, CompilationUnitSyntax> Parsed = new(StringComparer.Ordinal);

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<ProjectFile> AllProjects { get; } = [.. Files("", "*.csproj").Select(p => new ProjectFile(PathOf(p), XDocument.Load(PathOf(p))))];

    public static IReadOnlyList<ProjectFile> SourceProjects { get; } = [.. AllProjects.Where(p => Relative(p.Path).StartsWith("src/", StringComparison.Ordinal))];

    public static ProjectFile Project(string name) => AllProjects.Single(p => p.Name == name);

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    public static bool Has(string relative) => File.Exists(PathOf(relative)) || Directory.Exists(PathOf(relative));

    public static string Text(string relative) => File.ReadAllText(PathOf(relative));

    public static JsonNode Json(string relative) =>
        JsonNode.Parse(Text(relative), documentOptions: Strict) ?? throw new InvalidDataException($"{relative} is null.");

    /// <summary>Files below a folder, without what builds and runs leave there and without hidden folders.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern) =>
    [
        .. Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories).Select(Relative)
            .Where(p => !p.Split('/').Any(part => part is "bin" or "obj" or "artifacts" or "data" or "node_modules" or "StrykerOutput" || part.StartsWith('.')))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The C# files of a folder. A folder that is missing or empty is an error.</summary>
    public static IReadOnlyList<string> Sources(string folder) =>
        Files(folder, "*.cs") is { Count: > 0 } files ? files : throw new InvalidDataException($"There is no C# in {folder}.");

    public static CompilationUnitSyntax Parse(string file) => Parsed.GetOrAdd(
        file, path => CSharpSyntaxTree.ParseText(Text(path), new CSharpParseOptions(LanguageVersion.Preview), path).GetCompilationUnitRoot());

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
