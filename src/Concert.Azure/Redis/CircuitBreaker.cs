namespace Concert.Azure.Redis;

/// <summary>
/// Keeps callers from waiting for a Redis that is away: after <paramref name="failuresToOpen"/> failures in a row no call passes for
/// <paramref name="openFor"/>; then one at a time tries, until one succeeds.
/// </summary>
internal sealed class CircuitBreaker(TimeProvider time, int failuresToOpen, TimeSpan openFor)
{
    private readonly long _openTicks = (long)(openFor.TotalSeconds * time.TimestampFrequency);
    private int _failures;
    private long _nextTry;

    /// <summary>Whether a call may be made now. Who got true tells how it went.</summary>
    public bool TryPass()
    {
        if (Volatile.Read(ref _failures) < failuresToOpen)
        {
            return true;
        }

        var nextTry = Volatile.Read(ref _nextTry);
        var now = time.GetTimestamp();
        return now >= nextTry && Interlocked.CompareExchange(ref _nextTry, now + _openTicks, nextTry) == nextTry;
    }

    public void Succeeded() => Volatile.Write(ref _failures, 0);

    public void Failed()
    {
        Volatile.Write(ref _nextTry, time.GetTimestamp() + _openTicks);
        Interlocked.Increment(ref _failures);
    }
}
