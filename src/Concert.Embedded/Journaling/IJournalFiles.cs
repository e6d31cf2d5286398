namespace Concert.Embedded.Journaling;

/// <summary>The folder the journal lives in. Small on purpose: tests put torn writes, full disks and failing syncs behind it.</summary>
internal interface IJournalFiles
{
    /// <summary>Names of all files.</summary>
    IReadOnlyList<string> List();

    /// <summary>Opens for reading and writing; with <paramref name="create"/> a new, empty file in place of any old one.</summary>
    IJournalFile Open(string name, bool create);

    /// <summary>Atomically renames, in place of any old file.</summary>
    void Rename(string from, string to);

    void Delete(string name);

    /// <summary>Makes creations, renames and deletions durable.</summary>
    void SyncFolder();
}

/// <summary>One file, written at explicit offsets. Methods throw <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
internal interface IJournalFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads until the span is full or the file ends.</summary>
    int Read(long offset, Span<byte> into);

    void Write(long offset, ReadOnlySpan<byte> bytes);

    void Truncate(long length);

    /// <summary>Returns when all that was written is on the medium.</summary>
    void Sync();
}
