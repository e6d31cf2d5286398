namespace Concert.Embedded.Journaling;

/// <summary>The kinds of records. The numbers are on disk: never change one.</summary>
internal enum RecordKind : byte
{
    /// <summary>One atomic batch of a partition, as what it left behind.</summary>
    Batch = 1,

    /// <summary>A message was accepted.</summary>
    Sent = 2,

    /// <summary>A delivery began.</summary>
    Delivered = 3,

    /// <summary>A message left the queue.</summary>
    Completed = 4,

    /// <summary>A delivery was given back.</summary>
    Abandoned = 5,

    /// <summary>A message went to the dead-letter list.</summary>
    DeadLettered = 6,

    /// <summary>Snapshot only: one document.</summary>
    Document = 7,

    /// <summary>Snapshot only: one message.</summary>
    Message = 8,

    /// <summary>Snapshot only: one remembered message id.</summary>
    Remembered = 9,

    /// <summary>Snapshot only: the last record, with the number of the ones before.</summary>
    Footer = 10,
}

/// <summary>Something that can be written to the journal or a snapshot.</summary>
internal interface IRecord
{
    RecordKind Kind { get; }

    void WriteTo(ByteBuffer buffer);
}

/// <summary>A part of the state that is rebuilt from records and can be snapshotted.</summary>
internal interface IJournaledState
{
    /// <summary>Applies one record at recovery; false when the kind is not this state's.</summary>
    bool TryReplay(RecordKind kind, long sequence, ref ByteReader record);

    /// <summary>Copies references to all that a snapshot needs; called under the journal's gate, so it must be quick.</summary>
    Action<SnapshotSink> Capture();
}

/// <summary>Takes the records of a snapshot, one after the other.</summary>
internal abstract class SnapshotSink
{
    public abstract void Add<T>(in T record)
        where T : IRecord, allows ref struct;
}
