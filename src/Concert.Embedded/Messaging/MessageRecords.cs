using Concert.Booking.Messaging;
using Concert.Embedded.Journaling;

namespace Concert.Embedded.Messaging;

/// <summary>A message was accepted; its number is the record's sequence.</summary>
internal readonly struct SentRecord(CommandMessage message, long sentAt) : IRecord
{
    public RecordKind Kind => RecordKind.Sent;

    public static QueuedMessage Read(ref ByteReader record, long number)
    {
        var message = new CommandMessage(
            record.Text(), record.Text(), record.Bytes().ToArray(), record.Text() is { Length: > 0 } trace ? trace : null);
        return new QueuedMessage(number, message, record.Varint());
    }

    public void WriteTo(ByteBuffer buffer)
    {
        buffer.Text(message.MessageId);
        buffer.Text(message.SessionId);
        buffer.Bytes(message.Body.Span);
        buffer.Text(message.TraceParent ?? "");
        buffer.Varint(sentAt);
    }
}

/// <summary>What happened to a message: a number and, by kind, the time before which it rests or the reason it is dead.</summary>
internal readonly struct MessageEvent(RecordKind kind, long number, long notBefore = 0, string? reason = null) : IRecord
{
    public RecordKind Kind => kind;

    public long Number => number;

    public long NotBefore => notBefore;

    public string? Reason => reason;

    public static MessageEvent Read(RecordKind kind, ref ByteReader record) => new(
        kind,
        record.Varint(),
        kind == RecordKind.Abandoned ? record.Varint() : 0,
        kind == RecordKind.DeadLettered ? record.Text() : null);

    public void WriteTo(ByteBuffer buffer)
    {
        buffer.Varint(number);
        if (kind == RecordKind.Abandoned)
        {
            buffer.Varint(notBefore);
        }

        if (kind == RecordKind.DeadLettered)
        {
            buffer.Text(reason!);
        }
    }
}

/// <summary>One message of a snapshot.</summary>
internal readonly struct MessageRecord(QueuedMessage queued, int deliveryCount, long notBefore, string? deadReason) : IRecord
{
    public RecordKind Kind => RecordKind.Message;

    public static QueuedMessage Read(ref ByteReader record)
    {
        var number = record.Varint();
        var deliveryCount = (int)record.Varint();
        var notBefore = record.Varint();
        var deadReason = record.Text();
        var queued = SentRecord.Read(ref record, number);
        (queued.DeliveryCount, queued.NotBefore) = (deliveryCount, notBefore);
        queued.DeadReason = deadReason.Length == 0 ? null : deadReason;
        return queued;
    }

    public void WriteTo(ByteBuffer buffer)
    {
        buffer.Varint(queued.Number);
        buffer.Varint(deliveryCount);
        buffer.Varint(notBefore);
        buffer.Text(deadReason ?? "");
        new SentRecord(queued.Message, queued.SentAt).WriteTo(buffer);
    }
}

/// <summary>One remembered message id of a snapshot.</summary>
internal readonly struct RememberedRecord(UInt128 id, long until) : IRecord
{
    public RecordKind Kind => RecordKind.Remembered;

    public static (UInt128 Id, long Until) Read(ref ByteReader record) =>
        (new UInt128((ulong)record.Int64(), (ulong)record.Int64()), record.Varint());

    public void WriteTo(ByteBuffer buffer)
    {
        buffer.Int64((long)(ulong)(id >> 64));
        buffer.Int64((long)(ulong)id);
        buffer.Varint(until);
    }
}
