using System.Text;
using SQLitePCL;

namespace Concert.Embedded.Sqlite;

/// <summary>One connection to the database, for one thread at a time.</summary>
internal sealed class Connection : IDisposable
{
    /// <summary>How long a lock that another program holds is waited for.</summary>
    private const int BusyMilliseconds = 1000;

    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, object> _attached = [];
    private readonly sqlite3 _database;

    static Connection() => Batteries_V2.Init();

    private Connection(sqlite3 database) => _database = database;

    public sqlite3 Handle => _database;

    /// <summary>Rows that the last statement has changed.</summary>
    public int Changes => raw.sqlite3_changes(_database);

    /// <summary>Pages written since it was opened.</summary>
    public long PagesWritten
    {
        get
        {
            raw.sqlite3_db_status(_database, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var written, out _, 0);
            return written;
        }
    }

    /// <summary>Opens a file; creates it if asked to. Throws <see cref="SqliteFault"/>.</summary>
    public static Connection Open(string path, bool create = false, bool readOnly = false)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX | (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | (create ? raw.SQLITE_OPEN_CREATE : 0));
        var code = raw.sqlite3_open_v2(path, out var database, flags, null);
        try
        {
            SqliteFault.ThrowUnlessOk(database, code);
            raw.sqlite3_extended_result_codes(database, 1);
            raw.sqlite3_busy_timeout(database, BusyMilliseconds);
            return new Connection(database);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>The statement of this text, prepared once.</summary>
    public Statement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            _statements[sql] = statement = new Statement(_database, sql);
        }

        return statement;
    }

    /// <summary>Returns an object that belongs to this connection, such as a set of statements; created once.</summary>
    public T Get<T>(Func<Connection, T> make)
        where T : class
    {
        if (!_attached.TryGetValue(typeof(T), out var attached))
        {
            _attached[typeof(T)] = attached = make(this);
        }

        return (T)attached;
    }

    /// <summary>Frees the pages that it keeps and does not need now.</summary>
    public bool ReleaseMemory()
    {
        Execute("PRAGMA shrink_memory");
        return true;
    }

    /// <summary>Runs a script of statements.</summary>
    public void Execute(string script) => SqliteFault.ThrowUnlessOk(_database, raw.sqlite3_exec(_database, script));

    /// <summary>The first column of the first row.</summary>
    public long Number(string sql)
    {
        using var statement = new Statement(_database, sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    public string Text(string sql)
    {
        using var statement = new Statement(_database, sql);
        return statement.Step() ? statement.Text(0) : "";
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _database.Dispose();
    }
}

/// <summary>
/// One prepared statement, used again and again by one thread at a time. Parameters and columns are UTF-8 as they are stored. Bind, then
/// <see cref="Step"/> until it is false; <see cref="Reset"/> (or <see cref="Run"/>, which does all of it) makes it ready for the next use.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public Statement(sqlite3 database, string sql)
    {
        _database = database;
        SqliteFault.ThrowUnlessOk(database, raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public Statement Bind(int index, ReadOnlySpan<byte> text)
    {
        raw.sqlite3_bind_text(_statement, index, text);
        return this;
    }

    /// <summary>Short texts go by the stack.</summary>
    public Statement Bind(int index, string text)
    {
        Span<byte> utf8 = stackalloc byte[512];
        return Encoding.UTF8.TryGetBytes(text, utf8, out var length) ? Bind(index, utf8[..length]) : Bind(index, (ReadOnlySpan<byte>)Encoding.UTF8.GetBytes(text));
    }

    public Statement Bind(int index, long value)
    {
        raw.sqlite3_bind_int64(_statement, index, value);
        return this;
    }

    public Statement Bind(int index, long? value) => value is { } number ? Bind(index, number) : BindNull(index);

    public Statement BindNull(int index)
    {
        raw.sqlite3_bind_null(_statement, index);
        return this;
    }

    /// <summary>True when there is a row.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code != raw.SQLITE_DONE)
        {
            var fault = SqliteFault.Of(_database, code);
            raw.sqlite3_reset(_statement);
            throw fault;
        }

        return false;
    }

    public void Reset() => raw.sqlite3_reset(_statement);

    /// <summary>Runs it to its end without looking at rows.</summary>
    public void Run()
    {
        while (Step())
        {
        }

        Reset();
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public long? Int64OrNull(int column) => IsNull(column) ? null : Int64(column);

    /// <summary>The bytes of a text, good until the next step or reset.</summary>
    public ReadOnlySpan<byte> Utf8(int column) => raw.sqlite3_column_blob(_statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(Utf8(column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public void Dispose() => _statement.Dispose();
}
