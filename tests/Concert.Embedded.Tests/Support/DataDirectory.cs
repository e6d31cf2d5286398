using Concert.Embedded.Sqlite;

namespace Concert.Embedded.Tests.Support;

/// <summary>A data folder of one test on the real disk, which can be copied as a kill would leave it.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly List<DataDirectory> _copies = [];

    public string Path { get; } = Directory.CreateTempSubdirectory("concert-").FullName;

    public string File => System.IO.Path.Combine(Path, DatabaseFile.Name);

    /// <summary>What a kill at this moment leaves: all that was written.</summary>
    public DataDirectory Copy()
    {
        var copy = new DataDirectory();
        _copies.Add(copy);
        foreach (var file in Directory.GetFiles(Path).Where(file => System.IO.Path.GetFileName(file) is not "lock" and not "concert.db-shm"))
        {
            using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var to = System.IO.File.Create(System.IO.Path.Combine(copy.Path, System.IO.Path.GetFileName(file)));
            from.CopyTo(to);
        }

        return copy;
    }

    public void Dispose()
    {
        _copies.ForEach(copy => copy.Dispose());
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
