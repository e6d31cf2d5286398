using System.Text;
using System.Text.Json;
using Concert.Booking.Ports;
using Concert.Embedded.Sqlite;

namespace Concert.Embedded.Storage;

/// <summary>Decides batches and writes them, on the writer's thread.</summary>
internal sealed class BatchWriter(Connection connection, Writer writer)
{
    /// <summary>Room for the versions of one opening.</summary>
    private const int VersionBits = 40;

    private const int RemovedAtOnce = 32;
    private const long RemoveEvery = 1000;

    private readonly DocumentTables _tables = DocumentTables.On(connection);
    private readonly Statement _count = connection.Prepare("UPDATE opened SET times = ?1");
    private readonly long _opened = connection.Number("SELECT times FROM opened") + 1;
    private long _made;
    private long _nextRemoval;
    private bool _isCounted;

    /// <summary>Commits a batch; now in Unix milliseconds.</summary>
    public Task<Outcome<CommitResult>> CommitAsync(PartitionRef partition, PreparedOperation[] batch, long now) =>
        writer.WriteAsync(new CommitWork(this, partition, batch, now));

    /// <summary>
    /// Looks at every document first, so that a conflict leaves nothing half written; except at those it creates, most of a batch, which are written at
    /// once: one that is there shows itself, and what was created before it is taken back.
    /// </summary>
    private CommitResult Commit(PartitionRef partition, PreparedOperation[] batch, long now)
    {
        RemoveExpired(now);
        var table = _tables.Of(partition.Container);
        var key = Encoding.UTF8.GetBytes(partition.Key);
        var numbers = new long[batch.Length];
        for (var i = 0; i < batch.Length; i++)
        {
            if (batch[i].Operation is not DocumentOperation.Create && Look(table, key, ref batch[i], now, out numbers[i]) is { } kind)
            {
                return FirstConflict(table, key, batch, now) ?? new CommitResult.Conflict(i, kind);
            }
        }

        var version = NextVersion();
        for (var i = 0; i < batch.Length; i++)
        {
            ref var item = ref batch[i];
            if (item.Operation is not DocumentOperation.Create || table.TryInsert(key, item.Id, item.Fields, item.Fields.ExpiryAt(now), version, item.Json.Span))
            {
                continue;
            }

            if (Look(table, key, ref item, now, out var number) is not null)
            {
                TakeBack(table, key, batch.AsSpan(0, i));
                return FirstConflict(table, key, batch, now)!;
            }

            // The row of an expired document is used again.
            table.Update(number, key, item.Id, item.Fields, item.Fields.ExpiryAt(now), version, item.Json.Span);
        }

        var (etag, etags) = (ETag.Of(version), new string[batch.Length]);
        for (var i = 0; i < batch.Length; i++)
        {
            ref var item = ref batch[i];
            etags[i] = item.Operation is DocumentOperation.Delete ? "" : etag;
            if (item.Operation is DocumentOperation.Delete)
            {
                table.Delete(numbers[i]);
            }
            else if (item.Operation is not DocumentOperation.Create && numbers[i] > 0)
            {
                table.Update(numbers[i], key, item.Id, item.Fields, item.Fields.ExpiryAt(now), version, item.Json.Span);
            }
            else if (item.Operation is not DocumentOperation.Create)
            {
                table.TryInsert(key, item.Id, item.Fields, item.Fields.ExpiryAt(now), version, item.Json.Span);
            }
        }

        return new CommitResult.Committed(etags);
    }

    /// <summary>Whether an operation may be done, and on which row. An increment is given its sum.</summary>
    private static ConflictKind? Look(DocumentTable table, byte[] key, ref PreparedOperation item, long now, out long number)
    {
        var found = table.Find(key, item.Id, withBody: item.Operation is DocumentOperation.Increment);
        var live = found.Live(now);
        number = found.Number;
        if (Check(item.Operation, live) is { } kind)
        {
            return kind;
        }

        if (item.Operation is DocumentOperation.Increment increment)
        {
            if (IncrementPatch.Apply(live.Json, increment.Fields) is not { } sum)
            {
                return ConflictKind.OutOfBounds;
            }

            item = item with { Json = sum, Fields = DocumentFields.Parse(sum) };
        }

        return null;
    }

