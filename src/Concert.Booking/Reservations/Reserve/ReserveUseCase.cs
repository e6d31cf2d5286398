using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations.Best;
using Concert.Booking.Settings;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations.Reserve;

/// <summary>Asks for places. An interface, so that the API's tests can stand in for the domain.</summary>
public interface IReserveUseCase
{
    /// <summary>Accepts the command without deciding it: the view says PENDING.</summary>
    Task<Result<ReservationView>> RequestAsync(Caller caller, ReservationRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Finds the result of the same request under the same Idempotency-Key; null when it is new. A repeat needs no admission: a buyer who lost the answer
    /// may have outlived the token meanwhile.
    /// </summary>
    Task<Result<ReservationView>?> FindEarlierAsync(Caller caller, ReservationRequest request, CancellationToken cancellationToken);
}

/// <summary>
/// Takes requests for places: the key's claim if there is a key, then the gate, then the queue. Without a key no document is written: the queue has the
/// command, the id says the rest.
/// </summary>
public sealed class ReserveUseCase(
    CommandDispatcher commands,
    CatalogReader catalog,
    ISeatGate gate,
    IdempotencyClaims claims,
    ReservationReader reader,
    ITakenSeats takenSeats,
    IdGenerator ids,
    TimeProvider time,
    IOptions<BookingOptions> rules) : IReserveUseCase
{
    private const string Operation = "reserve";

    /// <summary>Noted on a claim when a repeat sends for a request whose first call may have died on the way.</summary>
    private const string Sent = "sent";

    private static readonly Refusal Taken = new(RefusalCode.SeatTaken, "At least one of these seats is held, sold or being taken right now.");

    public async Task<Result<ReservationView>> RequestAsync(Caller caller, ReservationRequest request, CancellationToken cancellationToken)
    {
        var valid = request.Check(rules.Value);
        if (valid.IsRefused(out var refusal))
        {
            return refusal;
        }

        var places = valid.Value;
        var keyed = Keyed(caller, places);
        if (keyed is not null && await FindEarlierAsync(caller, places, keyed, cancellationToken) is { } earlier)
        {
            return earlier;
        }

        var now = time.GetUtcNow();
        var found = await FindOfferAsync(places, cancellationToken);
        if (found.IsRefused(out refusal) || (refusal = RefuseClosed(found.Value.Schedule, now)) is not null)
        {
            return refusal;
        }

        var id = NewId(caller, places, found.Value);
        if (keyed is not null)
        {
            var taken = await claims.TakeAsync(keyed, id.ToString(), now, cancellationToken);
            if (taken.IsRefused(out refusal))
            {
                return refusal;
            }

            if (taken.Value.Resource != id.ToString())
            {
                return await RepeatAsync(caller, places, keyed, taken.Value, cancellationToken);
            }
        }

        if (!await EnterAsync(id, places, cancellationToken)
            && (keyed is null || await claims.SettleAsync(keyed, Taken.Code.Name(), cancellationToken) != Sent))
        {
            return Taken;
        }

        return await SendAsync(caller, id, places, now, found.Value, cancellationToken);
    }

    public async Task<Result<ReservationView>?> FindEarlierAsync(Caller caller, ReservationRequest request, CancellationToken cancellationToken)
    {
        var valid = request.Check(rules.Value);
        if (valid.IsRefused(out var refusal))
        {
            return refusal;
        }

        return Keyed(caller, valid.Value) is { } keyed ? await FindEarlierAsync(caller, valid.Value, keyed, cancellationToken) : null;
    }

    private static KeyedCall? Keyed(Caller caller, ValidRequest request) =>
        caller.IdempotencyKey is { } key ? KeyedCall.OfUser(caller.UserId, Operation, key, request.Canonical) : null;

    private async Task<Result<ReservationView>?> FindEarlierAsync(
        Caller caller, ValidRequest request, KeyedCall keyed, CancellationToken cancellationToken)
    {
        var known = await claims.FindAsync(keyed, cancellationToken);
        if (known.IsRefused(out var refusal))
        {
            return refusal;
        }

        return known.Value is { } claim ? await RepeatAsync(caller, request, keyed, claim, cancellationToken) : default(Result<ReservationView>?);
    }

    /// <summary>
    /// The reservation as it is now. While there is none, the first call may have died between its claim and the queue: the same command goes out again
    /// under the same ids, and the gate has no say in it, for its refusal could be about somebody who came later.
    /// </summary>
    private async Task<Result<ReservationView>> RepeatAsync(
        Caller caller, ValidRequest request, KeyedCall keyed, ClaimDocument claim, CancellationToken cancellationToken)
    {
        if (claim.Outcome == Taken.Code.Name())
        {
            return Taken;
        }

        var earlier = await reader.FindClaimedAsync(claim.Resource, cancellationToken);
        if (earlier.IsRefused(out var refusal))
        {
            return refusal;
        }

        if (earlier.Value.Document is not null)
        {
            return await reader.ViewAsync(earlier.Value, cancellationToken);
        }

        var found = await FindOfferAsync(request, cancellationToken);
        if (found.IsRefused(out refusal))
        {
            return refusal;
        }

        if (await claims.SettleAsync(keyed, Sent, cancellationToken) == Taken.Code.Name())
        {
            return Taken;
        }

        _ = await EnterAsync(earlier.Value.Id, request, cancellationToken);
        return await SendAsync(caller, earlier.Value.Id, request, DateTimeOffset.FromUnixTimeMilliseconds(claim.At), found.Value, cancellationToken);
    }

    private async Task<Result<Offer>> FindOfferAsync(ValidRequest request, CancellationToken cancellationToken)
    {
        var schedule = await catalog.FindScheduleAsync(request.Section.ScheduleId, cancellationToken);
        if (request.Best is { } wanted)
        {
            return await FindBestAsync(schedule, request, wanted, cancellationToken);
        }

        return schedule?.Has(request.Section, request.Seats) is true
            ? new Offer(schedule, request.Section, schedule.Section(request.Section.Section), schedule.Inventory(request.Section.Section))
            : Refusal.NotYours("place");
    }

    /// <summary>The section to look for the best places in, or to begin with. Whether there are any is decided later.</summary>
    private async Task<Result<Offer>> FindBestAsync(
        ScheduleDocument? schedule, ValidRequest request, WantedPlaces wanted, CancellationToken cancellationToken)
    {
        if (schedule is null)
        {
            return Refusal.NotYours("schedule");
        }

        if (wanted.Grade is { } grade && (schedule.Grades ?? []).All(known => known.Code != grade))
        {
            return Refusal.Invalid("The schedule has no such grade.");
        }

        if (wanted.AnySection)
        {
            return schedule.Sections.Count == 0
                ? Refusal.Invalid("All places of this schedule are alike: give inventoryId and quantity.")
                : new Offer(schedule, await BeginAsync(schedule, wanted, cancellationToken), null, null);
        }

        return schedule.Sections.FirstOrDefault(section => section.Name == request.SectionName) is { } plan
            ? new Offer(schedule, new SectionRef(schedule.ScheduleId, plan.Key), plan, null)
            : schedule.Inventories.Any(inventory => inventory.Name == request.SectionName)
                ? Refusal.Invalid("All places of an inventory are alike: give inventoryId and quantity.")
                : Refusal.NotYours("section");
    }

    /// <summary>The section whose places seem to be the best: if they are, the request need not move on.</summary>
    private async Task<SectionRef> BeginAsync(ScheduleDocument schedule, WantedPlaces wanted, CancellationToken cancellationToken)
    {
        var found = await new BestSearch(takenSeats, schedule, wanted, only: null).FindAsync(cancellationToken);
        return found?.Section ?? new SectionRef(schedule.ScheduleId, schedule.Sections[0].Key);
    }

    private static Refusal? RefuseClosed(ScheduleDocument schedule, DateTimeOffset now) =>
        schedule.CalledOff is not null ? new Refusal(RefusalCode.BookingClosed, "The concert was called off.")
        : schedule.SalesPaused ? new Refusal(RefusalCode.BookingClosed, "Booking is paused.")
        : now < schedule.BookingStartAt || now > schedule.BookingEndAt
            ? new Refusal(RefusalCode.BookingClosed, $"Booking is open from {schedule.BookingStartAt:O} to {schedule.BookingEndAt:O}.")
            : null;

    private ReservationId NewId(Caller caller, ValidRequest request, Offer offer)
    {
        var sessions = rules.Value.SessionsPerSection;
        return ids.NewReservation(
            offer.Section,
            caller.UserId,
            hash => request.Best is not null ? ValidRequest.BestShard
                : request.Seats is null ? (int)(hash % (uint)sessions)
                : ValidRequest.ShardOf(offer.Plan!, request.Seats[0], sessions));
    }

    private async Task<bool> EnterAsync(ReservationId id, ValidRequest request, CancellationToken cancellationToken) =>
        request.Seats is null
        || await gate.TryEnterAsync(id.Section.PartitionKey, SeatIds(id, request), id.ToString(), rules.Value.HoldFor, cancellationToken);

    /// <summary>Sends, or opens the gate again, also when the caller breaks it off.</summary>
    private async Task<Result<ReservationView>> SendAsync(
        Caller caller, ReservationId id, ValidRequest request, DateTimeOffset acceptedAt, Offer offer, CancellationToken cancellationToken)
    {
        var command = new ReserveCommand(id.ToString(), acceptedAt, caller.UserId, request.Seats, request.Quantity) { Best = request.Best };
        var sent = false;
        try
        {
            if (await commands.SendAsync($"{command.Name}:{id.Code}", id.SessionId, command, caller.TraceParent, cancellationToken) is { } unavailable)
            {
                return unavailable;
            }

            sent = true;
        }
        finally
        {
            if (!sent && request.Seats is not null)
            {
                await gate.ReleaseAsync(id.Section.PartitionKey, SeatIds(id, request), id.ToString(), CancellationToken.None);
            }
        }

        List<ReservedSeat> seats =
            [.. (request.Seats ?? []).Select(n => ReservationViews.Seat(id.Section, offer.Schedule, n, offer.Schedule.PriceOf(offer.Plan!.Find(n)!.Value.Run)))];
        return ReservationViews.Pending(id) with
        {
            Seats = seats,
            Quantity = request.Quantity,
            TotalAmount = request.Best is not null ? null
                : request.Quantity is { } quantity ? offer.Inventory!.Price * quantity
                : seats.Sum(s => s.Price),
        };
    }

    private static List<string> SeatIds(ReservationId id, ValidRequest request) => [.. (request.Seats ?? []).Select(id.Section.SeatId)];

    /// <summary>Finds the plan that sells the seats, or the inventory that sells the standing places.</summary>
    private sealed record Offer(ScheduleDocument Schedule, SectionRef Section, SectionPlan? Plan, InventoryPlan? Inventory);
}
