using Concert.Embedded.Catalog;
using Concert.Embedded.Journaling;
using Concert.Embedded.Messaging;
using Concert.Embedded.Reservations;
using Concert.Embedded.Storage;
using Concert.Embedded.WaitingRoom;
using Microsoft.Extensions.Logging;

namespace Concert.Embedded;

/// <summary>All ports in one process. Dispose it last: that writes a snapshot, so that the next start is quick, and frees the data folder.</summary>
public sealed class EmbeddedBackend : IDisposable
{
    private IDisposable? _storage;

    private EmbeddedBackend(
        EmbeddedOptions options, TimeProvider time, IJournal journal, DocumentTables documents, MessageTables messages, IDisposable storage)
    {
        _storage = storage;
        Store = new EmbeddedStore(journal, documents, time);
        Queue = new EmbeddedQueue(journal, messages, time, options);
        WaitingRoom = EmbeddedWaitingRoom.Open(Store, time);
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

    /// <summary>
    /// Opens the data folder (creates it when absent) and brings everything back. Throws one clear exception when that is not possible:
    /// <see cref="DataFolderInUseException"/>, <see cref="JournalCorruptException"/>, or an <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/> of the file system.
    /// </summary>
    public static EmbeddedBackend Open(EmbeddedOptions options, TimeProvider time, ILogger logger)
    {
        options.Validate();
        if (options.DataFolder is not { } folder)
        {
            return InMemory(options, time);
        }

        var folderLock = FolderLock.Take(folder);
        try
        {
            return Open(options, time, logger, new DiskJournalFiles(folder), folderLock);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => Interlocked.Exchange(ref _storage, null)?.Dispose();

    internal static EmbeddedBackend Open(EmbeddedOptions options, TimeProvider time, ILogger logger, IJournalFiles files, IDisposable? folderLock)
    {
        var (documents, messages) = (new DocumentTables(time), new MessageTables(options.DuplicateWindow));
        var storage = JournaledFolder.Open(
            files,
            [documents, messages],
            new JournalSettings(time, options.DurabilityTimeout, options.StalledAfter, options.CompactAtBytes, options.RetryWriteAfter),
            folderLock,
            logger);
        messages.FinishReplay();
        return new EmbeddedBackend(options, time, storage.Journal, documents, messages, storage);
    }

    private static EmbeddedBackend InMemory(EmbeddedOptions options, TimeProvider time)
    {
        var (documents, messages, journal) = (new DocumentTables(time), new MessageTables(options.DuplicateWindow), new MemoryJournal());
        messages.FinishReplay();
        return new EmbeddedBackend(options, time, journal, documents, messages, journal);
    }
}
