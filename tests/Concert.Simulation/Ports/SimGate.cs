using Concert.Booking.Reservations;
using Concert.Simulation.Engine;
using Concert.Simulation.Faults;

namespace Concert.Simulation.Ports;

/// <summary>What Redis keeps, and whether it can be reached. It loses keys, all of them, and its connection.</summary>
public sealed class SimRedis
{
    public bool IsAway { get; set; }
}

/// <summary>The gate's keys, shared by all instances.</summary>
public sealed class SimGate(World world, SimRedis redis, bool isOpen)
{
    private readonly Dictionary<(string Partition, string SeatId), (string Owner, long Ends)> _keys = [];
    private readonly List<(string, string)> _inOrder = [];

    public bool TryEnter(string partition, IReadOnlyList<string> seatIds, string owner, TimeSpan lifetime)
    {
        if (redis.IsAway || isOpen)
        {
            return true;
        }

        if (seatIds.Any(seat => _keys.TryGetValue((partition, seat), out var key) && key.Ends > world.Now && key.Owner != owner))
        {
            return false;
        }

        var ends = world.Now + (world.Faults.Roll(Fault.GateShort) ? lifetime / 20 : lifetime).Ticks;
        foreach (var seat in seatIds)
        {
            if (!_keys.ContainsKey((partition, seat)))
            {
                _inOrder.Add((partition, seat));
            }

            _keys[(partition, seat)] = (owner, ends);
        }

        return true;
    }

    public void Release(string partition, IReadOnlyList<string> seatIds, string owner)
    {
        foreach (var seat in redis.IsAway ? [] : seatIds)
        {
            if (_keys.TryGetValue((partition, seat), out var key) && key.Owner == owner)
            {
                Remove((partition, seat));
            }
        }
    }

    public void Flush()
    {
        _keys.Clear();
        _inOrder.Clear();
    }

    public void LoseOne()
    {
        if (_inOrder.Count > 0)
        {
            Remove(_inOrder[world.Faults.Next(_inOrder.Count)]);
        }
    }

    /// <summary>Whether a reservation's document has the gate of a seat's document; for the planted defect that trusts it.</summary>
    public bool IsOwnedBy(string partition, string seatDocument, string reservationDocument)
    {
        var seat = $"-{int.Parse(seatDocument[2..], System.Globalization.CultureInfo.InvariantCulture)}";
        return _keys.Any(k => k.Key.Partition == partition && k.Key.SeatId.EndsWith(seat, StringComparison.Ordinal)
            && k.Value.Owner.EndsWith("." + reservationDocument[2..], StringComparison.Ordinal) && k.Value.Ends > world.Now);
    }

    private void Remove((string, string) key)
    {
        _keys.Remove(key);
        _inOrder.Remove(key);
    }
}

/// <summary>The gate as one instance reaches it.</summary>
public sealed class SimGatePort(SimProcess process, SimGate gate) : ISeatGate
{
    public Task<bool> TryEnterAsync(
        string partition, IReadOnlyList<string> seatIds, string owner, TimeSpan lifetime, CancellationToken cancellationToken) =>
        process.CallAsync(() => gate.TryEnter(partition, seatIds, owner, lifetime));

    public Task ReleaseAsync(string partition, IReadOnlyList<string> seatIds, string owner, CancellationToken cancellationToken) =>
        process.CallAsync(() =>
        {
            gate.Release(partition, seatIds, owner);
            return true;
        });
}
