using Concert.Booking.Ports;

namespace Concert.Testing.Fakes;

/// <summary>The seat gate over memory.</summary>
public sealed class FakeGate(TimeProvider time) : ISeatGate
{
    private readonly GateKeys _keys = new(time.GetUtcNow);

    /// <summary>Who has which seat now, by seat.</summary>
    public IReadOnlyDictionary<string, string> Owners => _keys.Taken.ToDictionary(k => k.SeatId, k => k.Owner, StringComparer.Ordinal);

    /// <summary>What was given back, by whom: also of what had ended by itself.</summary>
    public List<(string SeatId, string Owner)> Released { get; } = [];

    /// <summary>What the last entry was to last.</summary>
    public TimeSpan? Lifetime { get; private set; }

    public Task<bool> TryEnterAsync(
        string partition, IReadOnlyList<string> seatIds, string owner, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Lifetime = lifetime;
        return Task.FromResult(_keys.TryEnter(partition, seatIds, owner, lifetime));
    }

    public Task ReleaseAsync(string partition, IReadOnlyList<string> seatIds, string owner, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _keys.Release(partition, seatIds, owner);
        lock (Released)
        {
            Released.AddRange(seatIds.Select(seat => (seat, owner)));
        }

        return Task.CompletedTask;
    }

    /// <summary>Forgets everything.</summary>
    public void Flush() => _keys.Flush();

    /// <summary>Forgets one seat, whose id begins with its partition's.</summary>
    public void Lose(string seatId)
    {
        foreach (var (partition, _, _) in _keys.Taken.Where(k => k.SeatId == seatId))
        {
            _keys.Lose(partition, seatId);
        }
    }
}
