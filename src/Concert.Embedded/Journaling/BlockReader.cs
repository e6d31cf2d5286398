namespace Concert.Embedded.Journaling;

/// <summary>Reads the blocks of a segment or snapshot one after the other, through one large buffer.</summary>
internal sealed class BlockReader(IJournalFile file)
{
    private const int ReadAhead = 1 << 20;

    private readonly long _length = file.Length;
    private byte[] _buffer = new byte[ReadAhead];
    private long _bufferStart;
    private int _bufferCount;

    /// <summary>Where the next block begins: all before it is intact.</summary>
    public long Offset { get; private set; }

    public bool AtEnd => Offset >= _length;

    /// <summary>The next block with its payload; false when what stands there is not an intact block.</summary>
    public bool TryRead(out Block block, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (!TryReadAt(Offset, out block))
        {
            return false;
        }

        payload = View(Offset, block.Length)[Block.HeaderLength..];
        Offset += block.Length;
        return true;
    }

    /// <summary>Where behind the current, bad block an intact one with a later number than <paramref name="sequence"/> begins, if any.</summary>
    public long? FindIntactBehind(long sequence)
    {
        var at = Offset + 1;
        while (at + Block.HeaderLength <= _length)
        {
            var window = View(at, (int)Math.Min(ReadAhead, _length - at));
            var found = window.IndexOf(Block.MagicBytes);
            if (found < 0)
            {
                at += Math.Max(1, window.Length - (Block.MagicBytes.Length - 1));
                continue;
            }

            at += found;
            if (TryReadAt(at, out var block) && block.FirstSequence > sequence)
            {
                return at;
            }

            at++;
        }

        return null;
    }

    private bool TryReadAt(long offset, out Block block)
    {
        block = default;
        return offset + Block.HeaderLength <= _length
            && Block.TryParse(View(offset, Block.HeaderLength), out block)
            && offset + block.Length <= _length
            && Block.IsIntact(View(offset, block.Length));
    }

    private ReadOnlySpan<byte> View(long offset, int count)
    {
        if (offset < _bufferStart || offset + count > _bufferStart + _bufferCount)
        {
            if (count > _buffer.Length)
            {
                _buffer = new byte[count];
            }

            _bufferStart = offset;
            _bufferCount = file.Read(offset, _buffer);
        }

        var start = (int)(offset - _bufferStart);
        return _buffer.AsSpan(start, Math.Min(count, _bufferCount - start));
    }
}
