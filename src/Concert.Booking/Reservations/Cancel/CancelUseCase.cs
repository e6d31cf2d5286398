using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations.Cancel;

/// <summary>
/// What to give back: some of a reservation's seats, or some of its places; with neither all of it.
/// </summary>
/// <param name="SeatIds">Ids of its seats, each once.</param>
/// <param name="Quantity">Of an inventory's places.</param>
public sealed record CancelRequest(IReadOnlyList<string>? SeatIds = null, int? Quantity = null)
{
    public static CancelRequest Whole { get; } = new();

    /// <summary>Keys in order, or a number of places, or neither. Refusal: invalid-request for what cannot be a part of this reservation.</summary>
    internal Result<CancelPart> Check(OwnReservation found)
    {
        var section = found.Section;
        switch (this)
        {
            case { SeatIds: null, Quantity: null }:
                return new CancelPart(null, null);
            case { SeatIds: not null, Quantity: not null }:
                return Refusal.Invalid("Give either seatIds or quantity, or neither to cancel all.");
            case { Quantity: { } places }:
                return !section.IsInventory ? Refusal.Invalid("This reservation has seats: give seatIds.")
                    : places < 1 ? Refusal.Invalid("quantity must be 1 or more.")
                    : found.Document is { Quantity: { } had } && places > had ? Refusal.Invalid($"The reservation has {had} places.")
                    : new CancelPart(null, places);
        }

        if (section.IsInventory)
        {
            return Refusal.Invalid("This reservation has standing places: give quantity.");
        }

        var keys = new List<int>(SeatIds!.Count);
        foreach (var seatId in SeatIds)
        {
            if (!SectionRef.TryParseSeat(seatId, out var place, out var key) || place != section
                || (found.Document is { } document && document.Seats?.Any(line => line.Number == key) != true))
            {
                return Refusal.Invalid("A seat of seatIds is not one of this reservation's.");
            }

            if (keys.Contains(key))
            {
                return Refusal.Invalid("Duplicate seat in seatIds.");
            }

            keys.Add(key);
        }

        keys.Sort();
        return keys.Count > 0 ? new CancelPart(keys, null) : Refusal.Invalid("seatIds has no seat. Leave it out to cancel all.");
    }

    /// <summary>One text for the same request, whatever the order of its seats; it needs no look at the reservation.</summary>
    internal string Canonical => SeatIds is null ? $"{Quantity}" : string.Join(' ', SeatIds.Order(StringComparer.Ordinal));
}

/// <summary>A part that was checked.</summary>
internal sealed record CancelPart(IReadOnlyList<int>? Seats, int? Quantity);

/// <summary>Cancels a hold or a paid reservation of the caller, or a part of it. An interface, so that the API's tests can stand in for the domain.</summary>
public interface ICancelUseCase
{
    /// <summary>The reservation as it stands; its cancellation has been asked for. POST and DELETE are one operation: a key of the one is known to the other.</summary>
    Task<Result<ReservationView>> RequestAsync(Caller caller, string reservationId, CancelRequest request, CancellationToken cancellationToken);
}

/// <summary>Takes requests to cancel. POST and DELETE are one operation: a key of the one is known to the other.</summary>
public sealed class CancelUseCase(
    CommandDispatcher commands,
    CatalogReader catalog,
    IdempotencyClaims claims,
    ReservationReader reader,
    IdGenerator ids,
    TimeProvider time,
    IOptions<CancellationOptions> cancellation) : ICancelUseCase
{
    private const string Operation = "cancel";

    public async Task<Result<ReservationView>> RequestAsync(Caller caller, string reservationId, CancelRequest request, CancellationToken cancellationToken)
    {
        var keyed = KeyedCall.OfUser(caller.UserId, Operation, caller.IdempotencyKey, reservationId, request.Canonical);
        var known = await claims.FindAsync(keyed, cancellationToken);
        if (known.IsRefused(out var refusal))
        {
            return refusal;
        }

        var found = await reader.FindAsync(caller.UserId, reservationId, cancellationToken);
        if (found.IsRefused(out refusal))
        {
            return refusal;
        }

        // Of what was accepted before, seats may be given back by now: only its form is looked at.
        var now = time.GetUtcNow();
        var claim = known.Value;
        var part = request.Check(claim is null ? found.Value : found.Value with { Document = null });
        if (claim is null)
        {
            if (RefuseEnded(found.Value) is { } ended)
            {
                return ended;
            }

            if (part.IsRefused(out refusal))
            {
                return refusal;
            }

            if (await RefuseLateAsync(found.Value, part.Value, now, cancellationToken) is { } late)
            {
                return late;
            }

            var reference = ids.NewReference();
            if (keyed is null)
            {
                return await SendAsync(caller, found.Value, part.Value, reference, now, cancellationToken);
            }

            var taken = await claims.TakeAsync(keyed, reference, now, cancellationToken);
            if (taken.IsRefused(out refusal))
            {
                return refusal;
            }

            claim = taken.Value;
        }

        // A repeat sends the same message again while nothing shows that the first arrived.
        return found.Value.Document is { } document && (document.HasEnded || CancelDecisions.RecordOf(document, claim.Resource) is not null)
            ? await reader.ViewAsync(found.Value, cancellationToken)
            : await SendAsync(caller, found.Value, part.Value, claim.Resource, DateTimeOffset.FromUnixTimeMilliseconds(claim.At), cancellationToken);
    }

    private async Task<Result<ReservationView>> SendAsync(
        Caller caller, OwnReservation found, CancelPart part, string reference, DateTimeOffset acceptedAt, CancellationToken cancellationToken)
    {
        // The message names the reservation and the request: no two different cancels share one.
        var messageId = $"{Operation}:{found.Id.Code}:{reference}";
        var command = new CancelCommand(found.Id.ToString(), acceptedAt, caller.UserId, "requested by the user", reference, part.Seats, part.Quantity);
        return await commands.SendAsync(messageId, found.Id.SessionId, command, caller.TraceParent, cancellationToken) is { } unavailable
            ? unavailable
            : await reader.ViewAsync(found, cancellationToken);
    }

    private static Refusal? RefuseEnded(OwnReservation found) => found.Document switch
    {
        { HasEnded: true } ended => new Refusal(RefusalCode.NotCancellable, $"The reservation is {ended.Status.Name()}."),
        { Used: not null } => new Refusal(RefusalCode.NotCancellable, "The ticket has been used."),
        _ => null,
    };

    /// <summary>Refuses what is certain already; the handler decides the rest.</summary>
    private async Task<Refusal?> RefuseLateAsync(OwnReservation found, CancelPart part, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (found.Document is not { Status: ReservationStatus.Confirmed, IsCancelling: false } paid)
        {
            return null;
        }

        var schedule = await catalog.FindScheduleAsync(found.Id.Section.ScheduleId, cancellationToken);
        var amount = CancelDecisions.PartOf(paid, part.Seats, part.Quantity)?.Amount ?? 0;
        return schedule is { CalledOff: null } && CancelDecisions.RefundOf(amount, schedule.OpenAt - now, cancellation.Value) is null
            ? new Refusal(RefusalCode.CancelWindowClosed, $"A paid reservation can be cancelled until {cancellation.Value.Deadline.TotalHours:0.#} hours before doors open.")
            : null;
    }
}
