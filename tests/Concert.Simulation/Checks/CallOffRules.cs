using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.States;
using Concert.Booking.Wallets;
using Concert.Simulation.Buyers;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;

namespace Concert.Simulation.Checks;

/// <summary>
/// call-off: nothing is live when it is finished nor afterwards, whoever had paid got everything back and once, and nobody is let in any more. That nothing is
/// sold after it is <see cref="ScheduleRules"/>' business.
/// </summary>
public sealed class CallOffRules(World world, SimStore store)
{
    private const string Rule = "call-off";

    private static readonly long Skew = TimeSpan.FromSeconds(5).Ticks;

    /// <summary>
    /// A hold that was decided before, by an instance that then stood still or whose batch was on its way so long, may come when all is over: nobody can pay
    /// it, and it ends by its time.
    /// </summary>
    private static readonly long Late = TimeSpan.FromSeconds(6).Ticks;

    private readonly Dictionary<string, long> _closed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _finished = new(StringComparer.Ordinal);
    private readonly HashSet<string> _late = new(StringComparer.Ordinal);

    /// <summary>Nothing is left of any call-off to do.</summary>
    public bool IsOver => CallOffs.All(c => c.FinishedAt is not null);

    private IEnumerable<CallOffDocument> CallOffs => Documents.OfType<CallOffDocument>();

    private IEnumerable<object?> Documents => store.Partitions.SelectMany(p => p.Documents.Values).Select(d => d.Parsed);

    /// <summary>Until then something may still be decided by what was known before.</summary>
    private long? KnownEverywhere(string schedule) =>
        _closed.TryGetValue(schedule, out var at) ? at + CatalogReader.KeptFor.Ticks + (world.Faults.Plan.HasSkew ? Skew : 0) : null;

    public void Changed(SaleDocument sale)
    {
        if (sale.CalledOff is not null)
        {
            _closed.TryAdd(sale.ScheduleId, world.Now);
        }
    }

    public void Changed(CallOffDocument callOff)
    {
        if (callOff.FinishedAt is null || !_finished.Add(callOff.ScheduleId))
        {
            return;
        }

        foreach (var live in ReservationsOf(callOff.ScheduleId).Where(r => !r.HasEnded && !_late.Contains(r.Code)))
        {
            world.Fail(Rule, $"The call-off is finished and …{live.Code[^6..]} is {live.Status}");
        }
    }

    /// <summary>A reservation has taken a step.</summary>
    public void Moved(SectionRef section, ReservationDocument after)
    {
        var decided = (DateTimeOffset.FromUnixTimeMilliseconds(after.History[^1].At) - world.TimeAt(0)).Ticks;
        if (after.Status == ReservationStatus.Held && world.Now - decided >= Late)
        {
            _late.Add(after.Code);
        }

        if (!after.HasEnded && _finished.Contains(section.ScheduleId) && !_late.Contains(after.Code))
        {
            world.Fail(Rule, $"…{after.Code[^6..]} became {after.Status} when the call-off was finished");
        }
    }

    /// <summary>When all is quiet.</summary>
    public void Judge(ClientLog log, Doors doors)
    {
        foreach (var callOff in CallOffs)
        {
            if (KnownEverywhere(callOff.ScheduleId) is not { } known)
            {
                world.Fail(Rule, $"{callOff.ScheduleId} is called off, and its sale was never closed");
                continue;
            }

            var payments = Documents.OfType<PaymentDocument>().ToLookup(p => p.ReservationId[(p.ReservationId.LastIndexOf('.') + 1)..], StringComparer.Ordinal);
            foreach (var reservation in ReservationsOf(callOff.ScheduleId))
            {
                Judge(reservation, payments[reservation.Code].SingleOrDefault(p => p.Code == reservation.Payment), known);
            }

            foreach (var story in doors.Stories.Where(s => s.LetInAt is { } at && (at - world.TimeAt(0)).Ticks > known))
            {
                world.Fail(Rule, $"{story.Reservation} was let in at {story.LetInAt:O}, when it was called off");
            }

            if (log.FinalReport?.CallOff is not { Left: 0, FinishedAt: not null } told || told.Total != told.Ended + told.Refunded)
            {
                world.Fail(Rule, $"The report says of the call-off: {log.FinalReport?.CallOff}");
            }
        }
    }

    private void Judge(ReservationDocument reservation, PaymentDocument? payment, long known)
    {
        var records = reservation.Cancellations ?? [];
        if (!reservation.HasEnded || records.Count(r => r.IsCallOff) > 1 || (records.Any(r => r.IsCallOff) && reservation.Reason != ReservationDocument.CalledOff))
        {
            world.Fail(Rule, $"…{reservation.Code[^6..]} is {reservation.Status} ({reservation.Reason}) with {records.Count} cancellations");
        }

        foreach (var record in records.Where(r => r.Refund is not null))
        {
            var begun = (DateTimeOffset.FromUnixTimeMilliseconds(record.At) - world.TimeAt(0)).Ticks;
            if ((record.IsCallOff || begun > known) && record.Refund != record.Amount)
            {
                world.Fail(Rule, $"…{reservation.Code[^6..]} got {record.Refund} back of {record.Amount}");
            }
        }

        if (payment is { Status: not (PaymentStatus.Refunded or PaymentStatus.Failed) } || (payment?.Refund ?? 0) != records.Sum(r => r.Refund ?? 0))
        {
            world.Fail(Rule, $"The payment of …{reservation.Code[^6..]} is {payment?.Status} with {payment?.Refund} back; due was {records.Sum(r => r.Refund ?? 0)}");
        }
    }

    private IEnumerable<ReservationDocument> ReservationsOf(string schedule) => store.Partitions
        .Where(p => p.Reference.Key.StartsWith(schedule + ":", StringComparison.Ordinal))
        .SelectMany(p => p.Documents.Values).Select(d => d.Parsed).OfType<ReservationDocument>().Where(r => r.Moved is null);
}
