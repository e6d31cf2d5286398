using System.Text.Json;
using Concert.Booking.Catalog;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Webhooks;
using Concert.Simulation.Buyers;
using Concert.Simulation.Checks;
using Concert.Simulation.Engine;
using Concert.Simulation.Faults;
using Concert.Simulation.Ports;

namespace Concert.Simulation.Sale;

/// <summary>What a run came to.</summary>
public sealed record SaleResult(SalePlan Plan, Violation? Violation, ulong Hash, long Steps, int Faults, IReadOnlyList<string> Timeline, SaleFacts Facts);

/// <summary>What a run had in it, to see that the simulation does what it is for.</summary>
public sealed record SaleFacts(int Held, int Confirmed, int Cancelled, int Expired, int Rejected, int MovedOn, int Charges, TimeSpan Virtual);

/// <summary>One whole sale: set up, sold while everything goes wrong, left alone until it settles, then judged from outside.</summary>
public sealed class SaleRun : IDisposable
{
    private static readonly TimeSpan ToSettle = TimeSpan.FromMinutes(45);

    private readonly SalePlan _plan;
    private readonly World _world;
    private readonly SimRedis _redis = new();
    private readonly SimStore _store;
    private readonly SimRooms _rooms;
    private readonly SimQueue _queue;
    private readonly Outside _outside;
    private readonly Cluster _cluster;
    private readonly Judge _judge;
    private readonly WebhookRules _webhooks;
    private readonly ClientLog _log;
    private readonly BuyerApi _api;
    private readonly Doors _doors;
    private readonly SimProcess _staff;

    private SaleRun(SalePlan plan, bool record)
    {
        _plan = plan;
        _world = new World(plan.Seed, plan.Settings.Start, plan.Faults, record);
        _store = new SimStore(_world, plan.Defect);
        _rooms = new SimRooms(_world, _redis, plan.Defect);
        Cluster? cluster = null;
        _queue = new SimQueue(_world, () => cluster!.Pick(), plan.Defect);
        _outside = new Outside(_store, _queue, new SimGate(_world, _redis, plan.Settings.IsGateOpen, plan.Defect), _rooms, new SimCaches(_world, _redis, plan.Defect), new SimReceivers(_world));
        cluster = _cluster = new Cluster(_world, plan, _outside);
        _judge = new Judge(_world, _store, _rooms, _queue, _outside.Caches, _outside.Gate, plan.Settings);
        _ = new TokenRules(_world, _store, _rooms, _queue);
        _ = new TimerRules(_world, _queue, plan.Settings.RepairAfter);
        _webhooks = new WebhookRules(_world, _store, _outside.Receivers, plan.Settings.Receivers);
        _log = new ClientLog(_world);
        _api = new BuyerApi(_world);
        _doors = new Doors(_world, _cluster, _api);
        _staff = new SimProcess(_world, 999, "staff", TimeSpan.Zero);
    }

    /// <summary>Runs a plan to its end or its first violation.</summary>
    public static SaleResult Run(SalePlan plan, bool record = false)
    {
        using var run = new SaleRun(plan, record);
        try
        {
            run.Run();
        }
        catch (Exception e)
        {
            // A judge that stumbles has seen something that it did not think possible.
            run._world.Fail("judge", e.ToString());
        }

        return run.Result();
    }

    public void Dispose() => _cluster.Dispose();

    private void Run()
    {
        House? house = null;
        _staff.Start(async () => house = await SetUpAsync());
        if (!_world.Run(() => house is not null, TimeSpan.FromMinutes(1)) || house is null)
        {
            _world.Fail("setup", "The sale could not be set up");
            return;
        }

        var buyers = _plan.Buyers.Select(b => new Buyer(_world, _cluster, _api, _log, _rooms, _doors, house, _plan.Settings, b)).ToList();
        var staff = new Staff(_world, _cluster, _api, _log, house, _plan.Settings, new SimProcess(_world, 998, "promoter", TimeSpan.Zero));
        var deskOperator = new Operator(_world, _cluster, _api, house, new SimProcess(_world, 997, "operator", TimeSpan.Zero));
        _world.Faults.Begin();
        new FaultDriver(_world, _cluster, _redis, _outside).Start();
        new TimerDriver(_world, _cluster).Start(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2), _plan.Settings.RepairAfter, _plan.Settings.Receivers);
        buyers.ForEach(b => b.Start());
        staff.Start();
        if (_plan.Faults.Has(Fault.FewDeliveries))
        {
            deskOperator.Start();
        }

        bool IsQuiet() => buyers.TrueForAll(b => b.IsDone) && staff.IsDone && deskOperator.IsDone && _doors.IsIdle && _queue.IsEmpty && _judge.Unsettled == 0 && _judge.CallOffs.IsOver && _webhooks.IsSilent;
        _world.Run(IsQuiet, TimeSpan.FromTicks(_world.Now) + _plan.Settings.FaultsFor);
        _world.Faults.Stop();
        _cluster.Heal();
        _world.History.Add("world", $"faults are over");
        if (!Settle(IsQuiet))
        {
            _world.Fail("F1", $"Not everything ended: {Unfinished(buyers)}");
            return;
        }

