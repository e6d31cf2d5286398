using System.Collections.Concurrent;
using Concert.Booking.Ports;

namespace Concert.Booking.WaitingRoom;

/// <summary>
/// The admissions this instance has seen, until they end: with the waiting room away, those who were admitted go on booking and nobody else is let in.
/// Asked with every booking call, so it looks at one entry and takes no lock unless there is something new.
/// </summary>
public sealed class AdmissionMemory(TimeProvider time)
{
    private const int MaxKept = 100_000;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private static readonly DateTimeOffset Ended = DateTimeOffset.MinValue;

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _activeUntil = new();
    // The dictionary's own count locks all of it.
    private int _count;
    private long _nextSweep;

    public void Remember(TokenClaims claims, DateTimeOffset expiresAt) => Keep(claims.Id, expiresAt);

    /// <summary>Ends it for good: a look at the room that began before the end may say active after it, and must not bring the admission back.</summary>
    public void Forget(TokenClaims claims) => Keep(claims.Id, Ended);

    public bool IsActive(TokenClaims claims) => _activeUntil.TryGetValue(claims.Id, out var end) && time.GetUtcNow() < end;

    private void Keep(Guid id, DateTimeOffset end)
    {
        // Each turn means that another thread changed this very entry meanwhile.
        while (true)
        {
            if (_activeUntil.TryGetValue(id, out var known))
            {
                if (known == end || known == Ended || _activeUntil.TryUpdate(id, end, known))
                {
                    return;
                }

                continue;
            }

            if (Volatile.Read(ref _count) >= MaxKept)
            {
                Sweep();
            }

            if (Volatile.Read(ref _count) >= MaxKept)
            {
                return;
            }

            if (_activeUntil.TryAdd(id, end))
            {
                Interlocked.Increment(ref _count);
                return;
            }
        }
    }

    /// <summary>Removes what has ended, at most once a second: with all places taken by the living, every call would look at all of them otherwise.</summary>
    private void Sweep()
    {
        var now = time.GetUtcNow();
        var due = Volatile.Read(ref _nextSweep);
        if (now.UtcTicks < due || Interlocked.CompareExchange(ref _nextSweep, (now + SweepEvery).UtcTicks, due) != due)
        {
            return;
        }

        foreach (var (id, end) in _activeUntil)
        {
            if (end <= now)
            {
                Remove(id);
            }
        }
    }

    private void Remove(Guid id)
    {
        if (_activeUntil.TryRemove(id, out _))
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
