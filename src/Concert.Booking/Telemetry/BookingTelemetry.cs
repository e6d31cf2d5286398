using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Concert.Booking.Telemetry;

/// <summary>The service's traces and metrics, under the one name <c>Concert.Booking</c>.</summary>
public static class BookingTelemetry
{
    public const string Name = "Concert.Booking";

    public static readonly ActivitySource Source = new(Name);
    public static readonly Meter Meter = new(Name);

    /// <summary>Commands accepted with 202, by <c>command</c>.</summary>
    public static readonly Counter<long> Accepted = Meter.CreateCounter<long>("concert.commands.accepted", "{command}");

    /// <summary>Commands decided, by <c>command</c>, <c>outcome</c> and <c>reason</c>.</summary>
    public static readonly Counter<long> Outcomes = Meter.CreateCounter<long>("concert.commands.outcomes", "{command}");

    /// <summary>From acceptance to outcome, by <c>command</c> and <c>outcome</c>.</summary>
    public static readonly Histogram<double> OutcomeDuration = Meter.CreateHistogram<double>("concert.outcome.duration", "s");

    /// <summary>Batches that lost against another writer, by <c>kind</c>.</summary>
    public static readonly Counter<long> Conflicts = Meter.CreateCounter<long>("concert.store.conflicts", "{batch}");

    /// <summary>Decisions taken again after a conflict or fault.</summary>
    public static readonly Counter<long> Retries = Meter.CreateCounter<long>("concert.store.retries", "{attempt}");

    /// <summary>Deliveries that go back to the queue.</summary>
    public static readonly Counter<long> Redeliveries = Meter.CreateCounter<long>("concert.commands.redeliveries", "{message}");

    /// <summary>Commands in the embedded queue, those being handled included; Service Bus has a metric of its own.</summary>
    public static readonly Gauge<long> QueueDepth = Meter.CreateGauge<long>("concert.queue.depth", "{message}");

    /// <summary>How long the oldest command of the embedded queue has waited.</summary>
    public static readonly Gauge<double> QueueOldestAge = Meter.CreateGauge<double>("concert.queue.oldest_age", "s");

    /// <summary>Commands that ended in the dead-letter list, by <c>command</c>.</summary>
    public static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>("concert.commands.dead_letters", "{message}");

    /// <summary>Holds that went back on sale, by <c>by</c> (timer or take-over).</summary>
    public static readonly Counter<long> HoldsExpired = Meter.CreateCounter<long>("concert.holds.expired", "{hold}");

    /// <summary>Active queue tokens at the last admission round, by <c>room</c>.</summary>
    public static readonly Gauge<long> TokensActive = Meter.CreateGauge<long>("concert.tokens.active", "{token}");

    /// <summary>Waiting queue tokens at the last admission round, by <c>room</c>.</summary>
    public static readonly Gauge<long> TokensWaiting = Meter.CreateGauge<long>("concert.tokens.waiting", "{token}");

    /// <summary>Tokens let in by an admission round, by <c>room</c>; a round that lets nobody in adds 0. Who never had to wait is not counted.</summary>
    public static readonly Counter<long> TokensAdmitted = Meter.CreateCounter<long>("concert.tokens.admitted", "{token}");

    /// <summary>Attempts to deliver an event to a receiver, by <c>outcome</c> (delivered or failed).</summary>
    public static readonly Counter<long> WebhooksSent = Meter.CreateCounter<long>("concert.webhooks.sent", "{attempt}");

    /// <summary>Counts broken invariants, by <c>invariant</c>; each is an alarm.</summary>
    public static readonly Counter<long> InvariantBroken = Meter.CreateCounter<long>("concert.invariant.broken", "{violation}");
}
