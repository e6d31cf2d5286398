namespace Concert.Embedded.Sqlite;

/// <summary>How the writer treats a disk that is slow or full.</summary>
/// <param name="Time">The clock of the timeouts.</param>
/// <param name="DurabilityTimeout">A transaction that takes longer is answered as unknown, and all that waits behind it as refused.</param>
/// <param name="StalledAfter">Once a transaction takes longer, what is new is refused at once.</param>
/// <param name="RetryAfter">Pause between two tries of what must be written in the end.</param>
/// <param name="BeforeCommit">Called on the writer's thread right before each commit; tests hold it up or make it fail.</param>
internal sealed record WriterSettings(TimeProvider Time, TimeSpan DurabilityTimeout, TimeSpan StalledAfter, TimeSpan RetryAfter, Action? BeforeCommit);
