using System.Collections.Concurrent;

namespace Concert.Booking.WaitingRoom;

/// <summary>
/// The admissions this instance has seen, until they end: with the waiting room away, those who were admitted go on booking and nobody else is let in.
/// </summary>
public sealed class AdmissionMemory(TimeProvider time)
{
    private const int MaxKept = 100_000;

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _activeUntil = new();

    public void Remember(TokenClaims claims, DateTimeOffset expiresAt)
    {
        if (_activeUntil.Count >= MaxKept)
        {
            var now = time.GetUtcNow();
            foreach (var (id, end) in _activeUntil)
            {
                if (end <= now)
                {
                    _activeUntil.TryRemove(id, out _);
                }
            }
        }

        if (_activeUntil.Count < MaxKept)
        {
            _activeUntil[claims.Id] = expiresAt;
        }
    }

    public void Forget(TokenClaims claims) => _activeUntil.TryRemove(claims.Id, out _);

    public bool IsActive(TokenClaims claims) => _activeUntil.TryGetValue(claims.Id, out var end) && time.GetUtcNow() < end;
}
