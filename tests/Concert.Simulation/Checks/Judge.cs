using Concert.Booking.Catalog;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;
using Concert.Simulation.Sale;
using Concert.Testing.Fakes;

namespace Concert.Simulation.Checks;

/// <summary>
/// Looks at every commit and every change of a waiting room, at the moment it happens. It keeps the documents as evidence, brings what a commit changed up to
/// date, and has the rules look at the partition.
/// </summary>
public sealed class Judge
{
    private const int MaxPerUser = 4;

    private readonly World _world;
    private readonly SaleSettings _settings;
    private readonly SimQueue _queue;
    private readonly SimCaches _caches;
    private readonly SimGate _gate;
    private readonly Dictionary<string, SectionObserver> _sections = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WalletObserver> _wallets = new(StringComparer.Ordinal);
    private readonly LineRules _lines;
    private readonly ScheduleRules _schedules;
    private readonly HashSet<string> _takenOver = new(StringComparer.Ordinal);

    public Judge(World world, SimStore store, SimRooms rooms, SimQueue queue, SimCaches caches, SimGate gate, SaleSettings settings)
    {
        (_world, _queue, _caches, _gate, _settings) = (world, queue, caches, gate, settings);
        Limits = new LimitRules(world, store, queue, MaxPerUser);
        Best = new BestRules(world, settings);
        CallOffs = new CallOffRules(world, store);
        store.Committed = Committed;
        rooms.Changed = RoomChanged;
        _lines = new LineRules(world, rooms, settings);
        _schedules = new ScheduleRules(world);
    }

    /// <summary>Reservations to which something is still to happen.</summary>
    public int Unsettled { get; private set; }

    public LimitRules Limits { get; }

    public BestRules Best { get; }

    public CallOffRules CallOffs { get; }

    /// <summary>The concert on sale, and when booking opens; null when it is open from the start.</summary>
    public void OnSale(string concertId, DateTimeOffset? opensAt) => _lines.Sale = (concertId, opensAt);

    private void Committed(MemoryPartition partition, IReadOnlyList<Change> changes)
    {
        Limits.Check(partition, changes);
        switch (partition.Reference.Container)
        {
            case DocumentContainer.Bookings:
                SectionChanged(SectionOf(partition.Reference), changes);
                break;
            case DocumentContainer.Catalog:
                foreach (var sale in changes.Select(c => c.After?.Parsed).OfType<SaleDocument>())
                {
                    _schedules.Changed(sale);
                    CallOffs.Changed(sale);
                }

                break;
            case DocumentContainer.Wallets:
                WalletChanged(partition.Reference.Key, WalletOf(partition.Reference.Key), changes);
                break;
        }
    }

    private void SectionChanged(SectionObserver section, IReadOnlyList<Change> changes)
    {
        if (changes.Any(BestRules.IsNewHold))
        {
            _takenOver.UnionWith(
                changes.Select(c => c.After?.Parsed).OfType<ReservationDocument>().Where(r => r.Status == ReservationStatus.Expired).Select(r => r.IdIn(section.Section).ToString()));
        }

        if (changes.Any(c => (c.After ?? c.Before)?.Parsed is SeatDocument or CountersDocument))
        {
            _caches.Changed(section.Section.PartitionKey);
        }

        Best.Changed(section.Section, changes);
        foreach (var change in changes)
        {
            if (BestRules.IsNewHold(change))
            {
                _schedules.Held(section.Section, (ReservationDocument)change.After!.Parsed!);
            }

            if (change.After?.Parsed is CallOffDocument callOff)
            {
                CallOffs.Changed(callOff);
            }

            if (change.After?.Parsed is ReservationDocument { Moved: null } moved && (change.Before?.Parsed as ReservationDocument)?.Status != moved.Status)
            {
                CallOffs.Moved(section.Section, moved);
                if (moved.HasEnded && _gate.NeverGivenBack(section.Section.PartitionKey, moved.IdIn(section.Section).ToString()) is { Count: > 0 } shut)
                {
                    _world.Fail("gate", $"{moved.Status} can be read while its gate has {string.Join(", ", shut)}");
                }

                if (moved.Status == ReservationStatus.Paying)
                {
                    _schedules.Paying(section.Section, moved);
                }
            }

            if (change.Before?.Parsed is SeatDocument { Status: SeatStatus.Blocked } && change.After is { Parsed: SeatDocument { Status: not SeatStatus.Blocked } given })
            {
                _world.Fail("blocked", $"Seat {given.Number} was blocked and is {given.Status}");
            }

            var before = change.Before?.Parsed is ReservationDocument was ? section.Reservation(was.Code) : null;
            var after = Take(section.Put, section.Remove, change);
            Unsettled += Weight(after) - Weight(before);
            if (before is not null)
            {
                Report(LegalHistory.Change(before, after));
            }

            if (after is not null)
            {
                var payment = change.After?.Parsed is ReservationDocument { Payment: { } code } ? WalletOf(after.UserId).Payment(code) : null;
                Report(LegalHistory.Check(after));
                Report(SoldMeansPaid.Step(after, payment));
            }
        }

        Report(AllPromises.Always(section.Evidence));

        static int Weight(ReservationFact? reservation) => reservation is not null && NothingStuck.IsUnsettled(reservation) ? 1 : 0;
    }

