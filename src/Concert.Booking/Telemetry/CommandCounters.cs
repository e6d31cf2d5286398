using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Concert.Booking.Ports;

namespace Concert.Booking.Telemetry;

/// <summary>
/// What this process has counted of its commands since it began: a listener to the service's own meter, so that staff see a sale where nobody collects metrics.
/// </summary>
public sealed class CommandCounters : IDisposable
{
    private const int MaxKinds = 200;
    private const int IdLength = 12;

    private static readonly OutcomeKind Others = new("other", "OTHER", null);

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<OutcomeKind, Count> _outcomes = new();
    private readonly Count _accepted = new();
    private readonly Count _conflicts = new();
    private readonly Count _retries = new();
    private readonly Count _redeliveries = new();
    private readonly Lazy<string> _instance;
    private readonly DateTimeOffset _since;

    public CommandCounters(TimeProvider time, IRandomSource random)
    {
        _since = time.GetUtcNow();
        _instance = new(() => random.NextGuid().ToString("N")[..IdLength]);
        _listener.SetMeasurementEventCallback<long>(Add);
        _listener.Start();

        // Only these: a gauge that nobody listens to costs nothing.
        _listener.EnableMeasurementEvents(BookingTelemetry.Accepted, _accepted);
        _listener.EnableMeasurementEvents(BookingTelemetry.Conflicts, _conflicts);
        _listener.EnableMeasurementEvents(BookingTelemetry.Retries, _retries);
        _listener.EnableMeasurementEvents(BookingTelemetry.Redeliveries, _redeliveries);
        _listener.EnableMeasurementEvents(BookingTelemetry.Outcomes);
    }

    /// <summary>The counts as they stand. They only grow.</summary>
    public CommandCounts Read() => new(
        _instance.Value,
        _since,
        _accepted.Value,
        _outcomes.Values.Sum(count => count.Value),
        _conflicts.Value,
        _retries.Value,
        _redeliveries.Value,
        [
            .. _outcomes.OrderBy(o => o.Key.Command, StringComparer.Ordinal).ThenBy(o => o.Key.Outcome, StringComparer.Ordinal).ThenBy(o => o.Key.Reason, StringComparer.Ordinal)
                .Select(o => new OutcomeCount(o.Key.Command, o.Key.Outcome, o.Key.Reason, o.Value.Value)),
        ]);

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, long measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? counter) =>
        (counter as Count ?? OutcomeOf(tags)).Add(measurement);

    /// <summary>All tags are names of ours, so that there are few; should that ever change, memory does not grow with it.</summary>
    private Count OutcomeOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var kind = new OutcomeKind(Tag(tags, "command") ?? Others.Command, Tag(tags, "outcome") ?? Others.Outcome, Tag(tags, "reason"));
        return _outcomes.TryGetValue(kind, out var count) ? count : _outcomes.GetOrAdd(_outcomes.Count < MaxKinds ? kind : Others, static _ => new Count());
    }

    private static string? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == name)
            {
                return tag.Value as string;
            }
        }

        return null;
    }

    private readonly record struct OutcomeKind(string Command, string Outcome, string? Reason);

    private sealed class Count
    {
        private long _value;

        public long Value => Interlocked.Read(ref _value);

        public void Add(long by) => Interlocked.Add(ref _value, by);
    }
}

/// <summary>The counts of one process since it began.</summary>
/// <param name="Instance">Another one, or the same started again, has another name: counts of two are not to be compared.</param>
/// <param name="Since">When it began to count.</param>
/// <param name="Accepted">Commands that were answered 202.</param>
/// <param name="Decided">Commands that came to an outcome, those of the timers included.</param>
/// <param name="Conflicts">Batches that lost against another writer.</param>
/// <param name="Retries">Decisions taken again after a conflict or a fault.</param>
/// <param name="Redeliveries">Deliveries that went back to the queue.</param>
/// <param name="Outcomes"><paramref name="Decided"/> by what became of them.</param>
public sealed record CommandCounts(
    string Instance,
    DateTimeOffset Since,
    long Accepted,
    long Decided,
    long Conflicts,
    long Retries,
    long Redeliveries,
    IReadOnlyList<OutcomeCount> Outcomes);

/// <summary>How many commands of one name came to one outcome for one reason.</summary>
public sealed record OutcomeCount(string Command, string Outcome, string? Reason, long Count);
