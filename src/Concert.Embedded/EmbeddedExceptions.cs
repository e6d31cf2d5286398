namespace Concert.Embedded;

/// <summary>The data folder holds something that is neither whole nor a torn tail. Nothing was changed; the message names file and offset.</summary>
public sealed class JournalCorruptException : Exception
{
    public JournalCorruptException()
    {
    }

    public JournalCorruptException(string message)
        : base(message)
    {
    }

    public JournalCorruptException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal JournalCorruptException(string file, long offset, string what, Exception? innerException = null)
        : base($"The journal cannot be trusted: {file} at byte {offset}: {what}. Restore the data folder from a backup.", innerException) =>
        (File, Offset) = (file, offset);

    /// <summary>The file's name within the data folder.</summary>
    public string File { get; } = "";

    /// <summary>Where in the file the first bad byte range begins.</summary>
    public long Offset { get; }
}

/// <summary>Another process, or another backend of this one, works with the data folder.</summary>
public sealed class DataFolderInUseException : Exception
{
    public DataFolderInUseException()
    {
    }

    public DataFolderInUseException(string message)
        : base(message)
    {
    }

    public DataFolderInUseException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
