using System.Collections.Concurrent;
using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Outbox;
using Concert.Booking.Ports;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.Settings;
using Concert.Booking.Storage;
using Concert.Booking.Telemetry;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Webhooks;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Operations;

/// <summary>Shows a sale as it happens. An interface because the API's tests speak for the domain.</summary>
public interface ISaleMonitor
{
    /// <summary>The sale as it stood a second ago at most. Refusal not-yours (404) for an unknown schedule.</summary>
    Task<Result<ScheduleLive>> WatchAsync(string scheduleId, CancellationToken cancellationToken);
}

/// <summary>
/// Puts a sale's picture together from what is cheap: counts of the seat map, gauges of queue and line, the process's own counters. It is made once a second
/// for all who look, so that staff who look cost a sale nothing; what takes range reads is looked at every ten seconds. No reservation is read.
/// </summary>
public sealed class SaleMonitor : ISaleMonitor
{
    private const int MaxCounted = 1_000;
    private const int MaxWatched = 1_000;

    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BacklogKeptFor = TimeSpan.FromSeconds(10);
    private static readonly string[] Queued = [DeliveryStatus.Queued];
    private static readonly string[] Failed = [DeliveryStatus.Failed];

    private readonly ConcurrentDictionary<string, Watched> _watched = new(StringComparer.Ordinal);
    private readonly IDocumentStore _store;
    private readonly CatalogReader _catalog;
    private readonly ScheduleSections _sections;
    private readonly DeadLetterDesk _deadLetters;
    private readonly CommandCounters _counters;
    private readonly IQueueInspector _queue;
    private readonly IWaitingRoom _room;
    private readonly Lines _lines;
    private readonly WebhookRegistry _receivers;
    private readonly TimeProvider _time;
    private readonly WaitingRoomOptions _rules;
    private readonly Kept<WebhookBacklog> _webhooks;

    public SaleMonitor(
        IDocumentStore store,
        CatalogReader catalog,
        ScheduleSections sections,
        DeadLetterDesk deadLetters,
        CommandCounters counters,
        IQueueInspector queue,
        IWaitingRoom room,
        Lines lines,
        WebhookRegistry receivers,
        TimeProvider time,
        IOptions<WaitingRoomOptions> rules)
    {
        (_store, _catalog, _sections, _deadLetters, _counters, _queue) = (store, catalog, sections, deadLetters, counters, queue);
        (_room, _lines, _receivers, _time, _rules) = (room, lines, receivers, time, rules.Value);
        _webhooks = new Kept<WebhookBacklog>(time, BacklogKeptFor, CountEventsAsync);
    }

    public async Task<Result<ScheduleLive>> WatchAsync(string scheduleId, CancellationToken cancellationToken)
    {
        if (await _catalog.FindScheduleAsync(scheduleId, cancellationToken) is null)
        {
            return Refusal.NotYours("schedule");
        }

        if (_watched.Count >= MaxWatched)
        {
            _watched.Clear();
        }

        return await _watched.GetOrAdd(scheduleId, id => new Watched(this, id)).Live.GetAsync(cancellationToken);
    }

    private async Task<ScheduleLive> ReadAsync(string scheduleId, Kept<Backlog> backlog)
    {
        var schedule = await _catalog.FindScheduleAsync(scheduleId, CancellationToken.None) ?? throw new InvalidOperationException($"Schedule {scheduleId} is gone.");
        var places = CountAsync(schedule);
        var line = LineAsync(scheduleId);
        var queue = _queue.MeasureAsync(CancellationToken.None);
        var webhooks = _webhooks.GetAsync(CancellationToken.None);
        await Task.WhenAll(places, line, queue, webhooks, backlog.GetAsync(CancellationToken.None));
        var (total, bySection) = await places;
        var waiting = await backlog.GetAsync(CancellationToken.None);
        return new ScheduleLive(
            _time.GetUtcNow(),
            await queue is { } load ? new QueueView(load.Depth, load.OldestAge is { } age ? Math.Round(age.TotalSeconds, 1) : null) : null,
            _counters.Read(),
            await line,
            new PlacesView(total.Total, total.Available, total.Held, total.Sold, total.Blocked),
            bySection,
            waiting.DeadLetters,
            await webhooks,
            schedule.SalesPaused,
            schedule.CalledOff is { } calledOff ? new CallOffState(calledOff.At, calledOff.Reason, waiting.FinishedAt) : null);
    }

