using Microsoft.Extensions.Logging;

namespace Concert.Embedded.Journaling;

/// <summary>What recovery found: where the journal goes on.</summary>
/// <param name="NextSequence">The number of the next record.</param>
/// <param name="Segment">The segment to append to.</param>
/// <param name="SnapshotLength">Bytes of the snapshot; 0 when there is none.</param>
/// <param name="JournalLength">Bytes of the segments behind it.</param>
internal sealed record Recovered(long NextSequence, SegmentFile Segment, long SnapshotLength, long JournalLength);

/// <summary>
/// Brings the state back from the newest snapshot and the segments behind it. A torn tail of the last segment was never answered for and is cut.
/// Anything else that is not as it was written is refused: see <see cref="JournalCorruptException"/>.
/// </summary>
internal sealed class Recovery(IJournalFiles files, IReadOnlyList<IJournaledState> states, ILogger logger)
{
    private long _next = 1;
    private long _covered;

    public Recovered Run()
    {
        var names = files.List();
        if (names.Contains(FileNames.Temporary))
        {
            files.Delete(FileNames.Temporary);
        }

        var snapshotLength = ReadSnapshot(names);
        var segments = Segments(names);
        var journalLength = 0L;
        SegmentFile? last = null;
        for (var i = 0; i < segments.Count; i++)
        {
            var name = FileNames.Segment(segments[i]);
            RequireNoHole(name, segments[i], isFirst: i == 0);
            last = ReadSegment(name, segments[i], isLast: i == segments.Count - 1);
            journalLength += last.Length;
            if (i < segments.Count - 1 || _next <= _covered)
            {
                last.Dispose();
                last = null;
            }
        }

        _next = Math.Max(_next, _covered + 1);
        return new Recovered(_next, last ?? Begin(_next), snapshotLength, journalLength);
    }

    private SegmentFile Begin(long first)
    {
        var segment = new SegmentFile(files.Open(FileNames.Segment(first), create: true), first, 0);
        files.SyncFolder();
        return segment;
    }

    private long ReadSnapshot(IReadOnlyList<string> names)
    {
        var newest = names.Select(name => FileNames.IsSnapshot(name, out var sequence) ? sequence : 0).DefaultIfEmpty().Max();
        if (newest == 0)
        {
            return 0;
        }

        _covered = newest;
        return SnapshotFile.Read(files, newest, Replay);
    }

    /// <summary>Segments that hold more than the snapshot does, in order. A crash may have left older ones.</summary>
    private List<long> Segments(IReadOnlyList<string> names)
    {
        var all = names.Select(name => FileNames.IsSegment(name, out var first) ? first : 0).Where(first => first > 0).Order().ToList();
        return [.. all.Skip(Math.Max(0, all.FindLastIndex(first => first <= _covered + 1)))];
    }

    private void RequireNoHole(string name, long first, bool isFirst)
    {
        var expected = isFirst ? _covered + 1 : _next;
        if (isFirst ? first > expected : first != expected)
        {
            throw new JournalCorruptException(name, 0, $"it begins with record {first}, but the records from {expected} on are missing");
        }

        _next = first;
    }

    private SegmentFile ReadSegment(string name, long first, bool isLast)
    {
        var file = files.Open(name, create: false);
        try
        {
            var reader = new BlockReader(file);
            while (!reader.AtEnd)
            {
                var start = reader.Offset;
                if (!reader.TryRead(out var block, out var payload))
                {
                    CutTornTail(name, file, reader, isLast);
                    break;
                }

                if (block.FirstSequence != _next)
                {
                    throw new JournalCorruptException(name, start, $"record {_next} should follow, not {block.FirstSequence}");
                }

                ReplayBlock(name, start, block, payload);
            }

            return new SegmentFile(file, first, reader.Offset);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void CutTornTail(string name, IJournalFile file, BlockReader reader, bool isLast)
    {
        if (!isLast)
        {
            throw new JournalCorruptException(name, reader.Offset, "a block is damaged, and later segments exist");
        }

        if (reader.FindIntactBehind(_next - 1) is { } intact)
        {
            throw new JournalCorruptException(name, reader.Offset, $"a block is damaged, and an intact one follows at byte {intact}");
        }

        logger.LogWarning(
            "The last write to {File} was cut off by a crash: its {Bytes} bytes from byte {Offset} on, never answered for, are removed.",
            name, file.Length - reader.Offset, reader.Offset);
        file.Truncate(reader.Offset);
        file.Sync();
    }

    private void ReplayBlock(string name, long offset, in Block block, ReadOnlySpan<byte> payload)
    {
        try
        {
            var records = new ByteReader(payload);
            for (var i = 0; i < block.Records; i++, _next++)
            {
                var record = records.Bytes();
                if (_next > _covered)
                {
                    Replay(_next, record);
                }
            }

            if (!records.AtEnd)
            {
                throw new FormatException("It has more bytes than records.");
            }
        }
        catch (Exception e) when (e is FormatException or ArgumentException or KeyNotFoundException or OverflowException)
        {
            throw new JournalCorruptException(name, offset, $"record {_next} makes no sense: {e.Message}", e);
        }
    }

    private void Replay(long sequence, ReadOnlySpan<byte> record)
    {
        var reader = new ByteReader(record);
        var kind = (RecordKind)reader.Byte();
        foreach (var state in states)
        {
            if (state.TryReplay(kind, sequence, ref reader))
            {
                return;
            }
        }

        throw new FormatException($"Its kind {(byte)kind} is unknown; was it written by a newer version?");
    }
}
