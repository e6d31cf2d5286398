namespace Concert.Embedded.Journaling;

/// <summary>Collects records into one block.</summary>
internal sealed class BlockBuilder
{
    private readonly ByteBuffer _block = new();
    private readonly ByteBuffer _record = new(512);

    public BlockBuilder() => Reset(1);

    public long FirstSequence { get; private set; }

    public int Records { get; private set; }

    public int Length => _block.Length;

    public long LastSequence => FirstSequence + Records - 1;

    public void Reset(long firstSequence)
    {
        (FirstSequence, Records) = (firstSequence, 0);
        _block.Clear();
        _block.Reserve(Block.HeaderLength);
    }

    public void Add<T>(in T record)
        where T : IRecord, allows ref struct
    {
        _record.Clear();
        _record.Byte((byte)record.Kind);
        record.WriteTo(_record);
        _block.Bytes(_record.Written);
        Records++;
    }

    /// <summary>The finished block; valid until the next <see cref="Reset"/>.</summary>
    public ReadOnlySpan<byte> Seal()
    {
        var bytes = _block.Written;
        Block.Seal(bytes, FirstSequence, Records);
        return bytes;
    }
}
