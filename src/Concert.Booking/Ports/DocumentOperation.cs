namespace Concert.Booking.Ports;

/// <summary>One operation of an atomic batch. A batch has 1 to <see cref="MaxPerBatch"/> operations, each on another document.</summary>
public abstract record DocumentOperation(string Id)
{
    /// <summary>Cosmos DB's limit for a transactional batch.</summary>
    public const int MaxPerBatch = 100;

    /// <summary>Adds a document; conflict <see cref="ConflictKind.Exists"/> when the id is taken.</summary>
    public sealed record Create(string Id, ReadOnlyMemory<byte> Json) : DocumentOperation(Id);

    /// <summary>Replaces the version that was read; conflict <see cref="ConflictKind.Changed"/> or <see cref="ConflictKind.Missing"/>.</summary>
    public sealed record Replace(string Id, ReadOnlyMemory<byte> Json, string IfMatch) : DocumentOperation(Id);

    /// <summary>Writes the document whatever was there.</summary>
    public sealed record Upsert(string Id, ReadOnlyMemory<byte> Json) : DocumentOperation(Id);

    /// <summary>Deletes; conflict <see cref="ConflictKind.Missing"/> when absent, <see cref="ConflictKind.Changed"/> when the ETag differs.</summary>
    public sealed record Delete(string Id, string? IfMatch = null) : DocumentOperation(Id);

    /// <summary>
    /// Adds to top-level integer properties without having read them, so that writers do not retry against each other.
    /// 1 to 10 fields (Cosmos DB's limit for a patch). Conflict <see cref="ConflictKind.OutOfBounds"/> when any result would leave its bounds,
    /// <see cref="ConflictKind.Missing"/> when the document is absent.
    /// </summary>
    public sealed record Increment(string Id, IReadOnlyList<FieldIncrement> Fields) : DocumentOperation(Id);
}

/// <summary>Adds <see cref="Delta"/> to <see cref="Field"/> if the result stays within the bounds, ends included.</summary>
public readonly record struct FieldIncrement(string Field, long Delta, long? Min = null, long? Max = null);

/// <summary>Why a batch was not applied. Nothing of it was.</summary>
public enum ConflictKind
{
    /// <summary>A created id is already there (409).</summary>
    Exists,

    /// <summary>The document is not there (404).</summary>
    Missing,

    /// <summary>The ETag is not the current one (412).</summary>
    Changed,

    /// <summary>An increment would have left its bounds (412 of a patch's filter predicate).</summary>
    OutOfBounds,
}

/// <summary>The outcome of a batch.</summary>
public abstract record CommitResult
{
    private CommitResult()
    {
    }

    /// <summary>All operations were applied, durably. One ETag an operation, in order; empty for a delete.</summary>
    public sealed record Committed(IReadOnlyList<string> ETags) : CommitResult;

    /// <summary>None was applied because of operation number <see cref="Operation"/> (from 0).</summary>
    public sealed record Conflict(int Operation, ConflictKind Kind) : CommitResult;

    /// <summary>None was applied; the store asks to wait (429).</summary>
    public sealed record Throttled(TimeSpan RetryAfter) : CommitResult;

    /// <summary>The store could not be asked, or its answer was lost. With <see cref="OutcomeUnknown"/> the batch may or may not have been applied: look.</summary>
    public sealed record Unavailable(bool OutcomeUnknown, string Detail) : CommitResult;
}
