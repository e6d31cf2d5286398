using Microsoft.Extensions.Logging;

namespace Concert.Embedded.Journaling;

/// <summary>A data folder that is open: recovered, locked, journaled. Disposing ends it cleanly, in the right order.</summary>
internal sealed class JournaledFolder : IDisposable
{
    private readonly Compactor _compactor;
    private readonly IDisposable? _folderLock;

    private JournaledFolder(DiskJournal journal, Compactor compactor, IDisposable? folderLock) =>
        (Journal, _compactor, _folderLock) = (journal, compactor, folderLock);

    public DiskJournal Journal { get; }

    public static JournaledFolder Open(
        IJournalFiles files, IReadOnlyList<IJournaledState> states, JournalSettings settings, IDisposable? folderLock, ILogger logger)
    {
        var started = settings.Time.GetTimestamp();
        var recovered = new Recovery(files, states, logger).Run();
        logger.LogInformation(
            "Recovered {Records} records in {Elapsed} ms ({Snapshot} bytes of snapshot, {Journal} bytes of journal).",
            recovered.NextSequence - 1, settings.Time.GetElapsedTime(started).TotalMilliseconds, recovered.SnapshotLength, recovered.JournalLength);
        var compactor = new Compactor(files, states, settings, recovered, logger);
        return new JournaledFolder(new DiskJournal(settings, recovered, compactor, logger), compactor, folderLock);
    }

    public void Dispose()
    {
        Journal.Dispose();
        _compactor.Finish();
        _compactor.Dispose();
        _folderLock?.Dispose();
    }
}
