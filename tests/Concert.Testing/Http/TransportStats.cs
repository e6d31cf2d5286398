namespace Concert.Testing.Http;

/// <summary>What the wire saw.</summary>
public sealed class TransportStats
{
    private long _requests;
    private long _throttled;
    private long _unavailable;
    private long _unknown;

    /// <summary>Attempts sent.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Answers 429.</summary>
    public long Throttled => Interlocked.Read(ref _throttled);

    /// <summary>Answers 503.</summary>
    public long Unavailable => Interlocked.Read(ref _unavailable);

    /// <summary>Attempts whose effect is unknown: connection errors, timeouts, other 5xx.</summary>
    public long Unknown => Interlocked.Read(ref _unknown);

    public void Sent() => Interlocked.Increment(ref _requests);

    public void Answered(int status)
    {
        if (status == 429)
        {
            Interlocked.Increment(ref _throttled);
        }
        else if (status == 503)
        {
            Interlocked.Increment(ref _unavailable);
        }
        else if (status is 408 or >= 500)
        {
            Interlocked.Increment(ref _unknown);
        }
    }

    public void Broke() => Interlocked.Increment(ref _unknown);
}
