using System.Text.Json;
using System.Text.Json.Nodes;

namespace Concert.Consistency.Tests.Reading;

/// <summary>The files of this repository, found from where the tests run.</summary>
internal static class Repository
{
    private static readonly JsonDocumentOptions Strict = new() { CommentHandling = JsonCommentHandling.Disallow };

    public static string Root { get; } = FindRoot();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static bool Has(string relative) => File.Exists(PathOf(relative)) || Directory.Exists(PathOf(relative));

    public static string Text(string relative) => File.ReadAllText(PathOf(relative));

    public static JsonNode Json(string relative) =>
        JsonNode.Parse(Text(relative), documentOptions: Strict) ?? throw new InvalidDataException($"{relative} is null.");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ConcertFunctions.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("No folder above the tests holds ConcertFunctions.sln.");
    }
}
