using Concert.Booking.Ports;

namespace Concert.Embedded.Reservations;

/// <summary>The seat gate of one process. It is not kept: after a restart it is open, and the ETags decide.</summary>
public sealed class EmbeddedSeatGate(TimeProvider time) : ISeatGate
{
    /// <summary>Entries that are added before the ones that ended are swept, so that sweeping costs each entry about as much as adding it.</summary>
    private const int MinAddedBeforeSweep = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Partition, string SeatId), (string Owner, DateTimeOffset Until)> _entries = [];
    private int _sweepAt = MinAddedBeforeSweep;

    /// <summary>Places taken, those that ended but were not swept included.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <inheritdoc />
    public Task<bool> TryEnterAsync(
        string partition, IReadOnlyList<string> seatIds, string owner, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var now = time.GetUtcNow();
        lock (_lock)
        {
            foreach (var seatId in seatIds)
            {
                if (_entries.TryGetValue((partition, seatId), out var entry) && entry.Until > now && entry.Owner != owner)
                {
                    return Task.FromResult(false);
                }
            }

            foreach (var seatId in seatIds)
            {
                _entries[(partition, seatId)] = (owner, now + lifetime);
            }

            Sweep(now);
        }

        return Task.FromResult(true);
    }

    /// <inheritdoc />
    public Task ReleaseAsync(string partition, IReadOnlyList<string> seatIds, string owner, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            foreach (var seatId in seatIds)
            {
                if (_entries.TryGetValue((partition, seatId), out var entry) && entry.Owner == owner)
                {
                    _entries.Remove((partition, seatId));
                }
            }
        }

        return Task.CompletedTask;
    }

    private void Sweep(DateTimeOffset now)
    {
        if (_entries.Count < _sweepAt)
        {
            return;
        }

        foreach (var (key, entry) in _entries)
        {
            if (entry.Until <= now)
            {
                _entries.Remove(key);
            }
        }

        _sweepAt = Math.Max(MinAddedBeforeSweep, _entries.Count * 2);
    }
}
