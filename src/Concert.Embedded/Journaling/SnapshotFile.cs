namespace Concert.Embedded.Journaling;

/// <summary>
/// Snapshots: blocks numbered from 1 with one record a fact, the last record a footer with the number of records before it. Written beside the old
/// one and renamed when it is on disk, so there is never a half one under its name.
/// </summary>
internal static class SnapshotFile
{
    private const int BlockLength = 1 << 20;

    public delegate void RecordReader(long sequence, ReadOnlySpan<byte> record);

    /// <summary>Writes the temporary file and answers its length. <see cref="Publish"/> makes it count.</summary>
    public static long Write(IJournalFiles files, long covered, IReadOnlyList<Action<SnapshotSink>> parts, CancellationToken stopping)
    {
        using var file = files.Open(FileNames.Temporary, create: true);
        var sink = new FileSink(file, stopping);
        foreach (var part in parts)
        {
            part(sink);
        }

        sink.Finish(covered);
        file.Sync();
        return sink.Length;
    }

    public static void Publish(IJournalFiles files, long covered)
    {
        files.Rename(FileNames.Temporary, FileNames.Snapshot(covered));
        files.SyncFolder();
    }

    /// <summary>Reads all records and answers the file's length; throws <see cref="JournalCorruptException"/> unless it is whole.</summary>
    public static long Read(IJournalFiles files, long covered, RecordReader replay)
    {
        var name = FileNames.Snapshot(covered);
        using var file = files.Open(name, create: false);
        var reader = new BlockReader(file);
        var (next, hasFooter) = (1L, false);
        while (!reader.AtEnd)
        {
            var start = reader.Offset;
            if (hasFooter || !reader.TryRead(out var block, out var payload) || block.FirstSequence != next)
            {
                throw new JournalCorruptException(
                    name, start, hasFooter ? "the snapshot goes on behind its end" : "a block of the snapshot is damaged");
            }

            try
            {
                hasFooter = ReadBlock(block, payload, covered, replay);
            }
            catch (Exception e) when (e is FormatException or ArgumentException or KeyNotFoundException or OverflowException)
            {
                throw new JournalCorruptException(name, start, e.Message, e);
            }

            next += block.Records;
        }

        return hasFooter ? reader.Offset : throw new JournalCorruptException(name, reader.Offset, "the snapshot has no end");
    }

    private static bool ReadBlock(in Block block, ReadOnlySpan<byte> payload, long covered, RecordReader replay)
    {
        var records = new ByteReader(payload);
        for (var sequence = block.FirstSequence; sequence <= block.LastSequence; sequence++)
        {
            var record = records.Bytes();
            if ((RecordKind)record[0] != RecordKind.Footer)
            {
                replay(sequence, record);
                continue;
            }

            var footer = new ByteReader(record[1..]);
            return footer.Varint() == sequence - 1 && footer.Varint() == covered && footer.AtEnd && records.AtEnd
                ? true
                : throw new FormatException("Its end does not fit what is before it.");
        }

        return records.AtEnd ? false : throw new FormatException("A block has more bytes than records.");
    }

    private readonly struct Footer(long records, long covered) : IRecord
    {
        public RecordKind Kind => RecordKind.Footer;

        public void WriteTo(ByteBuffer buffer)
        {
            buffer.Varint(records);
            buffer.Varint(covered);
        }
    }

    private sealed class FileSink(IJournalFile file, CancellationToken stopping) : SnapshotSink
    {
        private readonly BlockBuilder _block = new();

        public long Length { get; private set; }

        public override void Add<T>(in T record)
        {
            _block.Add(record);
            if (_block.Length >= BlockLength)
            {
                stopping.ThrowIfCancellationRequested();
                WriteBlock();
            }
        }

        public void Finish(long covered)
        {
            _block.Add(new Footer(_block.LastSequence, covered));
            WriteBlock();
        }

        private void WriteBlock()
        {
            var next = _block.LastSequence + 1;
            var bytes = _block.Seal();
            file.Write(Length, bytes);
            Length += bytes.Length;
            _block.Reset(next);
        }
    }
}
