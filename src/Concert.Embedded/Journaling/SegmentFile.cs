namespace Concert.Embedded.Journaling;

/// <summary>The segment that is being written. A block is there with all its bytes and synced, or the file ends before it.</summary>
internal sealed class SegmentFile(IJournalFile file, long firstSequence, long length) : IDisposable
{
    /// <summary>From its name.</summary>
    public long FirstSequence { get; } = firstSequence;

    /// <summary>The end of the last good block.</summary>
    public long Length { get; private set; } = length;

    /// <summary>Writes without sync. When it throws, the file is cut back to the last good block, if that works.</summary>
    public void Write(ReadOnlySpan<byte> block)
    {
        try
        {
            file.Write(Length, block);
        }
        catch (Exception e) when (IsDiskFault(e))
        {
            try
            {
                file.Truncate(Length);
            }
            catch (Exception alsoFailed) when (IsDiskFault(alsoFailed))
            {
                throw new IOException($"{e.Message} (cutting the file back failed as well: {alsoFailed.Message})", e);
            }

            throw;
        }
    }

    /// <summary>Makes the block that was written durable. When it throws, nothing is known about the file any more.</summary>
    public void Sync(int blockLength)
    {
        file.Sync();
        Length += blockLength;
    }

    public void Dispose() => file.Dispose();

    public static bool IsDiskFault(Exception e) => e is IOException or UnauthorizedAccessException;
}
