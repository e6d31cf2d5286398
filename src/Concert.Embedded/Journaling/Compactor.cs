using Microsoft.Extensions.Logging;

namespace Concert.Embedded.Journaling;

/// <summary>
/// Keeps the journal short. When it has grown longer than the threshold and than the last snapshot, the writer goes on in a new segment, the state is
/// captured under the gate (references only), and a background thread writes the snapshot and then removes what it replaces.
/// </summary>
internal sealed class Compactor(
    IJournalFiles files, IReadOnlyList<IJournaledState> states, JournalSettings settings, Recovered recovered, ILogger logger) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private DiskJournal? _journal;
    private Thread? _running;
    private long _snapshotLength = recovered.SnapshotLength;
    private long _journalLength = recovered.JournalLength;

    public void Attach(DiskJournal journal) => _journal = journal;

    /// <summary>Called by the writer after each block; answers the segment to go on in.</summary>
    public SegmentFile AfterWrite(SegmentFile segment, int written)
    {
        _journalLength += written;
        if (_journalLength < Math.Max(settings.CompactAtBytes, Volatile.Read(ref _snapshotLength)) || _running is { IsAlive: true })
        {
            return segment;
        }

        _journalLength = 0;
        var first = _journal!.Durable + 1;
        try
        {
            var next = new SegmentFile(files.Open(FileNames.Segment(first), create: true), first, 0);
            files.SyncFolder();
            segment.Dispose();
            segment = next;
        }
        catch (Exception e) when (SegmentFile.IsDiskFault(e))
        {
            logger.LogWarning(e, "No new journal segment could be made; compaction is put off.");
            return segment;
        }

        Begin(first);
        return segment;
    }

    /// <summary>Writes a last snapshot when the journal has anything a snapshot lacks. Called when the writer has ended.</summary>
    public void Finish()
    {
        _stopping.Cancel();
        _running?.Join();
        var (covered, parts) = Capture();
        if (_journalLength > 0 && covered == _journal!.Durable)
        {
            Compact(covered, covered + 1, parts, CancellationToken.None);
        }
    }

    public void Dispose() => _stopping.Dispose();

    private void Begin(long firstKept)
    {
        var (covered, parts) = Capture();
        _running = new Thread(() => Compact(covered, firstKept, parts, _stopping.Token)) { IsBackground = true, Name = "concert-snapshot" };
        _running.Start();
    }

    private (long Covered, IReadOnlyList<Action<SnapshotSink>> Parts) Capture()
    {
        lock (_journal!.Gate)
        {
            return (_journal.NextSequence - 1, [.. states.Select(state => state.Capture())]);
        }
    }

    private void Compact(long covered, long firstKept, IReadOnlyList<Action<SnapshotSink>> parts, CancellationToken stopping)
    {
        try
        {
            var length = SnapshotFile.Write(files, covered, parts, stopping);
            if (!_journal!.WaitDurableAsync(covered, stopping).AsTask().GetAwaiter().GetResult())
            {
                throw new IOException("What the snapshot holds is not all in the journal.");
            }

            SnapshotFile.Publish(files, covered);
            Volatile.Write(ref _snapshotLength, length);
            RemoveReplaced(covered, firstKept);
            logger.LogInformation("The journal was compacted up to record {Sequence}; the snapshot has {Bytes} bytes.", covered, length);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            logger.LogDebug("The compaction was given up for the shutdown.");
            RemoveHalfWritten();
        }
        catch (Exception e) when (SegmentFile.IsDiskFault(e))
        {
            logger.LogWarning(e, "The journal was not compacted; it is whole, and longer than it need be.");
            RemoveHalfWritten();
        }
    }

    /// <summary>A full disk needs the space at once; where this fails, the next start does it.</summary>
    private void RemoveHalfWritten()
    {
        try
        {
            files.Delete(FileNames.Temporary);
        }
        catch (Exception e) when (SegmentFile.IsDiskFault(e))
        {
            logger.LogDebug(e, "The half-written snapshot could not be removed.");
        }
    }

    private void RemoveReplaced(long covered, long firstKept)
    {
        foreach (var name in files.List())
        {
            if ((FileNames.IsSnapshot(name, out var sequence) && sequence < covered)
                || (FileNames.IsSegment(name, out var first) && first < firstKept))
            {
                files.Delete(name);
            }
        }
    }
}
