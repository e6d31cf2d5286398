namespace Concert.Testing.Fakes;

/// <summary>
/// The keys of the fake seat gate and of the simulated one: who has which place, and until when. Right by the contract of
/// <see cref="Booking.Reservations.ISeatGate"/>; each call is one atomic step. Throws <see cref="ArgumentException"/> unless it is about 1 to 8 seats.
/// </summary>
/// <param name="now">The gate's clock.</param>
public sealed class GateKeys(Func<DateTimeOffset> now)
{
    private const int MaxSeats = 8;

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<(string Partition, string SeatId), (string Owner, DateTimeOffset Ends)> _keys = [];

    /// <summary>Places that somebody has, oldest first.</summary>
    public IReadOnlyList<(string Partition, string SeatId, string Owner)> Taken
    {
        get
        {
            lock (_lock)
            {
                return [.. _keys.Where(k => k.Value.Ends > now()).Select(k => (k.Key.Partition, k.Key.SeatId, k.Value.Owner))];
            }
        }
    }

    public bool TryEnter(string partition, IReadOnlyList<string> seatIds, string owner, TimeSpan lifetime)
    {
        Check(seatIds);
        lock (_lock)
        {
            if (seatIds.Any(seat => _keys.TryGetValue((partition, seat), out var key) && key.Ends > now() && key.Owner != owner))
            {
                return false;
            }

            foreach (var seat in seatIds)
            {
                _keys[(partition, seat)] = (owner, now() + lifetime);
            }

            return true;
        }
    }

    /// <summary>Compare and delete.</summary>
    public void Release(string partition, IReadOnlyList<string> seatIds, string owner)
    {
        Check(seatIds);
        lock (_lock)
        {
            foreach (var seat in seatIds)
            {
                if (_keys.TryGetValue((partition, seat), out var key) && key.Owner == owner)
                {
                    _keys.Remove((partition, seat));
                }
            }
        }
    }

    public void Flush()
    {
        lock (_lock)
        {
            _keys.Clear();
        }
    }

    /// <summary>Loses one key, as an eviction does.</summary>
    public void Lose(string partition, string seatId)
    {
        lock (_lock)
        {
            _keys.Remove((partition, seatId));
        }
    }

    private static void Check(IReadOnlyList<string> seatIds)
    {
        ArgumentOutOfRangeException.ThrowIfZero(seatIds.Count, nameof(seatIds));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seatIds.Count, MaxSeats, nameof(seatIds));
    }
}
