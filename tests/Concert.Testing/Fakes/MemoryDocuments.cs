using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concert.Booking.Ports;

namespace Concert.Testing.Fakes;

/// <summary>
/// The documents of the fake store and of the simulated one: every call is one atomic step that is right by the contract of <see cref="IDocumentStore"/>.
/// What no store would take throws <see cref="ArgumentException"/>. How calls get there, and what goes wrong on the way, is its users'.
/// </summary>
/// <param name="now">The store's clock.</param>
public partial class MemoryDocuments(Func<DateTimeOffset> now)
{
    private const int MaxIdLength = 1023;
    private const int MaxIncrements = 10;

    private readonly Lock _lock = new();
    private readonly Dictionary<PartitionRef, MemoryPartition> _partitions = [];
    private readonly List<MemoryPartition> _inOrder = [];
    private long _version;

    /// <summary>Called after each commit with what it changed.</summary>
    public Action<MemoryPartition, IReadOnlyList<DocumentChange>>? Committed { get; set; }

    /// <summary>All partitions, oldest first.</summary>
    public IReadOnlyList<MemoryPartition> Partitions => _inOrder;

    /// <summary>How many versions were written.</summary>
    protected long Version => _version;

    public CommitResult Commit(PartitionRef reference, IReadOnlyList<DocumentOperation> operations)
    {
        Check(operations);
        lock (_lock)
        {
            var changes = new List<DocumentChange>(operations.Count);
            var etags = new List<string>(operations.Count);
            for (var i = 0; i < operations.Count; i++)
            {
                var before = Find(reference, operations[i].Id);
                var conflict = Refuses(operations[i], before);
                var after = conflict is null ? After(reference, operations[i], before) : null;
                if (conflict is null && after is null && operations[i] is DocumentOperation.Increment)
                {
                    conflict = ConflictKind.OutOfBounds;
                }

                if (conflict is { } kind)
                {
                    GiveUp(reference, changes);
                    return new CommitResult.Conflict(i, kind);
                }

                changes.Add(new DocumentChange(operations[i].Id, before, after));
                etags.Add(after?.ETag ?? "");
            }

            Apply(reference, changes);
            return new CommitResult.Committed(etags);
        }
    }

    /// <summary>A batch met a conflict: what its operations before that would have changed is forgotten.</summary>
    protected virtual void GiveUp(PartitionRef reference, IReadOnlyList<DocumentChange> changes)
    {
    }

    /// <summary>Why an operation cannot be applied; null when it can. The bounds of an increment are looked at when it is applied.</summary>
    protected virtual ConflictKind? Refuses(DocumentOperation operation, MemoryDocument? before) => operation switch
    {
        DocumentOperation.Create => before is null ? null : ConflictKind.Exists,
        DocumentOperation.Upsert => null,
        _ when before is null => ConflictKind.Missing,
        DocumentOperation.Replace replace => replace.IfMatch == before.ETag ? null : ConflictKind.Changed,
        DocumentOperation.Delete { IfMatch: { } etag } => etag == before.ETag ? null : ConflictKind.Changed,
        _ => null,
    };

    /// <summary>The value that an increment starts from.</summary>
    protected virtual long Current(PartitionRef reference, string id, string field, long value) => value;

    protected virtual bool IsWithin(FieldIncrement field, long next) => !(next < field.Min) && !(next > field.Max);

    protected virtual void Apply(PartitionRef reference, IReadOnlyList<DocumentChange> changes)
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
            }
        }

        Committed?.Invoke(partition, changes);
    }

    private MemoryDocument? After(PartitionRef reference, DocumentOperation operation, MemoryDocument? before) => operation switch
    {
        DocumentOperation.Create create => Write(create.Id, create.Json),
        DocumentOperation.Replace replace => Write(replace.Id, replace.Json),
        DocumentOperation.Upsert upsert => Write(upsert.Id, upsert.Json),
        DocumentOperation.Increment increment => Incremented(reference, increment, before!),
        _ => null,
    };

    /// <summary>Null when a result would leave its bounds. An absent field counts as zero.</summary>
    private MemoryDocument? Incremented(PartitionRef reference, DocumentOperation.Increment increment, MemoryDocument before)
    {
        var json = JsonNode.Parse(before.Json)!.AsObject();
        foreach (var field in increment.Fields)
        {
            var next = Current(reference, increment.Id, field.Field, json[field.Field]?.GetValue<long>() ?? 0) + field.Delta;
            if (!IsWithin(field, next))
            {
                return null;
            }

            json[field.Field] = next;
        }

        return Write(increment.Id, JsonSerializer.SerializeToUtf8Bytes(json));
    }

    /// <summary>No two versions have one ETag, of whatever document.</summary>
    private MemoryDocument Write(string id, ReadOnlyMemory<byte> json) =>
        MemoryDocument.Write(id, json, (++_version).ToString(CultureInfo.InvariantCulture), now());

    private static void Check(IReadOnlyList<DocumentOperation> operations)
    {
        ThrowUnless(operations.Count is >= 1 and <= DocumentOperation.MaxPerBatch, $"A batch has 1 to {DocumentOperation.MaxPerBatch} operations.");
        var ids = new HashSet<string>(operations.Count, StringComparer.Ordinal);
        foreach (var operation in operations)
        {
            ThrowUnless(ids.Add(operation.Id), "Each operation of a batch is on another document.");
            ThrowUnless(
                operation.Id.Length is >= 1 and <= MaxIdLength && operation.Id.All(c => c is >= ' ' and <= '~' && !@"/\?#".Contains(c, StringComparison.Ordinal)),
                $"No store takes {operation.Id} for an id.");
            if (operation is DocumentOperation.Increment increment)
            {
                ThrowUnless(increment.Fields.Count is >= 1 and <= MaxIncrements, $"An increment has 1 to {MaxIncrements} fields.");
                ThrowUnless(increment.Fields.DistinctBy(f => f.Field).Count() == increment.Fields.Count, "An increment names each field once.");
            }
        }
    }

    private static void ThrowUnless(bool isValid, string message)
    {
        if (!isValid)
        {
            throw new ArgumentException(message);
        }
    }
}
