using Concert.Embedded.Catalog;
using Concert.Embedded.Messaging;
using Concert.Embedded.Reservations;
using Concert.Embedded.Sqlite;
using Concert.Embedded.Storage;
using Concert.Embedded.WaitingRoom;
using Microsoft.Extensions.Logging;

namespace Concert.Embedded;

/// <summary>All ports in one process, on one database. Dispose it last: that writes what waits and frees the data folder.</summary>
public sealed class EmbeddedBackend : IDisposable
{
    private int _isDisposed;

    private EmbeddedBackend(Database database, EmbeddedOptions options, TimeProvider time)
    {
        Database = database;
        Store = new EmbeddedStore(database, time);
        Queue = new EmbeddedQueue(database, time, options);
        WaitingRoom = new EmbeddedWaitingRoom(database, time);
        SeatGate = new EmbeddedSeatGate(time);
        SeatMapCache = new MemorySeatMapCache(time);
    }

    /// <summary>The document store.</summary>
    public EmbeddedStore Store { get; }

    /// <summary>The command queue. A <see cref="QueuePump"/> takes the commands off it.</summary>
    public EmbeddedQueue Queue { get; }

    /// <summary>The waiting rooms.</summary>
    public EmbeddedWaitingRoom WaitingRoom { get; }

    /// <summary>The seat gate.</summary>
    public EmbeddedSeatGate SeatGate { get; }

    /// <summary>The seat-map cache.</summary>
    public MemorySeatMapCache SeatMapCache { get; }

    internal Database Database { get; }

    /// <summary>
    /// Opens the data folder (creates it when absent). Throws one clear exception when that is not possible: <see cref="DataFolderInUseException"/>,
    /// <see cref="UnknownDataFolderException"/>, <see cref="DatabaseDamagedException"/>, or an <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/> of the file system.
    /// </summary>
    public static EmbeddedBackend Open(EmbeddedOptions options, TimeProvider time, ILogger logger) => Open(options, time, logger, beforeCommit: null);

    /// <summary>Gives up what is kept of the database in memory and can be read again. Never throws.</summary>
    public Task ReleaseMemoryAsync() => Database.ReleaseMemoryAsync();

    /// <inheritdoc />
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Database.Dispose();
        }
    }

    /// <param name="beforeCommit">See <see cref="WriterSettings"/>.</param>
    internal static EmbeddedBackend Open(EmbeddedOptions options, TimeProvider time, ILogger logger, Action? beforeCommit)
    {
        var settings = new WriterSettings(time, options.DurabilityTimeout, options.StalledAfter, options.RetryWriteAfter, beforeCommit);
        var database = Database.Open(options.DataFolder, settings, logger);
        try
        {
            return new EmbeddedBackend(database, options, time);
        }
        catch (SqliteFault fault)
        {
            database.Dispose();
            throw new DatabaseDamagedException($"{options.DataFolder}: {fault.Message}", fault);
        }
    }
}
