namespace Concert.Embedded.Sqlite;

/// <summary>Keeps a second process out of the data folder, for as long as this one lives (the system frees it after a kill, too).</summary>
internal sealed class FolderLock : IDisposable
{
    public const string FileName = "lock";

    private const int WouldBlock = 11;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    public static FolderLock Take(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName);
        try
        {
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e.HResult is WouldBlock or SharingViolation)
        {
            throw new DataFolderInUseException(
                $"The data folder {folder} is in use by another process: {path} is locked. Stop it, or use another folder.", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
