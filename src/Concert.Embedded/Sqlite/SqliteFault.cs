using SQLitePCL;

namespace Concert.Embedded.Sqlite;

/// <summary>SQLite could not do what it was asked for.</summary>
internal sealed class SqliteFault : Exception
{
    private const int PrimaryCode = 0xFF;

    public SqliteFault(int code, string message)
        : base(message) => Code = code;

    /// <summary>The extended result code.</summary>
    public int Code { get; }

    /// <summary>The file's pages contradict each other, or it is no database at all.</summary>
    public bool IsDamage => (Code & PrimaryCode) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>The disk, the file system or another program is in the way, not what was asked for.</summary>
    public bool IsOfTheDisk => IsDamage || (Code & PrimaryCode) is
        raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PERM or raw.SQLITE_NOMEM;

    /// <summary>A commit that failed like this has not been applied for certain. Of others the disk may have kept all that was written.</summary>
    public bool IsKnown => (Code & PrimaryCode) is raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_READONLY;

    public static SqliteFault Of(sqlite3 database, int code)
    {
        var extended = raw.sqlite3_extended_errcode(database);
        var text = (code & PrimaryCode) switch
        {
            raw.SQLITE_FULL => "The disk is full",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "The database file is damaged: restore it from a backup",
            raw.SQLITE_READONLY => "The database file cannot be written",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "Another program has locked the database",
            _ => "The database could not be used",
        };
        return new SqliteFault((extended & PrimaryCode) == (code & PrimaryCode) ? extended : code, $"{text} ({raw.sqlite3_errmsg(database).utf8_to_string()}).");
    }

    public static void ThrowUnlessOk(sqlite3 database, int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Of(database, code);
        }
    }
}