    private static CommitResult.Conflict? FirstConflict(DocumentTable table, byte[] key, PreparedOperation[] batch, long now)
    {
        for (var i = 0; i < batch.Length; i++)
        {
            if (Look(table, key, ref batch[i], now, out _) is { } kind)
            {
                return new CommitResult.Conflict(i, kind);
            }
        }

        return null;
    }

    private static void TakeBack(DocumentTable table, byte[] key, ReadOnlySpan<PreparedOperation> batch)
    {
        foreach (ref readonly var item in batch)
        {
            if (item.Operation is DocumentOperation.Create)
            {
                table.Delete(table.Find(key, item.Id, withBody: false).Number);
            }
        }
    }

    /// <summary>No version comes twice, whatever is deleted and made again: the database counts its openings, with the first commit of each.</summary>
    private long NextVersion()
    {
        if (!_isCounted)
        {
            _count.Bind(1, _opened).Run();
        }

        return (_opened << VersionBits) + ++_made;
    }

    private static ConflictKind? Check(DocumentOperation operation, FoundDocument live) => operation switch
    {
        DocumentOperation.Create => live.IsAbsent ? null : ConflictKind.Exists,
        DocumentOperation.Upsert => null,
        _ when live.IsAbsent => ConflictKind.Missing,
        DocumentOperation.Replace replace => ETag.IsOf(live.Version, replace.IfMatch) ? null : ConflictKind.Changed,
        DocumentOperation.Delete { IfMatch: { } etag } => ETag.IsOf(live.Version, etag) ? null : ConflictKind.Changed,
        _ => null,
    };

    /// <summary>A few with a commit now and then, so that none of them has to clean up for long.</summary>
    private void RemoveExpired(long now)
    {
        if (now < _nextRemoval)
        {
            return;
        }

        _nextRemoval = now + RemoveEvery;
        foreach (var table in _tables.All)
        {
            _nextRemoval = table.RemoveExpired(now, RemovedAtOnce) == RemovedAtOnce ? now : _nextRemoval;
        }
    }

    private sealed class CommitWork(BatchWriter batches, PartitionRef partition, PreparedOperation[] batch, long now) : Request<CommitResult>
    {
        public override void Done() => batches._isCounted |= Value is CommitResult.Committed;

        protected override CommitResult Make() => batches.Commit(partition, batch, now);
    }
}

/// <summary>One operation with what could be made of it before looking at the store. Expiry in Unix milliseconds.</summary>
internal readonly record struct PreparedOperation(DocumentOperation Operation, byte[] Id, ReadOnlyMemory<byte> Json, DocumentFields Fields);

/// <summary>A batch checked as far as that goes without looking at the partition.</summary>
internal static class PreparedBatch
{
    private const int MaxIdBytes = 1023;
    private const int MaxKeyBytes = 2048;
    private const int MaxBytes = 2 << 20;
    private const int MaxIncrements = 10;

    /// <summary>Throws <see cref="ArgumentException"/> for a batch that no store would take.</summary>
    public static PreparedOperation[] From(PartitionRef partition, IReadOnlyList<DocumentOperation> operations)
    {
        ArgumentOutOfRangeException.ThrowIfZero(operations.Count, nameof(operations));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(operations.Count, EmbeddedStore.MaxBatch, nameof(operations));
        ThrowUnless(partition.Key.Length is > 0 and <= MaxKeyBytes, "A partition key has 1 to 2,048 characters.");
        var prepared = new PreparedOperation[operations.Count];
        var ids = new HashSet<string>(operations.Count, StringComparer.Ordinal);
        var bytes = 0L;
        for (var i = 0; i < prepared.Length; i++)
        {
            prepared[i] = Prepare(operations[i]);
            bytes += prepared[i].Json.Length;
            ThrowUnless(bytes <= MaxBytes, "A batch, and so a document, has at most 2 MB.");
            ThrowUnless(ids.Add(operations[i].Id), "Each operation of a batch is on another document.");
        }

        return prepared;
    }

