using Concert.Rush.Judging;
using Concert.Rush.Observation;
using Concert.Rush.Options;
using Concert.Testing.Http;

namespace Concert.Rush.Output;

/// <summary>What the drill ends with: shown as tables, and written as JSON.</summary>
public sealed record RushResult
{
    public required Scenario Scenario { get; init; }

    public required string RunId { get; init; }

    public required int Seed { get; init; }

    public required bool Rolling { get; init; }

    public required TimeSpan RushTime { get; init; }

    public int Asked { get; init; }

    public int Accepted { get; init; }

    public int Held { get; init; }

    public int Paid { get; init; }

    public int Cancelled { get; init; }

    public int Pending { get; init; }

    public long DeadLetters { get; init; }

    public IReadOnlyDictionary<string, int> Refused { get; init; } = new Dictionary<string, int>();

    public IReadOnlyDictionary<string, Latencies?> Latencies { get; init; } = new Dictionary<string, Latencies?>();

    public double AcceptedPerSecond { get; init; }

    public long Requests { get; init; }

    public double RequestsPerSecond { get; init; }

    public long Throttled { get; init; }

    public long Unavailable { get; init; }

    public long UnknownOutcomes { get; init; }

    /// <summary>Tokens that had to wait for the room.</summary>
    public int Queued { get; init; }

    public Latencies? RoomWait { get; init; }

    public int Readings { get; init; }

    /// <summary>How far a call-off had come, at each reading of the report that said something new; empty when there was none.</summary>
    public IReadOnlyList<CallOffReading> CallOff { get; init; } = [];

    /// <summary>Null when buyers came to a sale that was open.</summary>
    public FairStartResult? FairStart { get; init; }

    public required IReadOnlyList<Verdict> Verdicts { get; init; }

    public bool Good => Verdicts.All(v => v.Kept);

    public static RushResult From(RushMeasure rush, DrillEvidence evidence, IReadOnlyList<Verdict> verdicts, int readings)
    {
        var seconds = Math.Max(rush.Time.TotalSeconds, 0.001);
        var accepted = evidence.Asks.Count(a => a.Accepted);
        var payments = evidence.PaymentAttempts;
        return new RushResult
        {
            Scenario = evidence.Scenario,
            RunId = rush.RunId,
            Seed = rush.Seed,
            Rolling = evidence.Barrier is null,
            RushTime = rush.Time,
            Asked = evidence.Asks.Count,
            Accepted = accepted,
            Held = evidence.Asks.Count(a => a.WasHeld),
            Paid = evidence.Sale.Payments.Count(p => p.IsDebited),
            Cancelled = evidence.Sale.Reservations.Count(r => r.Status == Status.Cancelled),
            Pending = NothingStuck.Ended(evidence.Sale).Count() + evidence.Sale.Missing.Count,
            DeadLetters = evidence.DeadLetters,
            Refused = evidence.Asks.Select(a => a.RefusedBecause)
                .Concat(payments.Select(p => p.Refusal ?? (p.Outcome == Status.Failed ? p.Reason : null)).Select(r => r is null ? null : $"payment: {r}"))
                .Concat(evidence.Cancels.Select(c => c.Refusal is null ? null : $"cancel: {c.Refusal}"))
                .OfType<string>().GroupBy(r => r).OrderByDescending(r => r.Count()).ToDictionary(r => r.Key, r => r.Count()),
            Latencies = new Dictionary<string, Latencies?>
            {
                ["hold: sent to accepted or refused"] = Observation.Latencies.Of(evidence.Asks.Select(a => a.AcceptLatency).OfType<TimeSpan>()),
                ["hold: accepted to outcome"] = Observation.Latencies.Of(evidence.Asks.Select(a => a.OutcomeDelay).OfType<TimeSpan>()),
                ["hold: sent to outcome or refusal"] = Observation.Latencies.Of(
                    evidence.Asks.Where(a => a.RefusedBecause is not null || a.WasHeld).Select(a => a.AcceptLatency + (a.OutcomeDelay ?? TimeSpan.Zero)).OfType<TimeSpan>()),
                ["payment: sent to accepted"] = Observation.Latencies.Of(payments.Select(p => p.AcceptLatency).OfType<TimeSpan>()),
                ["payment: accepted to outcome"] = Observation.Latencies.Of(payments.Select(p => p.OutcomeDelay).OfType<TimeSpan>()),
            },
            AcceptedPerSecond = accepted / seconds,
            Requests = rush.Requests,
            RequestsPerSecond = rush.Requests / seconds,
            Throttled = rush.Throttled,
            Unavailable = rush.Unavailable,
            UnknownOutcomes = rush.Unknown,
            Queued = rush.RoomWaits.Count,
            RoomWait = Observation.Latencies.Of(rush.RoomWaits),
            Readings = readings,
            CallOff = evidence.CallOff?.Readings ?? [],
            FairStart = evidence.FairStart is { } start ? FairStartResult.From(start) : null,
            Verdicts = verdicts,
        };
    }
}

/// <summary>A fair start in numbers.</summary>
/// <param name="OpensAt">When booking opened.</param>
/// <param name="Early">Who joined before it.</param>
/// <param name="AdmittedFirst">Of them, who were active when the draw was looked at.</param>
/// <param name="Waiting">Of them, who had a place then.</param>
/// <param name="Late">Who joined after the draw.</param>
/// <param name="CorrelationZ">Rank correlation of the draw with the order of joining, in standard deviations of a fair draw; null when there were too few to tell.</param>
/// <param name="MostActive">At one time.</param>
/// <param name="Admission">From the opening to the answer that said ACTIVE.</param>
public sealed record FairStartResult(
    DateTimeOffset OpensAt, int Early, int AdmittedFirst, int Waiting, int Late, double? CorrelationZ, int MostActive, Latencies? Admission)
{
    public static FairStartResult From(FairStartFact start)
    {
        var draw = DrawOrder.Of([.. start.Early.Select(t => start.Drawn?.GetValueOrDefault(t, -1) ?? -1)]);
        var admissions = start.Early.Concat(start.Late).Select(t => start.Tokens.GetValueOrDefault(t)?.Sightings.FirstOrDefault(s => s.Status == Status.Active)).OfType<LineSighting>();
        return new FairStartResult(
            start.OpensAt, start.Early.Count, draw.Admitted, draw.Waiting, start.Late.Count, draw.IsJudged ? draw.Z : null, FairStartVerdict.MostActive(start),
            Observation.Latencies.Of(admissions.Select(s => s.Answered - start.OpensAt)));
    }
}

/// <summary>What was measured of the rush alone, before the audit added its own requests.</summary>
public sealed record RushMeasure(
    string RunId, int Seed, TimeSpan Time, long Requests, long Throttled, long Unavailable, long Unknown, IReadOnlyCollection<TimeSpan> RoomWaits)
{
    public static RushMeasure Take(string runId, int seed, TimeSpan time, TransportStats stats, IEnumerable<TimeSpan> roomWaits) =>
        new(runId, seed, time, stats.Requests, stats.Throttled, stats.Unavailable, stats.Unknown, [.. roomWaits]);
}