        var audit = new Audit(_world, _cluster, _api, _log, house, _staff);
        if (_world.Violation is null && !_world.Run(() => audit.IsDone, TimeSpan.FromTicks(_world.Now) + ToSettle))
        {
            _world.Fail("F1", "The last look did not end");
        }

        if (_world.Violation is null)
        {
            new TicketRules(_world, _store, _doors).Judge();
            new OutsideJudgement(_world, _log, _queue, _outside.Caches, _plan.Settings, staff.Places).Judge();
            new TokenJudgement(_world, _log).Judge();
            _judge.Best.Judge(_log);
            _judge.CallOffs.Judge(_log, _doors);
            _webhooks.Judge();
        }
    }

    /// <summary>Until nothing is left to do, also of what is still on its way.</summary>
    private bool Settle(Func<bool> isQuiet)
    {
        var until = TimeSpan.FromTicks(_world.Now) + ToSettle;
        do
        {
            if (!_world.Run(isQuiet, until))
            {
                return false;
            }

            _world.Run(() => false, TimeSpan.FromTicks(_world.Now) + TimeSpan.FromSeconds(35));
        }
        while (_world.Violation is null && !isQuiet());
        return true;
    }

    private async Task<House> SetUpAsync()
    {
        var settings = _plan.Settings;
        var concert = (await _cluster.CallAsync(_staff, i => _api.CreateConcertAsync(i, new NewConcert("Simulated")))).Value!;
        var request = new NewSchedule(
            concert.Id,
            _world.UtcNow + settings.DoorsOpenIn,
            _world.UtcNow + settings.DoorsOpenIn + TimeSpan.FromHours(3),
            settings.OpensAfter is { } after ? _world.UtcNow + after : _world.UtcNow - TimeSpan.FromHours(1),
            _world.UtcNow + TimeSpan.FromHours(11),
            [new NewSection("A", null, [.. Rows(settings.Seats)]), .. MoreSections(settings)],
            [new NewInventory("Standing", settings.Places, 70)],
            [new NewGrade("S", "S석", 110)]);
        var schedule = (await _cluster.CallAsync(_staff, i => _api.CreateScheduleAsync(i, request))).Value!;
        foreach (var n in Enumerable.Range(1, settings.Receivers))
        {
            var url = SimReceivers.UrlOf(n);
            var registered = await _cluster.CallAsync(_staff, i => _api.RegisterWebhookAsync(i, new NewWebhook(url, null), $"webhook-{n}"));
            if (!registered.IsOk)
            {
                _world.Fail("setup", $"A receiver could not be registered: {registered}");
            }
        }

        _judge.OnSale(concert.Id, settings.OpensAfter is null ? null : request.BookingStartAt);
        var other = settings.IsPerConcert ? (await _cluster.CallAsync(_staff, i => _api.CreateConcertAsync(i, new NewConcert("Another"), "another"))).Value!.Id : null;
        return new House(concert.Id, schedule.Id, schedule.Sections[0].SeatIds, schedule.Inventories[0].Id, other)
        {
            MoreSeatIds = schedule.Sections.Count > 1 ? schedule.Sections[1].SeatIds : [],
        };
    }

    /// <summary>Two rows where there are seats for them, so that what is printed on a seat is not what it is called inside.</summary>
    private static IEnumerable<NewSeatRange> Rows(int seats)
    {
        yield return new NewSeatRange(1, (seats + 1) / 2, null, "2", "S");
        if (seats > 1)
        {
            yield return new NewSeatRange(1, seats / 2, null, "10", "S");
        }
    }

    private static IEnumerable<NewSection> MoreSections(SaleSettings settings) => settings.MoreSeats == 0
        ? []
        : [new NewSection("B", JsonSerializer.SerializeToElement(new { from = House.FirstMore, to = House.FirstMore + settings.MoreSeats - 1, grade = "S" }))];

    private string Unfinished(List<Buyer> buyers)
    {
        var reservations = _store.Partitions.SelectMany(p => p.Documents.Values).Select(d => d.Parsed).OfType<ReservationDocument>()
            .Where(r => r.Moved is null).Select(r => DocumentFacts.Of(default, r)).Where(NothingStuck.IsUnsettled).Select(r => $"{r.Id[^6..]} {r.Status}{(r.IsCancelling ? " cancelling" : "")}");
        return $"{buyers.Count(b => !b.IsDone)} buyers, queue {(_queue.IsEmpty ? "empty" : "not empty")}, reservations: {string.Join(", ", reservations)}";
    }

    private SaleResult Result()
    {
        var reservations = _store.Partitions.SelectMany(p => p.Documents.Values).Select(d => d.Parsed).OfType<ReservationDocument>().ToList();
        int Count(ReservationStatus status) => reservations.Count(r => r.History.Any(h => h.Status == status));
        var facts = new SaleFacts(
            Count(ReservationStatus.Held),
            Count(ReservationStatus.Confirmed),
            Count(ReservationStatus.Cancelled),
            Count(ReservationStatus.Expired),
            Count(ReservationStatus.Rejected),
            reservations.Count(r => r.Moved is not null),
            _log.Charges.Count(c => c.Balance is not null),
            TimeSpan.FromTicks(_world.Now));
        return new SaleResult(_plan, _world.Violation, _world.History.Hash, _world.Steps, _world.Faults.Count, _world.History.Lines, facts);
    }
}
