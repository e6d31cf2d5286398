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
    private readonly IJournal _journal;
    private readonly FolderLock? _folderLock;

    private EmbeddedBackend(EmbeddedOptions options, TimeProvider time, IJournal journal, DocumentTables documents, MessageTables messages, FolderLock? folderLock)
    {
        (_journal, _folderLock) = (journal, folderLock);
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
        var documents = new DocumentTables(time);
        var messages = new MessageTables(options.DuplicateWindow);
        messages.FinishReplay();
        return new EmbeddedBackend(options, time, new MemoryJournal(), documents, messages, folderLock: null);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _journal.Dispose();
        _folderLock?.Dispose();
    }
}
