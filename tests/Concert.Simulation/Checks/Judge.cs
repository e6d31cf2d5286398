using Concert.Booking.Reservations;
using Concert.Booking.Storage;
using Concert.Booking.WaitingRoom;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;
using Concert.Simulation.Sale;

namespace Concert.Simulation.Checks;

/// <summary>Looks at every commit and every change of a waiting room, at the moment it happens.</summary>
public sealed class Judge
{
    private readonly World _world;
    private readonly SaleSettings _settings;
    private readonly SectionRules _sections;
    private readonly WalletRules _wallets;
    private readonly HashSet<Guid> _admitted = [];
    private readonly HashSet<string> _takenOver = new(StringComparer.Ordinal);

    public Judge(World world, SimStore store, SimRooms rooms, SimQueue queue, SaleSettings settings)
    {
        _world = world;
        _settings = settings;
        _sections = new SectionRules(world, store);
        Limits = new LimitRules(world, store, maxPerUser: 4);
        _wallets = new WalletRules(world, store, settings)
        {
            StoredAt = id => !queue.Buried.Contains(id) && queue.StoredAt.TryGetValue(id, out var at) ? at : null,
            WasTakenOver = _takenOver.Contains,
        };
        store.Committed = Committed;
        rooms.Changed = RoomChanged;
    }

    /// <summary>Reservations to which something is still to happen.</summary>
    public int Unsettled { get; private set; }

    public LimitRules Limits { get; }

    private void Committed(SimPartition partition, IReadOnlyList<Change> changes)
    {
        Limits.Check(partition, changes);
        switch (partition.Reference.Container)
        {
            case DocumentContainer.Bookings:
                foreach (var change in changes)
                {
                    Unsettled += Weight(change.After) - Weight(change.Before);
                }

                if (changes.Any(c => c is { Before: null, After.Parsed: ReservationDocument { Status: ReservationStatus.Held } }))
                {
                    _takenOver.UnionWith(
                        changes.Select(c => c.After?.Parsed).OfType<ReservationDocument>().Where(r => r.Status == ReservationStatus.Expired).Select(r => r.Code));
                }

                _sections.Check(partition, changes);
                break;
            case DocumentContainer.Wallets:
                _wallets.Check(partition, changes);
                break;
        }

        static int Weight(SimDocument? document) => document?.Parsed is ReservationDocument reservation && SectionRules.IsUnsettled(reservation) ? 1 : 0;
    }

    /// <summary>Q1: one place a user, never more active than the limit, nobody admitted before somebody who was there first.</summary>
    private void RoomChanged(string name, SimRooms.Room room)
    {
        if (room.Active > _settings.MaxActive)
        {
            _world.Fail("Q1", $"Room {name} has {room.Active} active members; the limit is {_settings.MaxActive}");
        }

        var live = room.Members.Where(m => m.Status != MemberStatus.Ended).ToList();
        if (live.GroupBy(m => m.Claims.UserId, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            _world.Fail("Q1", $"{twice.Key} has {twice.Count()} places in room {name}");
        }

        if (live.Where(m => m.Status == MemberStatus.Waiting).Select(m => room.StateOf(m).Position).ToList() is var positions
            && positions.Distinct().Count() != positions.Count)
        {
            _world.Fail("Q1", $"Two members of room {name} have one position");
        }

        var first = live.Where(m => m.Status == MemberStatus.Waiting).Select(m => m.Score).DefaultIfEmpty(long.MaxValue).Min();
        foreach (var member in live.Where(m => m.Status == MemberStatus.Active && _admitted.Add(m.Claims.Id)))
        {
            if (member.Score > first)
            {
                _world.Fail("Q1", $"{member.Claims.UserId} was admitted to room {name} before somebody who came first");
            }
        }
    }
}
