namespace Concert.Bench.Service;

/// <summary>The repository that this program was built in.</summary>
internal static class Repository
{
    private const string Solution = "ConcertFunctions.sln";

    /// <summary>A path in it, from its root. Throws <see cref="DirectoryNotFoundException"/> when the program was taken elsewhere.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
            {
                return Path.Combine([folder.FullName, .. parts]);
            }
        }

        throw new DirectoryNotFoundException($"There is no {Solution} above this program.");
    }
}