    private static PreparedOperation Prepare(DocumentOperation operation)
    {
        var id = Encoding.UTF8.GetBytes(operation.Id);
        ThrowUnless(id.Length is > 0 and <= MaxIdBytes, "An id has 1 to 1,023 bytes.");
        ThrowUnless(operation is not DocumentOperation.Increment { Fields.Count: < 1 or > MaxIncrements }, "An increment has 1 to 10 fields.");
        return operation switch
        {
            DocumentOperation.Create create => new PreparedOperation(operation, id, create.Json, DocumentFields.Parse(create.Json)),
            DocumentOperation.Replace replace => new PreparedOperation(operation, id, replace.Json, DocumentFields.Parse(replace.Json)),
            DocumentOperation.Upsert upsert => new PreparedOperation(operation, id, upsert.Json, DocumentFields.Parse(upsert.Json)),
            _ => new PreparedOperation(operation, id, default, default),
        };
    }

    private static void ThrowUnless(bool isValid, string message)
    {
        if (!isValid)
        {
            throw new ArgumentException(message);
        }
    }
}

/// <summary>The top-level properties the store acts on.</summary>
/// <param name="Type">UTF-8 of <c>type</c>; empty when absent.</param>
/// <param name="Status">UTF-8 of <c>status</c>; empty when absent.</param>
/// <param name="Due">Unix milliseconds; null when absent.</param>
/// <param name="TimeToLive">Seconds after the write; null when it stays.</param>
internal readonly record struct DocumentFields(ReadOnlyMemory<byte> Type, ReadOnlyMemory<byte> Status, long? Due, int? TimeToLive)
{
    /// <summary>
    /// Reads them; throws <see cref="ArgumentException"/> unless the JSON is one object. A property of another kind than the store's does not count.
    /// </summary>
    public static DocumentFields Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return ParseObject(json);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new ArgumentException($"A document is one JSON object; this is not: {e.Message}", nameof(json), e);
        }
    }

    public long? ExpiryAt(long now) => TimeToLive is { } seconds ? now + (seconds * 1000L) : null;

    private static DocumentFields ParseObject(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("it does not begin with a brace.");
        }

        var fields = default(DocumentFields);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isStatus = !isType && reader.ValueTextEquals("status"u8);
            var isDue = !isType && !isStatus && reader.ValueTextEquals("due"u8);
            var isTimeToLive = !isType && !isStatus && !isDue && reader.ValueTextEquals("ttl"u8);
            reader.Read();
            var isNumber = reader.TokenType == JsonTokenType.Number;
            fields = isType ? fields with { Type = TextOf(ref reader, json) }
                : isStatus ? fields with { Status = TextOf(ref reader, json) }
                : isDue && isNumber ? fields with { Due = reader.GetInt64() }
                : isTimeToLive && isNumber ? fields with { TimeToLive = ParseTimeToLive(reader.GetInt64()) }
                : fields;
            reader.Skip();
        }

        _ = reader.Read();
        return fields;
    }

    private static ReadOnlyMemory<byte> TextOf(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json) => reader.TokenType != JsonTokenType.String
        ? default
        : reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : json.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);

    /// <summary>-1 is Cosmos DB's "never", 0 is refused there too.</summary>
    private static int? ParseTimeToLive(long seconds) => seconds switch
    {
        -1 => null,
        > 0 and <= int.MaxValue => (int)seconds,
        _ => throw new FormatException("ttl is -1 or a positive number of seconds."),
    };
}
