namespace Concert.Embedded.Sqlite;

/// <summary>The database file of a data folder: opened, made when absent, and refused when it is not ours or not whole.</summary>
internal static class DatabaseFile
{
    public const string Name = "concert.db";

    private const long SmallFile = 16 << 20;

    /// <summary>
    /// A write-ahead log with a sync at each commit (FULL) is what surviving a power cut rests on. The log is copied by the
    /// <see cref="Checkpointer"/> and not by a commit that happens to be the thousandth. The cache has 8 MB: after each split of a page SQLite looks through all
    /// of it, and what it lacks is in the system's (measured: with 32 MB an accept and its hold cost 9 % more).
    /// </summary>
    private const string WriterSettings =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY;";

    private const string ReaderSettings = "PRAGMA query_only = ON; PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY;";

    /// <summary>The writer's connection.</summary>
    public static Connection Open(string folder)
    {
        var path = Path.Combine(folder, Name);
        RefuseOldFormat(folder, path);
        Connection? connection = null;
        try
        {
            connection = Connection.Open(path, create: true);
            Prepare(connection, path, WriterSettings);
            RefuseDamage(connection, path);
            return connection;
        }
        catch (SqliteFault fault)
        {
            connection?.Dispose();
            throw fault.IsDamage ? new DatabaseDamagedException($"{path}: {fault.Message}", fault) : new IOException($"{path}: {fault.Message}", fault);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>A database that is gone when it is closed.</summary>
    public static Connection OpenInMemory()
    {
        var connection = Connection.Open(":memory:", create: true);
        Prepare(connection, ":memory:", "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;");
        return connection;
    }

    public static Connection OpenReader(string folder)
    {
        var connection = Connection.Open(Path.Combine(folder, Name), readOnly: true);
        connection.Execute(ReaderSettings);
        return connection;
    }

    public static Connection OpenForCheckpoints(string folder)
    {
        var connection = Connection.Open(Path.Combine(folder, Name));
        connection.Execute("PRAGMA synchronous = FULL;");
        return connection;
    }

    /// <summary>Throws unless the open database is one of ours, of this version.</summary>
    public static void RefuseForeign(Connection connection, string path)
    {
        if (connection.Number("PRAGMA application_id") != Schema.ApplicationId)
        {
            throw new UnknownDataFolderException($"{path} is not a database of this service. Use another folder.");
        }

        if (connection.Number("PRAGMA user_version") is var version && version != Schema.Version)
        {
            throw new UnknownDataFolderException($"{path} is of version {version}; this service reads version {Schema.Version}. Use another folder, or --fresh to empty it.");
        }
    }

    private static void Prepare(Connection connection, string path, string settings)
    {
        var isNew = connection.Number("SELECT count(*) FROM sqlite_schema") == 0 && connection.Number("PRAGMA application_id") == 0;
        if (!isNew)
        {
            RefuseForeign(connection, path);
        }

        connection.Execute(settings);
        if (isNew)
        {
            connection.Execute($"BEGIN IMMEDIATE;\n{Schema.Create}\nCOMMIT;");
        }
    }

    private static void RefuseOldFormat(string folder, string path)
    {
        if (!File.Exists(path) && Directory.EnumerateFiles(folder, "journal-*.log").FirstOrDefault() is { } journal)
        {
            throw new UnknownDataFolderException(
                $"The data folder {folder} is of an older version ({Path.GetFileName(journal)}), which this one cannot read. Use another folder, or --fresh to empty it.");
        }
    }

    /// <summary>
    /// SQLite itself finds a file that is cut off or whose pages make no sense. That an index and its table agree takes a look at all of it, which is
    /// quick only while it is small.
    /// </summary>
    private static void RefuseDamage(Connection connection, string path)
    {
        if (new FileInfo(path).Length <= SmallFile && connection.Text("PRAGMA integrity_check(1)") is var found && found != "ok")
        {
            throw new DatabaseDamagedException($"{path} is damaged: {found}. Restore it from a backup.");
        }
    }
}
