using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Concert.Booking.Ports;
using Concert.Embedded.Sqlite;

namespace Concert.Embedded.Storage;

/// <summary>A document as it was found. Expiry in Unix milliseconds.</summary>
internal readonly record struct FoundDocument(long Number, long Version, long? Expires, byte[]? Json)
{
    public bool IsAbsent => Number == 0;

    /// <summary>The document, or absence if its time is over.</summary>
    public FoundDocument Live(long now) => Expires <= now ? default : this;
}

/// <summary>
/// The documents of one container on one connection. Each is kept with a checksum of all that is kept of it, so that a flipped bit is found when it is
/// read: <see cref="StoreUnavailableException"/>.
/// </summary>
internal sealed class DocumentTable(Connection connection, DocumentContainer container)
{
    private const string Columns = "number, version, due, expires, checksum, body";

    private readonly string _table = Schema.TableOf(container);
    private readonly Statement _find = connection.Prepare($"SELECT {Columns} FROM {Schema.TableOf(container)} WHERE partition = ?1 AND id = ?2");

    // The writer's connection only: a reader would be told that it may not.
    private readonly Statement _insert = connection.Prepare(
        $"INSERT INTO {Schema.TableOf(container)} (partition, id, type, status, due, expires, version, checksum, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING");

    private readonly Statement _update = connection.Prepare(
        $"UPDATE {Schema.TableOf(container)} SET type = ?3, status = ?4, due = ?5, expires = ?6, version = ?7, checksum = ?8, body = ?9 WHERE number = ?1");

    private readonly Statement _delete = connection.Prepare($"DELETE FROM {Schema.TableOf(container)} WHERE number = ?1");

    /// <summary>A document, its body only where it is asked for. Absent ones are default.</summary>
    public FoundDocument Find(ReadOnlySpan<byte> partition, ReadOnlySpan<byte> id, bool withBody)
    {
        _find.Bind(1, partition).Bind(2, id);
        try
        {
            return !_find.Step() ? default : new FoundDocument(
                _find.Int64(0), _find.Int64(1), _find.Int64OrNull(3), withBody ? Body(_find, 0, partition, id) : null);
        }
        finally
        {
            _find.Reset();
        }
    }

    /// <summary>Adds a document; false when a row has its id, expired or not.</summary>
    public bool TryInsert(ReadOnlySpan<byte> partition, ReadOnlySpan<byte> id, in DocumentFields fields, long? expires, long version, ReadOnlySpan<byte> json)
    {
        _insert.Bind(1, partition).Bind(2, id);
        Write(_insert, partition, id, fields, expires, version, json);
        return connection.Changes > 0;
    }

    public void Update(
        long number, ReadOnlySpan<byte> partition, ReadOnlySpan<byte> id, in DocumentFields fields, long? expires, long version, ReadOnlySpan<byte> json) =>
        Write(_update.Bind(1, number), partition, id, fields, expires, version, json);

    public void Delete(long number) => _delete.Bind(1, number).Run();

    /// <summary>Removes some that have expired; returns how many.</summary>
    public int RemoveExpired(long now, int limit)
    {
        var found = new List<long>();
        var statement = connection.Prepare($"SELECT number FROM {_table} WHERE expires <= ?1 ORDER BY expires LIMIT ?2").Bind(1, now).Bind(2, limit);
        while (statement.Step())
        {
            found.Add(statement.Int64(0));
        }

        statement.Reset();
        found.ForEach(Delete);
        return found.Count;
    }

    public DocumentPage Page(string partition, PartitionQuery query, long now)
    {
        var statuses = query.Statuses?.Select(Encoding.UTF8.GetBytes).ToArray();
        var prefix = Encoding.UTF8.GetBytes(query.IdPrefix);
        var key = Encoding.UTF8.GetBytes(partition);
        var isBehind = query.After is { } after && Encoding.UTF8.GetBytes(after).AsSpan().SequenceCompareTo(prefix) >= 0;
        var statement = connection.Prepare($"SELECT {Columns}, id, status FROM {_table} WHERE partition = ?1 AND id {(isBehind ? ">" : ">=")} ?2 ORDER BY id")
            .Bind(1, key).Bind(2, isBehind ? query.After! : query.IdPrefix);
        var items = new List<StoredDocument>();
        try
        {
            while (statement.Step() && statement.Utf8(6).StartsWith(prefix))
            {
                if (statement.Int64OrNull(3) <= now || (statuses is not null && !IsAnyOf(statement.Utf8(7), statuses)))
                {
                    continue;
                }

                if (items.Count == query.Limit)
                {
                    return new DocumentPage(items, items[^1].Id);
                }

                items.Add(Stored(statement, 0, key, statement.Utf8(6)));
            }

            return new DocumentPage(items, null);
        }
        finally
        {
            statement.Reset();
        }
    }