    private void WalletChanged(string user, WalletObserver wallet, IReadOnlyList<Change> changes)
    {
        foreach (var change in changes)
        {
            switch (change.Before?.Parsed, change.After?.Parsed)
            {
                case (LedgerDocument before, var after):
                    Report(LedgerAddsUp.Change(user, DocumentFacts.Of(before), after is LedgerDocument entry ? DocumentFacts.Of(entry) : null));
                    break;
                case (ClaimDocument before, ClaimDocument after):
                    // The outcome is noted once.
                    Report(OneEffect.Repeated($"A key of {user}", before.Outcome is null ? before with { Outcome = after.Outcome } : before, after));
                    break;
                case (PaymentDocument before, PaymentDocument after):
                    Report(LegalHistory.Change(before.Code, before.Status.Name(), after.Status.Name()));
                    break;
            }

            if (Take(wallet.Put, wallet.Remove, change) is { } payment)
            {
                PaymentChanged(payment, $"pay:{((PaymentDocument)change.After!.Parsed!).Code}");
            }
        }

        if (changes.Any(c => c.After?.Parsed is WalletDocument or LedgerDocument or PaymentDocument))
        {
            Report(AllPromises.Always(wallet.Evidence));
        }
    }

    private void PaymentChanged(PaymentFact payment, string message)
    {
        var reservation = ReservationId.TryParse(payment.ReservationId, out var id)
            ? _sections.Values.Select(s => s.Reservation(id.Code)).FirstOrDefault(r => r is not null)
            : null;
        Report(RefundsBounded.Check(payment));
        Report(SoldMeansPaid.Step(payment, reservation));

        // Where the release has to wait for other clocks, the promise lasts until that wait is over.
        var skew = _world.Faults.Plan.HasSkew ? 5_000 : 0;
        var grace = _takenOver.Contains(payment.ReservationId) ? 0 : (long)_settings.ReleaseGrace.TotalMilliseconds;
        long? stored = !_queue.Buried.Contains(message) && _queue.StoredAt.TryGetValue(message, out var at) ? _world.TimeAt(at).ToUnixTimeMilliseconds() : null;
        Report(AcceptedInTime.Check(payment, reservation, stored, (reservation?.HoldEndsAt ?? 0) - skew + grace));
    }

    private void RoomChanged(string name, SimRooms.Room room) => Report(_lines.Check(name, room));

    private void Report(IEnumerable<BrokenPromise> broken)
    {
        foreach (var promise in broken)
        {
            _world.Fail(promise.Rule, promise.Detail);
            return;
        }
    }

    private static TFact? Take<TFact>(Func<IDocument?, TFact?> put, Action<IDocument?> remove, Change change)
        where TFact : class
    {
        if (change.After is not null)
        {
            return put(change.After.Parsed);
        }

        remove(change.Before?.Parsed);
        return null;
    }

    private SectionObserver SectionOf(PartitionRef partition)
    {
        if (!_sections.TryGetValue(partition.Key, out var section))
        {
            _sections[partition.Key] = section = new SectionObserver(DocumentFacts.SectionOf(partition));
        }

        return section;
    }

    private WalletObserver WalletOf(string user)
    {
        if (!_wallets.TryGetValue(user, out var wallet))
        {
            _wallets[user] = wallet = new WalletObserver(user);
        }

        return wallet;
    }
}
