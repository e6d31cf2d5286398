using Microsoft.Extensions.Logging;

namespace Concert.Embedded.Journaling;

/// <summary>The thread that writes blocks to the current segment.</summary>
internal sealed class JournalWriter(
    DiskJournal journal, JournalSettings settings, SegmentFile segment, Compactor compactor, ILogger logger) : IDisposable
{
    /// <summary>Records nobody waits for reach the disk after this.</summary>
    private static readonly TimeSpan LazyDelay = TimeSpan.FromMilliseconds(10);

    private readonly AutoResetEvent _wake = new(false);
    private readonly ManualResetEventSlim _stopping = new();
    private Thread? _thread;
    private SegmentFile _segment = segment;

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "concert-journal" };
        _thread.Start();
    }

    public void Wake() => _wake.Set();

    /// <summary>Writes what waits and ends the thread. Waking it stays harmless.</summary>
    public void Dispose()
    {
        _stopping.Set();
        _wake.Set();
        _thread!.Join();
        _segment.Dispose();
    }

    private void Run()
    {
        var isWorking = true;
        while (isWorking)
        {
            _wake.WaitOne();
            if (!journal.IsUrgent && !_stopping.IsSet)
            {
                _wake.WaitOne(LazyDelay);
            }

            while (isWorking && journal.Take() is { } block)
            {
                isWorking = TryWrite(block);
            }

            isWorking &= !_stopping.IsSet;
        }
    }

    private bool TryWrite(BlockBuilder block)
    {
        var bytes = block.Seal();
        try
        {
            _segment.Write(bytes);
        }
        catch (Exception e) when (SegmentFile.IsDiskFault(e))
        {
            if (!RetryUntilWritten(bytes, e))
            {
                return false;
            }
        }

        try
        {
            _segment.Sync(bytes.Length);
        }
        catch (Exception e) when (SegmentFile.IsDiskFault(e))
        {
            logger.LogCritical(e, "The disk did not confirm a write. What it kept is unknown, so nothing is accepted until a restart.");
            journal.Failed($"The disk did not confirm a write ({e.Message}); a restart is needed.", isFinal: true);
            return false;
        }

        journal.Succeeded();
        _segment = compactor.AfterWrite(_segment, bytes.Length);
        return true;
    }

    /// <summary>
    /// Keeps the block until there is room for it again; written at the same place, it covers whatever a try left behind. False when the journal is
    /// disposed first.
    /// </summary>
    private bool RetryUntilWritten(ReadOnlySpan<byte> bytes, Exception first)
    {
        logger.LogError(first, "The journal cannot be written; commands and commits are refused until it can.");
        journal.Failed($"The journal cannot be written: {first.Message}", isFinal: false);
        while (!_stopping.Wait(settings.RetryWriteAfter))
        {
            try
            {
                _segment.Write(bytes);
                logger.LogInformation("The journal can be written again.");
                return true;
            }
            catch (Exception e) when (SegmentFile.IsDiskFault(e))
            {
                logger.LogDebug(e, "The journal still cannot be written.");
            }
        }

        return false;
    }
}
