using Concert.Embedded.Sqlite;

namespace Concert.Embedded;

/// <summary>
/// Copies of a data folder's database. A copy is one file, consistent as of one moment, whatever goes on meanwhile in the process that has the folder.
/// Both throw <see cref="IOException"/>, <see cref="UnknownDataFolderException"/> or <see cref="DatabaseDamagedException"/> with one clear sentence.
/// </summary>
public static class DatabaseBackup
{
    /// <summary>A database that goes on from a copy must not give out versions that were given out after the copy was made.</summary>
    private const int OpeningsAhead = 1000;

    /// <summary>Copies the database into a file that must not be there. The folder may be in use.</summary>
    public static void Backup(string folder, string file)
    {
        var path = Path.Combine(folder, DatabaseFile.Name);
        RefuseUnless(File.Exists(path), $"There is no {path} to back up.");
        RefuseUnless(!File.Exists(file), $"{file} is there already; a backup overwrites nothing.");
        Write(file, half => Run(path, () =>
        {
            using var database = Connection.Open(path, readOnly: true);
            DatabaseFile.RefuseForeign(database, path);
            using var copy = new Statement(database.Handle, "VACUUM INTO ?1");
            copy.Bind(1, half).Run();
        }));
    }

    /// <summary>Makes the database of a folder, which must not have one, from a copy.</summary>
    public static void Restore(string folder, string file)
    {
        var path = Path.Combine(folder, DatabaseFile.Name);
        using var folderLock = FolderLock.Take(folder);
        RefuseUnless(File.Exists(file), $"There is no {file} to restore from.");
        RefuseUnless(!File.Exists(path), $"{path} is there already; --restore overwrites nothing. Use another folder, or --fresh to empty it.");
        Write(path, half => Run(file, () =>
        {
            File.Copy(file, half, overwrite: true);
            using var database = Connection.Open(half);
            DatabaseFile.RefuseForeign(database, file);
            if (database.Text("PRAGMA integrity_check(1)") is var found && found != "ok")
            {
                throw new DatabaseDamagedException($"{file} is damaged: {found}. Use another backup.");
            }

            database.Execute($"UPDATE opened SET times = times + {OpeningsAhead}");
        }));
    }

    /// <summary>Writes beside the file first, so that what has its name is whole and on disk.</summary>
    private static void Write(string file, Action<string> write)
    {
        var half = file + ".new";
        File.Delete(half);
        try
        {
            write(half);
            using (var written = new FileStream(half, FileMode.Open, FileAccess.ReadWrite))
            {
                written.Flush(flushToDisk: true);
            }

            File.Move(half, file);
        }
        catch
        {
            File.Delete(half);
            throw;
        }
    }

    private static void Run(string file, Action use)
    {
        try
        {
            use();
        }
        catch (SqliteFault fault)
        {
            throw fault.IsDamage ? new DatabaseDamagedException($"{file}: {fault.Message}", fault) : new IOException($"{file}: {fault.Message}", fault);
        }
    }

    private static void RefuseUnless(bool isGood, string message)
    {
        if (!isGood)
        {
            throw new IOException(message);
        }
    }
}
