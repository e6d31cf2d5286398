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
