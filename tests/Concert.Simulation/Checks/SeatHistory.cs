using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Simulation.Buyers;
using Concert.Simulation.Ports;

namespace Concert.Simulation.Checks;

/// <summary>Whose a seat is: the number of a reservation, 0 for nobody's, -1 for a house seat.</summary>
public readonly record struct SeatState(int Owner, bool IsSold);

/// <summary>One seat's history as clients saw it.</summary>
public static class SeatHistory
{
    private static readonly TimeSpan MostBehind = 5 * SimCaches.MapMaxAge;

    public static readonly SeatState Start = new(0, false);

    private const int House = -1;

    public static IEnumerable<Operation<SeatState>> Of(ClientLog log, SimCaches caches, int seat)
    {
        var number = 0;
        foreach (var story in log.Reservations.Where(s => s.Id is not null && s.Seats.Contains(seat)))
        {
            foreach (var operation in Of(story, seat, ++number))
            {
                yield return operation;
            }
        }

        // A refused call says nothing of use: a call before it under its key may have been carried out.
        foreach (var block in log.Blocks.Where(b => b.Seat == seat && !b.Refused))
        {
            var (from, to) = block.IsBlock ? (0, House) : (House, 0);
            yield return new(
                block.IsBlock ? "staff block it" : "staff unblock it", block.AskedAt, block.AnsweredAt, s => s == new SeatState(from, false) ? new SeatState(to, false) : null);
        }

        foreach (var map in log.Maps)
        {
            var shown = map.Value.Seats.First(s => DocumentFacts.SeatOf(s.Id) == DocumentFacts.SeatOf(seat));
            var status = shown.Status;
            var isCalledOff = map.To >= log.CallOffAskedAt;
            yield return Read($"map shows {status}", Since(caches, shown, map.From, map.To), map.To, s => (isCalledOff && s.Owner == 0 && status == SeatStatus.Blocked.Name()) || status == (s.Owner == 0 ? SeatStatus.Available : s.Owner == House ? SeatStatus.Blocked : s.IsSold ? SeatStatus.Sold : SeatStatus.Held).Name());
        }
    }

    private static IEnumerable<Operation<SeatState>> Of(ReservationStory story, int seat, int me)
    {
        bool IsGone(ReservationView view) => view.Cancellations?.Any(c => c.Seats?.Any(s => DocumentFacts.SeatOf(s.Id) == DocumentFacts.SeatOf(seat)) == true) == true;
        var name = $"{story.UserId} …{story.Id![^6..]}";
        var end = story.Last!;
        bool Was(ReservationView view, ReservationStatus status) => view.History.Any(h => h.Status == status);
        long FirstSeen(ReservationStatus status) => story.Views.Where(v => Was(v.Value, status)).Min(v => v.To);

        if (end.Status == ReservationStatus.Rejected)
        {
            if (end.Reason == "seat-taken" && story.Seats.Count == 1)
            {
                yield return Read($"{name} is refused: taken", story.AskedAt, FirstSeen(ReservationStatus.Rejected), s => s.Owner != 0);
            }

            yield break;
        }

        if (Was(end, ReservationStatus.Held))
        {
            yield return new($"{name} is held", story.AskedAt, FirstSeen(ReservationStatus.Held), s => s.Owner == 0 ? new SeatState(me, false) : null);
        }

        // One of several may have been given back while the rest lived on, before it was paid or after.
        var part = end.Cancellations?.FirstOrDefault(c => c.Seats?.Any(s => DocumentFacts.SeatOf(s.Id) == DocumentFacts.SeatOf(seat)) == true);
        var isPart = part is not null && !(end.Status == ReservationStatus.Cancelled && part == end.Cancellations![^1]);
        if (Was(end, ReservationStatus.Confirmed) && !(isPart && part!.RefundAmount is null))
        {
            var seen = Math.Min(
                FirstSeen(ReservationStatus.Confirmed),
                story.Payments.SelectMany(p => p.Views).Where(v => v.Value.CompletedAt is not null && v.Value.ReservationId == story.Id).Select(v => v.To).DefaultIfEmpty(long.MaxValue).Min());
            yield return new($"{name} is sold", story.AskedAt, seen, s => s == new SeatState(me, false) ? new SeatState(me, true) : null);
        }

        if (isPart)
        {
            yield return new($"{name} gives it back", story.AskedAt, story.Views.Where(v => IsGone(v.Value)).Min(v => v.To), s => s.Owner == me ? new SeatState(0, false) : null);
        }
        else if (end.Status is ReservationStatus.Cancelled or ReservationStatus.Expired)
        {
            yield return new($"{name} is released ({end.Status.Name()})", story.AskedAt, FirstSeen(end.Status), s => s.Owner == me ? new SeatState(0, false) : null);
        }

        // The first and the last sight of each state: those between say nothing more.
        foreach (var status in story.Views.GroupBy(v => (v.Value.Status, IsGone: IsGone(v.Value))))
        {
            Func<SeatState, bool>? holds = status.Key.IsGone ? s => s.Owner != me : status.Key.Status switch
            {
                ReservationStatus.Held or ReservationStatus.Paying => s => s == new SeatState(me, false),
                ReservationStatus.Confirmed => s => s == new SeatState(me, true),
                ReservationStatus.Cancelled or ReservationStatus.Expired => s => s.Owner != me,
                _ => null,
            };
            foreach (var view in holds is null ? [] : status.Count() > 1 ? [status.First(), status.Last()] : status.Take(1))
            {
                yield return Read($"{name} is seen {status.Key.Status.Name()}", view.From, view.To, holds!);
            }
        }
    }

    /// <summary>A map may lack for a while what the cache could not be told of. The age counts from the beginning of a build that took its time.</summary>
    private static long Since(SimCaches caches, SeatView seat, long from, long to) =>
        SectionRef.TryParseSeat(seat.Id, out var section, out _) && caches.Untold(section.PartitionKey).Any(u => u.From <= to && from < u.To)
            ? from - MostBehind.Ticks
            : from;

    private static Operation<SeatState> Read(string name, long from, long to, Func<SeatState, bool> holds) =>
        new(name, from, to, s => holds(s) ? s : null, IsRead: true);
}
