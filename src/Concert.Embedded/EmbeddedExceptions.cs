namespace Concert.Embedded;

/// <summary>The database in the data folder cannot be trusted. Nothing was changed; the message names the file.</summary>
public sealed class DatabaseDamagedException : Exception
{
    public DatabaseDamagedException()
    {
    }

    public DatabaseDamagedException(string message)
        : base(message)
    {
    }

    public DatabaseDamagedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The data folder holds what another version, or another program, has written. Nothing was changed.</summary>
public sealed class UnknownDataFolderException : Exception
{
    public UnknownDataFolderException()
    {
    }

    public UnknownDataFolderException(string message)
        : base(message)
    {
    }

    public UnknownDataFolderException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
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
