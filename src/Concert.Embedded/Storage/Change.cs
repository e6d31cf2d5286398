using Concert.Booking.Storage;
using Concert.Embedded.Journaling;

namespace Concert.Embedded.Storage;

/// <summary>What one operation leaves behind: the document, or its absence. Its JSON comes along for the journal, as it was given.</summary>
internal readonly record struct Change(byte[] Id, PackedDocument Document, ReadOnlyMemory<byte> Json);

/// <summary>A batch as the journal keeps it: results, not operations, so that a replay needs no rules.</summary>
internal readonly struct BatchRecord(PartitionRef partition, Change[] changes) : IRecord
{
    public RecordKind Kind => RecordKind.Batch;

    public void WriteTo(ByteBuffer buffer)
    {
        buffer.Byte((byte)partition.Container);
        buffer.Text(partition.Key);
        buffer.Varint(changes.Length);
        foreach (var change in changes)
        {
            buffer.Bytes(change.Id);
            buffer.Varint(change.Document.IsAbsent ? 0 : change.Document.Expiry ?? 0);
            buffer.Bytes(change.Json.Span);
        }
    }

    public static (PartitionRef Partition, Change[] Changes) Read(ref ByteReader record, long sequence, NameTable names)
    {
        var partition = new PartitionRef((DocumentContainer)record.Byte(), record.Text());
        var changes = new Change[checked((int)record.Varint())];
        foreach (ref var change in changes.AsSpan())
        {
            change = DocumentEncoding.Read(ref record, sequence, names);
        }

        return (partition, changes);
    }
}

/// <summary>One document of a snapshot.</summary>
internal readonly struct DocumentRecord(PartitionRef partition, PackedDocument document) : IRecord
{
    public RecordKind Kind => RecordKind.Document;

    public void WriteTo(ByteBuffer buffer)
    {
        buffer.Byte((byte)partition.Container);
        buffer.Text(partition.Key);
        buffer.Varint(document.Revision);
        buffer.Bytes(document.Id);
        buffer.Varint(document.Expiry ?? 0);
        buffer.Bytes(document.ToJson().Span);
    }

    public static (PartitionRef Partition, PackedDocument Document) Read(ref ByteReader record, NameTable names)
    {
        var partition = new PartitionRef((DocumentContainer)record.Byte(), record.Text());
        return (partition, DocumentEncoding.Read(ref record, record.Varint(), names).Document);
    }
}

internal static class DocumentEncoding
{
    public static Change Read(ref ByteReader record, long revision, NameTable names)
    {
        var id = record.Bytes();
        var expiry = record.Varint();
        var json = record.Bytes();
        return new Change(id.ToArray(), json.IsEmpty
            ? default
            : PackedDocument.Pack(id, json, DocumentFields.Parse(json, names), expiry == 0 ? null : expiry).WithRevision(revision), default);
    }
}
