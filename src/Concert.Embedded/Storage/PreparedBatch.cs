using System.Text;
using Concert.Booking.Ports;

namespace Concert.Embedded.Storage;

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
        ArgumentOutOfRangeException.ThrowIfGreaterThan(operations.Count, DocumentOperation.MaxPerBatch, nameof(operations));
        ThrowUnless(partition.Key.Length is > 0 and <= MaxKeyBytes, "A partition key has 1 to 2,048 characters.");
        var prepared = new PreparedOperation[operations.Count];
        var bytes = 0L;
        for (var i = 0; i < prepared.Length; i++)
        {
            prepared[i] = Prepare(operations[i]);
            bytes += prepared[i].Json.Length;
            ThrowUnless(bytes <= MaxBytes, "A batch, and so a document, has at most 2 MB.");
            for (var j = 0; j < i; j++)
            {
                ThrowUnless(operations[j].Id != operations[i].Id, "Each operation of a batch is on another document.");
            }
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
