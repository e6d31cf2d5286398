using System.Collections.Concurrent;
using Concert.Rush.Judging;
using Concert.Rush.Observation;
using Concert.Rush.Options;

namespace Concert.Rush.Auditing;

/// <summary>A schedule as it was read, without its reservations.</summary>
public sealed record ScheduleReading(PlacesEvidence Places, long DeadLetters);

/// <summary>A reservation as it was read, and of which schedule it is.</summary>
public sealed record ReservationReading(string ScheduleId, ReservationFact Fact);

/// <summary>One reading of everything: puts what was seen while the rush ran and what is there now together.</summary>
/// <param name="seen">What buyers saw.</param>
/// <param name="scenario">What was driven.</param>
/// <param name="from">The service's clock when it began.</param>
public sealed class Reading(Observations seen, Scenario scenario, DateTimeOffset from)
{
    // Readings and clocks are not exact to the second.
    private static readonly TimeSpan Blur = TimeSpan.FromSeconds(5);

    /// <summary>Accepted ids, and wallets, that the service does not show to their user.</summary>
    public ConcurrentQueue<string> Missing { get; } = new();

    /// <summary>Users of whom some step never got an answer.</summary>
    public IReadOnlySet<string> Unsure { get; } = seen.Unanswered.Select(u => u.Split(' ')[0]).ToHashSet(StringComparer.Ordinal);

    /// <param name="schedules">As they were read first.</param>
    /// <param name="reservations">As their users see them.</param>
    /// <param name="payments">As their users see them.</param>
    /// <param name="wallets">As their users see them.</param>
    /// <param name="to">The service's clock when all was read.</param>
    public DrillEvidence Close(
        IReadOnlyList<ScheduleReading> schedules, IReadOnlyList<ReservationReading> reservations, IReadOnlyList<PaymentFact> payments, IReadOnlyList<WalletEvidence> wallets, DateTimeOffset to)
    {
        var mine = reservations.ToLookup(r => r.ScheduleId, r => r.Fact with { IsBlurred = IsBlurred(r.Fact, to) }, StringComparer.Ordinal);
        return new DrillEvidence(scenario)
        {
            Asks = [.. seen.Asks],
            PaymentAttempts = [.. seen.Payments],
            Cancels = [.. seen.Cancels],
            DeadLetters = schedules.Sum(s => s.DeadLetters),
            Sale = new SaleEvidence
            {
                Places = [.. schedules.Select(s => s.Places with { Reservations = [.. mine[s.Places.Id]] })],
                Wallets = wallets,
                Payments = payments,
                Requests = Requests(seen),
                Unsure = Unsure,
                Missing = [.. Missing],
                Unanswered = [.. seen.Unanswered],
                HoldsMayRun = true,
                RefundsAreFull = true,
                ClockSkew = Verdicts.ClockSkew,
            },
        };
    }

    private static IReadOnlyList<RequestFact> Requests(Observations seen)
    {
        var cancelled = seen.Cancels.Where(c => c.Accepted).Select(c => c.ReservationId).ToHashSet(StringComparer.Ordinal);
        var paid = seen.Payments.Where(p => p.PaymentId is not null).ToLookup(p => p.ReservationId, p => new PaymentRequestFact(p.PaymentId, []), StringComparer.Ordinal);
        return
        [
            .. seen.Asks.Select(a => new RequestFact(a.UserId)
            {
                Seats = a.Seats,
                Places = a.Places,
                Id = a.ReservationId,
                Refusal = a.Refusal,
                CancelStands = a.ReservationId is { } id && cancelled.Contains(id),
                Payments = a.ReservationId is { } reservation ? [.. paid[reservation]] : [],
            }),
        ];
    }

    /// <summary>A hold that may or may not have been released when the schedule was read.</summary>
    private bool IsBlurred(ReservationFact reservation, DateTimeOffset to) => reservation.Status switch
    {
        Status.Held => reservation.HoldEndsAt <= (to + Blur).ToUnixTimeMilliseconds(),
        Status.Expired => reservation.History.All(h => h.Status != Status.Expired) || reservation.History[^1].At >= (from - Blur).ToUnixTimeMilliseconds(),
        _ => false,
    };
}
