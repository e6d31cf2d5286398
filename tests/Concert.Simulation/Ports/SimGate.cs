using System.Globalization;
using Concert.Booking.Ports;
using Concert.Simulation.Engine;
using Concert.Simulation.Faults;
using Concert.Simulation.Planted;
using Concert.Testing.Fakes;

namespace Concert.Simulation.Ports;

/// <summary>What Redis keeps, and whether it can be reached. It loses keys, all of them, and its connection.</summary>
public sealed class SimRedis
{
    public bool IsAway { get; set; }
}

/// <summary>The gate's keys, shared by all instances, and what goes wrong with them.</summary>
public sealed class SimGate(World world, SimRedis redis, bool isOpen, Defect defect = Defect.None)
{
    private static readonly TimeSpan TooLate = TimeSpan.FromMilliseconds(50);

    private readonly GateKeys _keys = new(() => world.UtcNow);
    private readonly HashSet<(string Owner, string Seat)> _givenBack = [];

    public bool TryEnter(string partition, IReadOnlyList<string> seatIds, string owner, TimeSpan lifetime) =>
        redis.IsAway || isOpen || _keys.TryEnter(partition, seatIds, owner, world.Faults.Roll(Fault.GateShort) ? lifetime / 20 : lifetime);

    public bool Release(string partition, IReadOnlyList<string> seatIds, string owner)
    {
        if (defect == Defect.GateOpensLate)
        {
            world.Schedule(null, TooLate, () => Open(partition, seatIds, owner));
        }
        else
        {
            Open(partition, seatIds, owner);
        }

        return true;
    }

    /// <summary>Seats whose gate a reservation has and never gave back, in vain or not.</summary>
    public IReadOnlyList<string> NeverGivenBack(string partition, string owner) =>
        [.. _keys.Taken.Where(k => k.Partition == partition && k.Owner == owner && !_givenBack.Contains((owner, k.SeatId))).Select(k => k.SeatId)];

    private void Open(string partition, IReadOnlyList<string> seatIds, string owner)
    {
        _givenBack.UnionWith(seatIds.Select(seat => (owner, seat)));
        if (!redis.IsAway)
        {
            _keys.Release(partition, seatIds, owner);
        }
    }

    public void Flush() => _keys.Flush();

    public void LoseOne()
    {
        if (_keys.Taken is { Count: > 0 } taken)
        {
            var (partition, seat, _) = taken[world.Faults.Next(taken.Count)];
            _keys.Lose(partition, seat);
        }
    }

    /// <summary>Whether a reservation's document has the gate of a seat's document; for the planted defect that trusts it.</summary>
    public bool IsOwnedBy(string partition, string seatDocument, string reservationDocument)
    {
        var seat = $"-{int.Parse(seatDocument[2..], CultureInfo.InvariantCulture)}";
        return _keys.Taken.Any(k => k.Partition == partition && k.SeatId.EndsWith(seat, StringComparison.Ordinal)
            && k.Owner.EndsWith("." + reservationDocument[2..], StringComparison.Ordinal));
    }
}

/// <summary>The gate as one instance reaches it.</summary>
public sealed class SimGatePort(SimProcess process, SimGate gate) : ISeatGate
{
    public Task<bool> TryEnterAsync(
        string partition, IReadOnlyList<string> seatIds, string owner, TimeSpan lifetime, CancellationToken cancellationToken) =>
        process.CallAsync(() => gate.TryEnter(partition, seatIds, owner, lifetime), cancellationToken);

    public Task ReleaseAsync(string partition, IReadOnlyList<string> seatIds, string owner, CancellationToken cancellationToken) =>
        process.CallAsync(() => gate.Release(partition, seatIds, owner), cancellationToken);
}
