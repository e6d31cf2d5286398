using System.Text;
using Concert.Booking.Storage;

namespace Concert.Embedded.Storage;

/// <summary>A batch checked and packed, as far as that goes without looking at the partition.</summary>
internal sealed class PreparedBatch
{
    private const int MaxIdBytes = 1023;
    private const int MaxKeyBytes = 2048;
    private const int MaxBytes = 2 << 20;
    private const int MaxIncrements = 10;

    private PreparedBatch(Item[] items) => Items = items;

    public IReadOnlyList<Item> Items { get; }

    /// <summary>Throws <see cref="ArgumentException"/> for a batch that no store would take.</summary>
    public static PreparedBatch From(PartitionRef partition, IReadOnlyList<DocumentOperation> operations, NameTable names, long now)
    {
        ArgumentOutOfRangeException.ThrowIfZero(operations.Count, nameof(operations));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(operations.Count, DocumentOperation.MaxPerBatch, nameof(operations));
        ThrowUnless(partition.Key.Length is > 0 and <= MaxKeyBytes, "A partition key has 1 to 2,048 characters.");
        var items = new Item[operations.Count];
        var bytes = 0L;
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = Prepare(operations[i], names, now);
            bytes += items[i].Json.Length;
            ThrowUnless(bytes <= MaxBytes, "A batch, and so a document, has at most 2 MB.");
            var id = operations[i].Id;
            for (var j = 0; j < i; j++)
            {
                ThrowUnless(operations[j].Id != id, "Each operation of a batch is on another document.");
            }
        }

        return new PreparedBatch(items);
    }

    public static PreparedBatch OfAny(IReadOnlyList<DocumentOperation> operations, NameTable names, long now) =>
        new([.. operations.Select(operation => Prepare(operation, names, now))]);

    private static Item Prepare(DocumentOperation operation, NameTable names, long now)
    {
        var id = Encoding.UTF8.GetBytes(operation.Id);
        ThrowUnless(id.Length is > 0 and <= MaxIdBytes, "An id has 1 to 1,023 bytes.");
        return operation switch
        {
            DocumentOperation.Create create => new Item(operation, id, Pack(id, create.Json.Span, names, now), create.Json),
            DocumentOperation.Replace replace => new Item(operation, id, Pack(id, replace.Json.Span, names, now), replace.Json),
            DocumentOperation.Upsert upsert => new Item(operation, id, Pack(id, upsert.Json.Span, names, now), upsert.Json),
            DocumentOperation.Increment increment => new Item(operation, id, CheckFields(increment), default),
            _ => new Item(operation, id, default, default),
        };
    }

    public static PackedDocument Pack(ReadOnlySpan<byte> id, ReadOnlySpan<byte> json, NameTable names, long now)
    {
        var fields = DocumentFields.Parse(json, names);
        return PackedDocument.Pack(id, json, fields, fields.ExpiryAt(now));
    }

    private static PackedDocument CheckFields(DocumentOperation.Increment increment)
    {
        ThrowUnless(increment.Fields.Count is >= 1 and <= MaxIncrements, "An increment has 1 to 10 fields.");
        return default;
    }

    private static void ThrowUnless(bool isValid, string message)
    {
        if (!isValid)
        {
            throw new ArgumentException(message);
        }
    }

    /// <summary>One operation; the document is absent for deletions, and for increments, which need the current one first.</summary>
    internal readonly record struct Item(DocumentOperation Operation, byte[] Id, PackedDocument Document, ReadOnlyMemory<byte> Json);
}
