using Concert.Booking.Calls;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Reserve;

namespace Concert.Bench.Service;

/// <summary>Distinct users who each ask for one place, so many at a time.</summary>
internal static class Crowd
{
    private const int AtOnce = 256;

    /// <summary>Asks for every seat of the venue, or for so many places of its inventories in turn. Returns when all is accepted.</summary>
    public static async Task AskAsync(Venue venue, int requests, bool seats)
    {
        string[] places = seats
            ? [.. venue.Schedule.Sections.SelectMany(section => section.SeatIds)]
            : [.. venue.Schedule.Inventories.Select(inventory => inventory.Id)];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < requests; i = Interlocked.Increment(ref next))
            {
                var request = seats
                    ? new ReservationRequest(places[i], null, null, null)
                    : new ReservationRequest(null, null, places[i % places.Length], 1);
                while ((await venue.Reserve.RequestAsync(new Caller($"user-{i}"), request, CancellationToken.None)).IsRefused(out var refusal))
                {
                    // A full queue is the only reason here, and it empties.
                    await (refusal.Code == RefusalCode.Unavailable
                        ? Task.Delay(TimeSpan.FromMilliseconds(200))
                        : throw new InvalidOperationException($"Nobody should be refused here: {refusal}"));
                }
            }
        })));
    }
}
