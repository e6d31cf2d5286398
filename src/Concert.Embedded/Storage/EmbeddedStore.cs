using System.Globalization;
using System.Text;
using Concert.Booking.Ports;
using Concert.Embedded.Sqlite;

namespace Concert.Embedded.Storage;

/// <summary>
/// Documents in the database. Commits are decided and written by its writer, many in one transaction; a look at a few documents happens beside them,
/// a longer query on a connection of its own. Batches that no store would take (none or more than 1,000 operations, two on one document, over 2 MB, JSON
/// that is no object) throw <see cref="ArgumentException"/>.
/// </summary>
public sealed class EmbeddedStore : IDocumentStore
{
    /// <summary>Of one batch: no more than a commit can write while others wait for it.</summary>
    internal const int MaxBatch = 1000;

    private const int MaxReadMany = 200;

    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly Writer _writer;
    private readonly DocumentTables _tables;
    private readonly BatchWriter _batches;

    internal EmbeddedStore(Database database, TimeProvider time)
    {
        (_database, _time, _writer) = (database, time, database.Writer);
        (_tables, _batches) = (DocumentTables.On(database.Connection), new BatchWriter(database.Connection, database.Writer));
    }

    /// <inheritdoc />
    public int MaxOperations => MaxBatch;

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc />
    public async Task<StoredDocument?> ReadAsync(PartitionRef partition, string id, CancellationToken cancellationToken) =>
        (await ReadManyAsync(partition, [id], cancellationToken))[0];

    /// <inheritdoc />
    public async Task<IReadOnlyList<StoredDocument?>> ReadManyAsync(
        PartitionRef partition, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(ids.Count, nameof(ids));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Count, MaxReadMany, nameof(ids));
        cancellationToken.ThrowIfCancellationRequested();
        var now = Now;
        // On the writer's connection, whose pages are warm, unless that stands still.
        return Value(_writer.IsBehind
            ? await _database.QueryAsync(connection => Find(DocumentTables.On(connection), partition, ids, now), cancellationToken)
            : await _writer.ReadAsync(new FindWork(_tables, partition, ids, now)));
    }

    /// <inheritdoc />
    public async Task<DocumentPage> QueryAsync(PartitionRef partition, PartitionQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        cancellationToken.ThrowIfCancellationRequested();
        var now = Now;
        return Value(await _database.QueryAsync(connection => DocumentTables.On(connection).Of(partition.Container).Page(partition.Key, query, now), cancellationToken));
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<LocatedDocument>> QueryDueAsync(
        DocumentContainer container, IReadOnlyList<string> statuses, DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var now = Now;
        return Value(await _database.QueryAsync(
            connection => DocumentTables.On(connection).Of(container).Due(statuses, dueBefore.ToUnixTimeMilliseconds(), limit, now), cancellationToken));
    }

    /// <inheritdoc />
    public async Task<LocatedPage> ScanAsync(
        DocumentContainer container, string idPrefix, string? continuation, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var after = Continuation.Read(continuation);
        cancellationToken.ThrowIfCancellationRequested();
        var now = Now;
        return Value(await _database.QueryAsync(connection => DocumentTables.On(connection).Of(container).Scan(idPrefix, after, limit, now), cancellationToken));
    }

    /// <inheritdoc />
    public async Task<CommitResult> CommitAsync(
        PartitionRef partition, IReadOnlyList<DocumentOperation> operations, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var batch = PreparedBatch.From(partition, operations);
        if (_writer.IsBehind)
        {
            return new CommitResult.Throttled(_writer.BehindFor);
        }

        try
        {
            var outcome = await _batches.CommitAsync(partition, batch, Now);
            return outcome.Fault is { } fault ? new CommitResult.Unavailable(fault.OutcomeUnknown, fault.Detail) : outcome.Value;
        }
        catch (StoreUnavailableException damaged)
        {
            return new CommitResult.Unavailable(OutcomeUnknown: false, damaged.Message);
        }
    }

    /// <inheritdoc />
    public Task CheckAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _writer.Unusable is { } fault ? Task.FromException(fault) : Task.CompletedTask;
    }

    private static StoredDocument?[] Find(DocumentTables tables, PartitionRef partition, IReadOnlyList<string> ids, long now)
    {
        var table = tables.Of(partition.Container);
        var key = Encoding.UTF8.GetBytes(partition.Key);
        var documents = new StoredDocument?[ids.Count];
        for (var i = 0; i < documents.Length; i++)
        {
            var found = table.Find(key, Encoding.UTF8.GetBytes(ids[i]), withBody: true).Live(now);
            documents[i] = found.IsAbsent ? null : new StoredDocument(ids[i], found.Json!, ETag.Of(found.Version));
        }

        return documents;
    }

    private static T Value<T>(Outcome<T> outcome) => outcome.Fault is { } fault ? throw new StoreUnavailableException(fault.Detail) : outcome.Value;

    private sealed class FindWork(DocumentTables tables, PartitionRef partition, IReadOnlyList<string> ids, long now) : Request<StoredDocument?[]>
    {
        protected override StoredDocument?[] Make() => Find(tables, partition, ids, now);
    }
}

/// <summary>The row number after which a scan continues.</summary>
internal static class Continuation
{
    public static string Write(long number) => ETag.Of(number);

    public static long Read(string? text) => text is null ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ArgumentException("This is not a continuation of a scan.", nameof(text));
}
