using System.Collections.Concurrent;

namespace Concert.Booking.WaitingRoom;

/// <summary>
/// The admissions this instance has seen, until they end: with the waiting room away, those who were admitted go on booking and nobody else is let in.
/// Asked with every booking call, so it looks at one entry and takes no lock unless there is something new.
/// </summary>
public sealed class AdmissionMemory(TimeProvider time)
{
    private const int MaxKept = 100_000;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _activeUntil = new();
    // The dictionary's own count locks all of it.
    private int _count;
    private long _nextSweep;

    public void Remember(TokenClaims claims, DateTimeOffset expiresAt)
    {
        if (_activeUntil.TryGetValue(claims.Id, out var known))
        {
            if (known != expiresAt)
            {
                _activeUntil.TryUpdate(claims.Id, expiresAt, known);
            }

            return;
        }

        if (Volatile.Read(ref _count) >= MaxKept)
        {
            Sweep();
        }

        if (Volatile.Read(ref _count) < MaxKept && _activeUntil.TryAdd(claims.Id, expiresAt))
        {
            Interlocked.Increment(ref _count);
        }
    }

    public void Forget(TokenClaims claims) => Remove(claims.Id);

    public bool IsActive(TokenClaims claims) => _activeUntil.TryGetValue(claims.Id, out var end) && time.GetUtcNow() < end;

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
