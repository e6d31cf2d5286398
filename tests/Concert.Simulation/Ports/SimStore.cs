using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concert.Booking.Storage;
using Concert.Simulation.Engine;
using Concert.Simulation.Planted;

namespace Concert.Simulation.Ports;

/// <summary>A document as it is stored, with what the store knows of it and the domain's own reading of it for the judge.</summary>
public sealed class SimDocument
{
    public required string Id { get; init; }

    public required byte[] Json { get; init; }

    public required string ETag { get; init; }

    public required string Type { get; init; }

    public string? Status { get; init; }

    public long? Due { get; init; }

    /// <summary>Ticks of the run; <see cref="long.MaxValue"/> when it stays.</summary>
    public long GoneAt { get; init; } = long.MaxValue;

    public IDocument? Parsed { get; init; }

    public StoredDocument Stored => new(Id, Json, ETag);
}

/// <summary>One document's change in a commit.</summary>
public readonly record struct Change(string Id, SimDocument? Before, SimDocument? After);

/// <summary>One logical partition.</summary>
public sealed class SimPartition(PartitionRef reference)
{
    public PartitionRef Reference => reference;

    public SortedDictionary<string, SimDocument> Documents { get; } = new(StringComparer.Ordinal);
}

/// <summary>
/// The documents, shared by all instances: every call is one atomic step that is right by the port's contract. Faults are <see cref="SimStorePort"/>'s.
/// </summary>
public sealed class SimStore(World world, Defect defect)
{
    private readonly Dictionary<PartitionRef, SimPartition> _partitions = [];
    private readonly List<SimPartition> _inOrder = [];
    private readonly Dictionary<(PartitionRef, string, string), long> _lostUpdates = [];
    private long _version;

    /// <summary>Called after each commit with what it changed.</summary>
    public Action<SimPartition, IReadOnlyList<Change>>? Committed { get; set; }

    public IReadOnlyList<SimPartition> Partitions => _inOrder;

    public SimPartition Partition(PartitionRef reference)
    {
        if (!_partitions.TryGetValue(reference, out var partition))
        {
            _partitions[reference] = partition = new SimPartition(reference);
            _inOrder.Add(partition);
        }

        return partition;
    }

    public SimDocument? Find(PartitionRef partition, string id) =>
        _partitions.TryGetValue(partition, out var found) && found.Documents.TryGetValue(id, out var document) && document.GoneAt > world.Now
            ? document
            : null;

    public StoredDocument? Read(PartitionRef partition, string id) => Find(partition, id)?.Stored;

    public DocumentPage Query(PartitionRef partition, PartitionQuery query)
    {
        var items = new List<StoredDocument>();
        foreach (var document in Partition(partition).Documents.Values)
        {
            if (!document.Id.StartsWith(query.IdPrefix, StringComparison.Ordinal)
                || (query.After is not null && string.CompareOrdinal(document.Id, query.After) <= 0)
                || document.GoneAt <= world.Now
                || (query.Statuses is not null && !query.Statuses.Contains(document.Status, StringComparer.Ordinal)))
            {
                continue;
            }

            if (items.Count == query.Limit)
            {
                return new DocumentPage(items, items[^1].Id);
            }

            items.Add(document.Stored);
        }

        return new DocumentPage(items, null);
    }

    public IReadOnlyList<LocatedDocument> Due(DocumentContainer container, IReadOnlyList<string> statuses, DateTimeOffset before, int limit) =>
    [
        .. from partition in _inOrder
           where partition.Reference.Container == container
           from document in partition.Documents.Values
           where document.Due <= before.ToUnixTimeMilliseconds() && statuses.Contains(document.Status, StringComparer.Ordinal) && document.GoneAt > world.Now
           select new LocatedDocument(partition.Reference, document.Stored),
    ];

    public LocatedPage Scan(DocumentContainer container, string type, string? continuation, int limit)
    {
        var skip = continuation is null ? 0 : int.Parse(continuation, CultureInfo.InvariantCulture);
        List<LocatedDocument> items =
        [
            .. (from partition in _inOrder
                where partition.Reference.Container == container
                from document in partition.Documents.Values
                where document.Type == type && document.GoneAt > world.Now
                select new LocatedDocument(partition.Reference, document.Stored)).Skip(skip).Take(limit + 1),
        ];
        return items.Count > limit
            ? new LocatedPage(items[..limit], (skip + limit).ToString(CultureInfo.InvariantCulture))
            : new LocatedPage(items, null);
    }

