namespace ConcertFunctions.Local.Settings;

/// <summary>Empties a data folder, carefully: only one that holds nothing but what this service writes, and that nobody uses.</summary>
internal static class DataFolder
{
    private const string LockFile = "lock";

    public static void Empty(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        if (Directory.EnumerateFileSystemEntries(folder).FirstOrDefault(entry => !IsOurs(entry)) is { } strange)
        {
            throw new BadSettingException($"--fresh leaves {folder} as it is: {Path.GetFileName(strange)} in it is not ours.");
        }

        // Held while deleting, as the running service holds it. Deleted last, because a new holder may come as soon as it is free.
        var path = Path.Combine(folder, LockFile);
        using (Take(folder, path))
        {
            foreach (var file in Directory.EnumerateFiles(folder).Where(file => Path.GetFileName(file) != LockFile))
            {
                File.Delete(file);
            }
        }
    }

    private static FileStream Take(string folder, string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held) when (held.GetType() == typeof(IOException))
        {
            throw new Concert.Embedded.DataFolderInUseException(
                $"The data folder {folder} is in use by another process. Stop it, or use another folder.", held);
        }
    }

    private static bool IsOurs(string entry)
    {
        var name = Path.GetFileName(entry);
        return File.Exists(entry)
            && (name is LockFile or "concert.db" or "concert.db-wal" or "concert.db-shm" or "concert.db.new" or "snapshot.tmp" or KeyFiles.SigningKey or KeyFiles.AdminKey or KeyFiles.SigningKey + ".new" or KeyFiles.AdminKey + ".new"
                // What an older version has written.
                || (name.StartsWith("journal-", StringComparison.Ordinal) && name.EndsWith(".log", StringComparison.Ordinal))
                || (name.StartsWith("snapshot-", StringComparison.Ordinal) && name.EndsWith(".snap", StringComparison.Ordinal)));
    }
}
