using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concert.Booking.Storage;

namespace Concert.Booking.Tests.Support;

/// <summary>What a commit meets on its way.</summary>
public enum CommitFault
{
    None,

    /// <summary>The process dies before the batch is applied.</summary>
    CrashBefore,

    /// <summary>The process dies after the batch is applied, before it hears of it.</summary>
    CrashAfter,

    /// <summary>Not applied, and known not to be.</summary>
    Refused,

    /// <summary>Applied, and the answer lost.</summary>
    AnswerLost,

    /// <summary>Not applied, and the answer lost.</summary>
    RequestLost,

    Throttled,
}

/// <summary>The document port with every rule of its contract enforced: a batch that the real store would refuse throws here.</summary>
internal sealed class FakeStore(TimeProvider time) : IDocumentStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(PartitionRef Partition, string Id), Entry> _documents = [];
    private long _etag;

    private sealed record Entry(byte[] Json, string ETag, DateTimeOffset WrittenAt);

    /// <summary>Asked before each commit; under no lock.</summary>
    public Func<PartitionRef, IReadOnlyList<DocumentOperation>, CommitFault>? OnCommit { get; set; }

    /// <summary>Asked before each read.</summary>
    public Action<PartitionRef, string>? OnRead { get; set; }

    /// <summary>What a throttled commit is asked to wait.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromMilliseconds(700);

    public int Commits { get; private set; }

    public int Conflicts { get; private set; }

    public Task<StoredDocument?> ReadAsync(PartitionRef partition, string id, CancellationToken cancellationToken)
    {
        OnRead?.Invoke(partition, id);
        lock (_lock)
        {
            return Task.FromResult(Find(partition, id));
        }
    }

    public Task<IReadOnlyList<StoredDocument?>> ReadManyAsync(PartitionRef partition, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        Require(ids.Count is >= 1 and <= 200, "1 to 200 ids");
        Require(ids.Distinct(StringComparer.Ordinal).Count() == ids.Count, "distinct ids");
        foreach (var id in ids)
        {
            OnRead?.Invoke(partition, id);
        }

        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<StoredDocument?>>([.. ids.Select(id => Find(partition, id))]);
        }
    }

    public Task<DocumentPage> QueryAsync(PartitionRef partition, PartitionQuery query, CancellationToken cancellationToken)
    {
        Require(query.Limit is >= 1 and <= 1000, "limit 1 to 1,000");
        lock (_lock)
        {
            var found = _documents.Keys
                .Where(k => k.Partition == partition && k.Id.StartsWith(query.IdPrefix, StringComparison.Ordinal))
                .Where(k => query.After is null || string.CompareOrdinal(k.Id, query.After) > 0)
                .OrderBy(k => k.Id, StringComparer.Ordinal)
                .Select(k => Find(partition, k.Id))
                .OfType<StoredDocument>()
                .Where(d => query.Statuses is null || query.Statuses.Contains(Text(d.Json, "status")))
                .Take(query.Limit + 1)
                .ToList();
            return Task.FromResult(found.Count > query.Limit
                ? new DocumentPage(found[..query.Limit], found[query.Limit - 1].Id)
                : new DocumentPage(found, null));
        }
    }

    public Task<IReadOnlyList<LocatedDocument>> QueryDueAsync(
        DocumentContainer container, IReadOnlyList<string> statuses, DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<LocatedDocument>>(
        [
            .. All().Where(d => d.Partition.Container == container)
                .Where(d => statuses.Contains(Text(d.Document.Json, "status")))
                .Where(d => Number(d.Document.Json, "due") is { } due && due <= dueBefore.ToUnixTimeMilliseconds())
                .Take(limit),
        ]);

    public Task<LocatedPage> ScanAsync(DocumentContainer container, string type, string? continuation, int limit, CancellationToken cancellationToken)
    {
        var from = continuation is null ? 0 : int.Parse(continuation, CultureInfo.InvariantCulture);
        var found = All().Where(d => d.Partition.Container == container && Text(d.Document.Json, "type") == type).ToList();
        var next = from + limit < found.Count ? (from + limit).ToString(CultureInfo.InvariantCulture) : null;
        return Task.FromResult(new LocatedPage([.. found.Skip(from).Take(limit)], next));
    }

    public async Task<CommitResult> CommitAsync(
        PartitionRef partition, IReadOnlyList<DocumentOperation> operations, CancellationToken cancellationToken)
    {
        Check(operations);
        await Task.Yield();
        switch (OnCommit?.Invoke(partition, operations) ?? CommitFault.None)
        {
            case CommitFault.CrashBefore:
                throw new StoreUnavailableException("crashed before the commit");
            case CommitFault.CrashAfter:
                Apply(partition, operations);
                throw new StoreUnavailableException("crashed after the commit");
            case CommitFault.Refused:
                return new CommitResult.Unavailable(false, "away");
            case CommitFault.AnswerLost:
                Apply(partition, operations);
                return new CommitResult.Unavailable(true, "answer lost");
            case CommitFault.RequestLost:
                return new CommitResult.Unavailable(true, "request lost");
            case CommitFault.Throttled:
                return new CommitResult.Throttled(RetryAfter);
            default:
                return Apply(partition, operations);
        }
    }

    public Task CheckAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Every document, in order of partition and id.</summary>
    public IReadOnlyList<LocatedDocument> All()
    {
        lock (_lock)
        {
            return
            [
                .. _documents.Keys.OrderBy(k => k.Partition.ToString(), StringComparer.Ordinal).ThenBy(k => k.Id, StringComparer.Ordinal)
                    .Select(k => (k.Partition, Document: Find(k.Partition, k.Id)))
                    .Where(d => d.Document is not null)
                    .Select(d => new LocatedDocument(d.Partition, d.Document!)),
            ];
        }
    }

    public IReadOnlyList<T> All<T>(DocumentContainer container, string key, string prefix)
        where T : class, IDocument =>
        [
            .. All().Where(d => d.Partition == new PartitionRef(container, key) && d.Document.Id.StartsWith(prefix, StringComparison.Ordinal))
                .Select(d => DocumentJson.Read<T>(d.Document)),
        ];

    public T? Find<T>(PartitionRef partition, string id)
        where T : class, IDocument
    {
        lock (_lock)
        {
            return Find(partition, id) is { } stored ? DocumentJson.Read<T>(stored) : null;
        }
    }

    /// <summary>Writes a document as it is, beside the port.</summary>
    public void Seed<T>(PartitionRef partition, T document)
        where T : class, IDocument =>
        Apply(partition, [new DocumentOperation.Upsert(document.Id, DocumentJson.Write(document))]);

    /// <summary>Everything but the ETags, to compare two histories by their ends.</summary>
    public string Snapshot() =>
        string.Join('\n', All().Select(d => $"{d.Partition} {d.Document.Id} {System.Text.Encoding.UTF8.GetString(d.Document.Json.Span)}"));

    private StoredDocument? Find(PartitionRef partition, string id)
    {
        if (!_documents.TryGetValue((partition, id), out var entry))
        {
            return null;
        }

        if (Number(entry.Json, "ttl") is { } ttl && time.GetUtcNow() >= entry.WrittenAt + TimeSpan.FromSeconds(ttl))
        {
            _documents.Remove((partition, id));
            return null;
        }

        return new StoredDocument(id, entry.Json, entry.ETag);
    }

    private CommitResult Apply(PartitionRef partition, IReadOnlyList<DocumentOperation> operations)
    {
        lock (_lock)
        {
            var written = new List<(string Id, byte[]? Json)>();
            for (var i = 0; i < operations.Count; i++)
            {
                var current = Find(partition, operations[i].Id);
                if (Refuses(operations[i], current) is { } kind)
                {
                    Conflicts++;
                    return new CommitResult.Conflict(i, kind);
                }

                written.Add((operations[i].Id, Result(operations[i], current)));
            }

            var etags = new List<string>();
            foreach (var (id, json) in written)
            {
                var etag = json is null ? "" : (++_etag).ToString(CultureInfo.InvariantCulture);
                etags.Add(etag);
                if (json is null)
                {
                    _documents.Remove((partition, id));
                }
                else
                {
                    _documents[(partition, id)] = new Entry(json, etag, time.GetUtcNow());
                }
            }

            Commits++;
            return new CommitResult.Committed(etags);
        }
    }

    private static ConflictKind? Refuses(DocumentOperation operation, StoredDocument? current) => operation switch
    {
        DocumentOperation.Create => current is null ? null : ConflictKind.Exists,
        DocumentOperation.Upsert => null,
        _ when current is null => ConflictKind.Missing,
        DocumentOperation.Replace replace => replace.IfMatch == current.ETag ? null : ConflictKind.Changed,
        DocumentOperation.Delete delete => delete.IfMatch is null || delete.IfMatch == current.ETag ? null : ConflictKind.Changed,
        DocumentOperation.Increment increment => increment.Fields.All(f =>
            Number(current.Json, f.Field) + f.Delta is { } next && !(next < f.Min) && !(next > f.Max))
            ? null
            : ConflictKind.OutOfBounds,
        _ => throw new InvalidOperationException($"Unknown operation {operation}."),
    };

    private static byte[]? Result(DocumentOperation operation, StoredDocument? current)
    {
        switch (operation)
        {
            case DocumentOperation.Create create:
                return create.Json.ToArray();
            case DocumentOperation.Upsert upsert:
                return upsert.Json.ToArray();
            case DocumentOperation.Replace replace:
                return replace.Json.ToArray();
            case DocumentOperation.Increment increment:
                var json = JsonNode.Parse(current!.Json.Span)!.AsObject();
                foreach (var field in increment.Fields)
                {
                    json[field.Field] = (long)json[field.Field]! + field.Delta;
                }

                return JsonSerializer.SerializeToUtf8Bytes(json);
            default:
                return null;
        }
    }

    private static void Check(IReadOnlyList<DocumentOperation> operations)
    {
        Require(operations.Count is >= 1 and <= DocumentOperation.MaxPerBatch, "1 to 100 operations");
        Require(operations.Select(o => o.Id).Distinct(StringComparer.Ordinal).Count() == operations.Count, "each operation on another document");
        foreach (var operation in operations)
        {
            Require(
                operation.Id.Length is >= 1 and <= 1023 && operation.Id.All(c => c is > ' ' and < (char)127 && !@"/\?#".Contains(c)), $"id {operation.Id}");
            if (operation is DocumentOperation.Increment increment)
            {
                Require(increment.Fields.Count is >= 1 and <= 10, "1 to 10 fields");
                Require(increment.Fields.Select(f => f.Field).Distinct(StringComparer.Ordinal).Count() == increment.Fields.Count, "each field once");
            }

            if (operation is DocumentOperation.Create { Json: var created })
            {
                CheckJson(operation.Id, created);
            }

            if (operation is DocumentOperation.Replace { Json: var replaced })
            {
                CheckJson(operation.Id, replaced);
            }

            if (operation is DocumentOperation.Upsert { Json: var upserted })
            {
                CheckJson(operation.Id, upserted);
            }
        }
    }

    private static void CheckJson(string id, ReadOnlyMemory<byte> json)
    {
        Require(Text(json, "id") == id, $"property id of {id}");
        Require(!string.IsNullOrEmpty(Text(json, "type")), $"property type of {id}");
        Require(json.Length <= 2_000_000, "2 MB a document");
    }

    private static string? Text(ReadOnlyMemory<byte> json, string name)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    private static long? Number(ReadOnlyMemory<byte> json, string name)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty(name, out var value) ? value.GetInt64() : null;
    }

    private static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"The store's contract was broken: {rule}.");
        }
    }
}
