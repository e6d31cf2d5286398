using Concert.Embedded.Journaling;

namespace Concert.Embedded.Messaging;

/// <content>Rebuilding from the journal, and what a snapshot keeps.</content>
internal sealed partial class MessageTables : IJournaledState
{
    /// <summary>Messages by number; needed by recovery only.</summary>
    private Dictionary<long, QueuedMessage>? _replayed = [];

    public bool TryReplay(RecordKind kind, long sequence, ref ByteReader record)
    {
        switch (kind)
        {
            case RecordKind.Sent:
                var sent = SentRecord.Read(ref record, sequence);
                Duplicates.TryAdd(DuplicateFilter.Hash(sent.Message.MessageId), sent.SentAt);
                Replay(sent);
                return true;
            case RecordKind.Message:
                Replay(MessageRecord.Read(ref record));
                return true;
            case RecordKind.Remembered:
                var (id, until) = RememberedRecord.Read(ref record);
                Duplicates.Restore(id, until);
                return true;
            case RecordKind.Delivered or RecordKind.Abandoned or RecordKind.Completed or RecordKind.DeadLettered:
                Replay(MessageEvent.Read(kind, ref record));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Ends recovery: what was in flight when the process ended waits for its next delivery.</summary>
    public void FinishReplay()
    {
        foreach (var message in _active)
        {
            Enqueue(message);
        }

        _replayed = null;
    }

    public Action<SnapshotSink> Capture()
    {
        MessageRecord[] messages = [.. _active.Concat(_dead.Values)
            .Select(message => new MessageRecord(message, message.DeliveryCount, message.NotBefore, message.DeadReason))];
        var remembered = Duplicates.ToArray();
        return sink =>
        {
            foreach (var message in messages)
            {
                sink.Add(message);
            }

            foreach (var (id, until) in remembered)
            {
                sink.Add(new RememberedRecord(id, until));
            }
        };
    }

    private void Replay(QueuedMessage message)
    {
        _replayed!.Add(message.Number, message);
        if (message.DeadReason is { } reason)
        {
            AddDead(message, reason);
        }
        else
        {
            message.Node = _active.AddLast(message);
        }
    }

    private void Replay(in MessageEvent happened)
    {
        var message = _replayed![happened.Number];
        switch (happened.Kind)
        {
            case RecordKind.Delivered:
                message.DeliveryCount++;
                break;
            case RecordKind.Abandoned:
                message.NotBefore = happened.NotBefore;
                break;
            case RecordKind.DeadLettered:
                Deactivate(message);
                AddDead(message, happened.Reason!);
                break;
            default:
                _replayed.Remove(happened.Number);
                if (!RemoveDead(happened.Number))
                {
                    Deactivate(message);
                }

                break;
        }
    }
}
