using Microsoft.Extensions.Logging;

namespace Concert.Embedded.Sqlite;

/// <summary>One database with its writer, and with readers of its own unless it is in memory.</summary>
internal sealed class Database : IDisposable
{
    private readonly FolderLock? _folderLock;
    private readonly Checkpointer? _checkpointer;
    private readonly Readers? _readers;

    private Database(Connection connection, string? folder, FolderLock? folderLock, WriterSettings settings, ILogger logger)
    {
        (Connection, _folderLock) = (connection, folderLock);
        if (folder is not null)
        {
            _checkpointer = new Checkpointer(DatabaseFile.OpenForCheckpoints(folder), logger);
            _readers = new Readers(() => DatabaseFile.OpenReader(folder));
        }

        Writer = new Writer(connection, _checkpointer, settings, logger);
    }

    /// <summary>The writer's connection: for work on it, and for loading before there is any.</summary>
    public Connection Connection { get; }

    public Writer Writer { get; }

    /// <summary>See <see cref="EmbeddedBackend.Open"/> for what this throws.</summary>
    public static Database Open(string? folder, WriterSettings settings, ILogger logger)
    {
        if (folder is null)
        {
            return new Database(DatabaseFile.OpenInMemory(), null, null, settings, logger);
        }

        var folderLock = FolderLock.Take(folder);
        try
        {
            return new Database(DatabaseFile.Open(folder), folder, folderLock, settings, logger);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>A longer query, on a connection of its own where there is one.</summary>
    public Task<Outcome<T>> QueryAsync<T>(Func<Connection, T> read, CancellationToken cancellationToken) =>
        _readers is null ? Writer.ReadAsync(new Query<T>(Connection, read)) : _readers.ReadAsync(read, cancellationToken);

    /// <summary>Empties the writer's page cache, which is by far the largest. A writer that cannot do that has other worries, and says so elsewhere.</summary>
    public Task ReleaseMemoryAsync() => Writer.ReadAsync(new Query<bool>(Connection, static connection => connection.ReleaseMemory()));

    public void Dispose()
    {
        Writer.Dispose();
        _readers?.Dispose();
        _checkpointer?.Dispose();

        // The last connection copies the log into the file and removes it.
        Connection.Dispose();
        _folderLock?.Dispose();
    }
}
