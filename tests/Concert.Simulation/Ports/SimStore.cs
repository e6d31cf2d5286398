using Concert.Booking.Ports;
using Concert.Simulation.Engine;
using Concert.Simulation.Planted;
using Concert.Testing.Fakes;

namespace Concert.Simulation.Ports;

/// <summary>The documents, shared by all instances, and the mistakes that are planted in them. Faults are <see cref="SimStorePort"/>'s.</summary>
public sealed class SimStore(World world, Defect defect) : MemoryDocuments(() => world.UtcNow)
{
    private readonly Dictionary<(PartitionRef, string, string), long> _lostUpdates = [];

    protected override void Apply(PartitionRef reference, IReadOnlyList<DocumentChange> changes)
    {
        foreach (var change in changes)
        {
            if (change.After is not null)
            {
                world.History.Mix(change.After.Json);
            }
        }

        base.Apply(reference, changes);
    }

    protected override ConflictKind? Refuses(DocumentOperation operation, MemoryDocument? before) => operation switch
    {
        DocumentOperation.Create when Overwrites(operation.Id) => null,
        DocumentOperation.Replace when before is not null && defect == Defect.NoETagCheck => null,
        _ => base.Refuses(operation, before),
    };

    protected override void GiveUp(PartitionRef reference, IReadOnlyList<DocumentChange> changes)
    {
        if (defect == Defect.PartialBatch && changes.Count > 0)
        {
            Apply(reference, changes);
        }
    }

    /// <summary>The planted lost update: now and then an increment starts from the value before the last one.</summary>
    protected override long Current(PartitionRef reference, string id, string field, long value)
    {
        if (defect != Defect.LostIncrement)
        {
            return value;
        }

        var before = _lostUpdates.GetValueOrDefault((reference, id, field), value);
        _lostUpdates[(reference, id, field)] = value;
        return Version % 5 == 0 ? before : value;
    }

    protected override bool IsWithin(FieldIncrement field, long next) => defect == Defect.NoBounds || base.IsWithin(field, next);

    private bool Overwrites(string id) => defect switch
    {
        Defect.CreateOverwrites => true,
        Defect.IdempotencyIgnored => id.StartsWith("claim:", StringComparison.Ordinal),
        Defect.DebitNotIdempotent => id.StartsWith("pay", StringComparison.Ordinal),
        _ => false,
    };
}