    private async Task<(PlaceCounts Total, IReadOnlyList<SectionPlaces> Sections)> CountAsync(ScheduleDocument schedule)
    {
        var snapshots = await _sections.SnapshotAsync(schedule, CancellationToken.None);
        var plans = schedule.Sections.Select(s => (s.Name, Kind: SectionKind.Seats, Total: (long)s.SeatCount))
            .Concat(schedule.Inventories.Select(i => (i.Name, Kind: SectionKind.Standing, Total: (long)i.Quantity)));
        var counted = plans.Zip(snapshots, (plan, snapshot) => (plan.Name, plan.Kind, Counts: snapshot.Count(plan.Total))).ToList();
        return (
            counted.Aggregate(default(PlaceCounts), (sum, section) => sum + section.Counts),
            [.. counted.Select(s => new SectionPlaces(s.Name, s.Kind, s.Counts.Total, s.Counts.Available, s.Counts.Held, s.Counts.Sold, s.Counts.Blocked))]);
    }

    /// <summary>By a round that admits nobody: it ends what is over, as any round does, and says how many are left.</summary>
    private async Task<LineView?> LineAsync(string scheduleId)
    {
        try
        {
            var name = _lines.Of(SectionRef.ConcertOf(scheduleId));
            var limits = _rules.Limits with { MaxActive = 0, Sale = await _lines.SaleAsync(name, CancellationToken.None) };
            var round = await _room.AdmitAsync(name, limits, _time.GetUtcNow(), CancellationToken.None);
            return new LineView(round.Early, round.Waiting, round.Active, _rules.MaxActive);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    private async Task<WebhookBacklog> CountEventsAsync()
    {
        var (pending, failed) = (0, 0);
        foreach (var receiver in await _receivers.ReadAsync(CancellationToken.None))
        {
            pending += await CountAsync(receiver, Queued, MaxCounted - pending);
            failed += await CountAsync(receiver, Failed, MaxCounted - failed);
        }

        return new WebhookBacklog(pending, failed);
    }

    private async Task<int> CountAsync(WebhookDocument receiver, string[] statuses, int limit) => limit == 0
        ? 0
        : (await _store.QueryAsync(
            WebhookDocument.QueueOf(receiver.Key), new PartitionQuery(DeliveryDocument.Prefix, null, limit, statuses), CancellationToken.None)).Items.Count;

    private async Task<Backlog> ReadBacklogAsync(string scheduleId)
    {
        var stored = await _store.ReadAsync(CallOffDocument.PartitionOf(scheduleId), CallOffDocument.DocumentId, CancellationToken.None);
        var finishedAt = stored is null ? null : DocumentJson.Read<CallOffDocument>(stored).FinishedAt;
        return new Backlog(
            await _deadLetters.CountAsync(scheduleId, MaxCounted, CancellationToken.None),
            finishedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null);
    }

    private sealed record Backlog(int DeadLetters, DateTimeOffset? FinishedAt);

    /// <summary>A sale that somebody looks at.</summary>
    private sealed class Watched
    {
        public Watched(SaleMonitor monitor, string scheduleId)
        {
            var backlog = new Kept<Backlog>(monitor._time, BacklogKeptFor, () => monitor.ReadBacklogAsync(scheduleId));
            Live = new Kept<ScheduleLive>(monitor._time, KeptFor, () => monitor.ReadAsync(scheduleId, backlog));
        }

        public Kept<ScheduleLive> Live { get; }
    }
}