    public CommitResult Commit(PartitionRef reference, IReadOnlyList<DocumentOperation> operations)
    {
        if (operations.Count is 0 or > DocumentOperation.MaxPerBatch || operations.DistinctBy(o => o.Id).Count() != operations.Count)
        {
            world.Fail("contract", $"A batch of {operations.Count} operations, or two on one document, in {reference}: {string.Join(' ', operations.Select(o => o.Id))}");
            return new CommitResult.Unavailable(false, "bad batch");
        }

        var changes = new List<Change>(operations.Count);
        var etags = new List<string>(operations.Count);
        for (var i = 0; i < operations.Count; i++)
        {
            var before = Find(reference, operations[i].Id);
            if (Check(operations[i], before) is { } conflict)
            {
                if (defect == Defect.PartialBatch && i > 0)
                {
                    Apply(reference, changes);
                }

                return new CommitResult.Conflict(i, conflict);
            }

            var after = After(reference, operations[i], before);
            if (after is null && operations[i] is DocumentOperation.Increment)
            {
                return new CommitResult.Conflict(i, ConflictKind.OutOfBounds);
            }

            changes.Add(new Change(operations[i].Id, before, after));
            etags.Add(after?.ETag ?? "");
        }

        Apply(reference, changes);
        return new CommitResult.Committed(etags);
    }

    private void Apply(PartitionRef reference, List<Change> changes)
    {
        var partition = Partition(reference);
        foreach (var change in changes)
        {
            if (change.After is null)
            {
                partition.Documents.Remove(change.Id);
            }
            else
            {
                partition.Documents[change.Id] = change.After;
                world.History.Mix(change.After.Json);
            }
        }

        Committed?.Invoke(partition, changes);
    }

    private ConflictKind? Check(DocumentOperation operation, SimDocument? before) => operation switch
    {
        DocumentOperation.Create when before is not null && !Overwrites(operation.Id) => ConflictKind.Exists,
        DocumentOperation.Replace or DocumentOperation.Increment when before is null => ConflictKind.Missing,
        DocumentOperation.Replace replace when replace.IfMatch != before!.ETag && defect != Defect.NoETagCheck => ConflictKind.Changed,
        DocumentOperation.Delete when before is null => ConflictKind.Missing,
        DocumentOperation.Delete { IfMatch: { } etag } when etag != before!.ETag => ConflictKind.Changed,
        _ => null,
    };

    private bool Overwrites(string id) => defect switch
    {
        Defect.CreateOverwrites => true,
        Defect.IdempotencyIgnored => id.StartsWith("claim:", StringComparison.Ordinal),
        Defect.DebitNotIdempotent => id.StartsWith("pay", StringComparison.Ordinal),
        _ => false,
    };

    private SimDocument? After(PartitionRef reference, DocumentOperation operation, SimDocument? before) => operation switch
    {
        DocumentOperation.Create create => Document(create.Id, create.Json),
        DocumentOperation.Replace replace => Document(replace.Id, replace.Json),
        DocumentOperation.Upsert upsert => Document(upsert.Id, upsert.Json),
        DocumentOperation.Increment increment => Increment(reference, increment, before!),
        _ => null,
    };

    private SimDocument? Increment(PartitionRef reference, DocumentOperation.Increment increment, SimDocument before)
    {
        var json = JsonNode.Parse(before.Json)!.AsObject();
        foreach (var field in increment.Fields)
        {
            var now = json[field.Field]?.GetValue<long>() ?? 0;
            if (defect == Defect.LostIncrement)
            {
                now = Remembered((reference, increment.Id, field.Field), now);
            }

            var next = now + field.Delta;
            if ((next < field.Min || next > field.Max) && defect != Defect.NoBounds)
            {
                return null;
            }

            json[field.Field] = next;
        }

        return Document(increment.Id, JsonSerializer.SerializeToUtf8Bytes(json));
    }

    /// <summary>The planted lost update: now and then an increment starts from the value before the last one.</summary>
    private long Remembered((PartitionRef, string, string) key, long now)
    {
        var before = _lostUpdates.GetValueOrDefault(key, now);
        _lostUpdates[key] = now;
        return _version % 5 == 0 ? before : now;
    }

    private SimDocument Document(string id, ReadOnlyMemory<byte> json)
    {
        string? type = null, status = null, named = null;
        long? due = null, ttl = null;
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "id": named = reader.GetString(); break;
                case "type": type = reader.GetString(); break;
                case "status": status = reader.GetString(); break;
                case "due": due = reader.GetInt64(); break;
                case "ttl": ttl = reader.GetInt64(); break;
                default: reader.Skip(); break;
            }
        }

        if (named != id || type is null)
        {
            world.Fail("contract", $"Document {id} says that its id is {named} and its type {type}");
        }

        var bytes = json.ToArray();
        return new SimDocument
        {
            Id = id,
            Json = bytes,
            ETag = (++_version).ToString(CultureInfo.InvariantCulture),
            Type = type ?? "",
            Status = status,
            Due = due,
            GoneAt = ttl is { } seconds ? world.Now + (seconds * TimeSpan.TicksPerSecond) : long.MaxValue,
            Parsed = DocumentReading.Parse(type, new StoredDocument(id, bytes, "")),
        };
    }
}