    public List<LocatedDocument> Due(IReadOnlyList<string> statuses, long dueBefore, int limit, long now)
    {
        var found = new List<LocatedDocument>();
        foreach (var status in statuses)
        {
            var statement = connection.Prepare(
                $"SELECT {Columns}, id, partition FROM {_table} WHERE status = ?1 AND due <= ?2 AND due IS NOT NULL ORDER BY due").Bind(1, status).Bind(2, dueBefore);
            Locate(statement, found, limit, now);
        }

        return found;
    }

    /// <summary>Documents of an id's beginning behind a row number; answers also the last row number it looked at if there may be more.</summary>
    public LocatedPage Scan(string idPrefix, long after, int limit, long now)
    {
        var found = new List<LocatedDocument>();
        var statement = connection.Prepare($"SELECT {Columns}, id, partition FROM {_table} WHERE number > ?1 AND substr(id, 1, length(?2)) = ?2 ORDER BY number")
            .Bind(1, after).Bind(2, idPrefix);
        var last = Locate(statement, found, limit, now);
        return new LocatedPage(found, last is null ? null : Continuation.Write(last.Value));
    }

    /// <summary>Adds up to the limit; answers the last row number when there are more.</summary>
    private long? Locate(Statement statement, List<LocatedDocument> found, int limit, long now)
    {
        try
        {
            var last = 0L;
            while (statement.Step())
            {
                if (statement.Int64OrNull(3) <= now)
                {
                    continue;
                }

                if (found.Count >= limit)
                {
                    return last;
                }

                last = statement.Int64(0);
                var key = statement.Utf8(7);
                found.Add(new LocatedDocument(new PartitionRef(container, Encoding.UTF8.GetString(key)), Stored(statement, 0, key, statement.Utf8(6))));
            }

            return null;
        }
        finally
        {
            statement.Reset();
        }
    }

    private static bool IsAnyOf(ReadOnlySpan<byte> status, byte[][] statuses)
    {
        foreach (var wanted in statuses)
        {
            if (status.SequenceEqual(wanted))
            {
                return true;
            }
        }

        return false;
    }

    private static void BindOrNull(Statement statement, int index, ReadOnlySpan<byte> text) =>
        _ = text.IsEmpty ? statement.BindNull(index) : statement.Bind(index, text);

    private static void Write(
        Statement statement, ReadOnlySpan<byte> partition, ReadOnlySpan<byte> id, in DocumentFields fields, long? expires, long version, ReadOnlySpan<byte> json)
    {
        BindOrNull(statement, 3, fields.Type.Span);
        BindOrNull(statement, 4, fields.Status.Span);
        statement.Bind(5, fields.Due).Bind(6, expires).Bind(7, version).Bind(8, Checksum(partition, id, version, fields.Due, expires, json)).Bind(9, json).Run();
    }

    private StoredDocument Stored(Statement row, int first, ReadOnlySpan<byte> partition, ReadOnlySpan<byte> id) =>
        new(Encoding.UTF8.GetString(id), Body(row, first, partition, id), ETag.Of(row.Int64(first + 1)));

    private byte[] Body(Statement row, int first, ReadOnlySpan<byte> partition, ReadOnlySpan<byte> id)
    {
        var json = row.Utf8(first + 5);
        return Checksum(partition, id, row.Int64(first + 1), row.Int64OrNull(first + 2), row.Int64OrNull(first + 3), json) == row.Int64(first + 4)
            ? json.ToArray()
            : throw new StoreUnavailableException(
                $"The document {Encoding.UTF8.GetString(id)} of {container}/{Encoding.UTF8.GetString(partition)} is damaged on disk. Restore the database from a backup.");
    }

    private static long Checksum(ReadOnlySpan<byte> partition, ReadOnlySpan<byte> id, long version, long? due, long? expires, ReadOnlySpan<byte> json)
    {
        var seed = (long)XxHash3.HashToUInt64(id, (long)XxHash3.HashToUInt64(partition, version));
        return (long)XxHash3.HashToUInt64(json, seed ^ ((due ?? -1) * 31) ^ ((expires ?? -1) * 37));
    }
}

/// <summary>The tables of documents on one connection.</summary>
internal sealed class DocumentTables(Connection connection)
{
    public DocumentTable[] All { get; } =
        [new(connection, DocumentContainer.Catalog), new(connection, DocumentContainer.Bookings), new(connection, DocumentContainer.Wallets)];

    public static DocumentTables On(Connection connection) => connection.Get(static at => new DocumentTables(at));

    public DocumentTable Of(DocumentContainer container) => container switch
    {
        DocumentContainer.Catalog => All[0],
        DocumentContainer.Bookings => All[1],
        DocumentContainer.Wallets => All[2],
        _ => throw new ArgumentOutOfRangeException(nameof(container), container, "Unknown container."),
    };
}

/// <summary>A document's version as an ETag.</summary>
internal static class ETag
{
    public static string Of(long version) => version.ToString(CultureInfo.InvariantCulture);

    public static bool IsOf(long version, string etag) =>
        long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number == version;
}
