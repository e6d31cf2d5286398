using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations.Cancel;

/// <summary>Cancels a hold or a paid reservation of the caller. An interface, so that the API's tests can stand in for the domain.</summary>
public interface ICancelUseCase
{
    /// <summary>The reservation as it stands; its cancellation has been asked for. POST and DELETE are one operation: a key of the one is known to the other.</summary>
    Task<Result<ReservationView>> RequestAsync(Caller caller, string reservationId, CancellationToken cancellationToken);
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

    public async Task<Result<ReservationView>> RequestAsync(Caller caller, string reservationId, CancellationToken cancellationToken)
    {
        var keyed = KeyedCall.OfUser(caller.UserId, Operation, caller.IdempotencyKey, reservationId);
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

        var now = time.GetUtcNow();
        var claim = known.Value;
        if (claim is null)
        {
            if (await RefuseAsync(found.Value, now, cancellationToken) is { } refused)
            {
                return refused;
            }

            // The message names the reservation and the request: no two different cancels share one.
            var messageId = $"{Operation}:{found.Value.Id.Code}:{ids.NewReference()}";
            if (keyed is null)
            {
                return await SendAsync(caller, found.Value, messageId, now, cancellationToken);
            }

            var taken = await claims.TakeAsync(keyed, messageId, now, cancellationToken);
            if (taken.IsRefused(out refusal))
            {
                return refusal;
            }

            claim = taken.Value;
        }

        // A repeat sends the same message again while nothing shows that the first arrived.
        return found.Value.Document is { IsCancelling: true } or { Status: ReservationStatus.Rejected or ReservationStatus.Expired or ReservationStatus.Cancelled }
            ? await reader.ViewAsync(found.Value, cancellationToken)
            : await SendAsync(caller, found.Value, claim.Resource, DateTimeOffset.FromUnixTimeMilliseconds(claim.At), cancellationToken);
    }

    private async Task<Result<ReservationView>> SendAsync(
        Caller caller, OwnReservation found, string messageId, DateTimeOffset acceptedAt, CancellationToken cancellationToken)
    {
        var command = new CancelCommand(found.Id.ToString(), acceptedAt, caller.UserId, "requested by the user");
        return await commands.SendAsync(messageId, found.Id.SessionId, command, caller.TraceParent, cancellationToken) is { } unavailable
            ? unavailable
            : await reader.ViewAsync(found, cancellationToken);
    }

    /// <summary>Refuses what is certain already; the handler decides the rest.</summary>
    private async Task<Refusal?> RefuseAsync(OwnReservation found, DateTimeOffset now, CancellationToken cancellationToken)
    {
        switch (found.Document)
        {
            case { Status: ReservationStatus.Rejected or ReservationStatus.Expired or ReservationStatus.Cancelled } ended:
                return new Refusal(RefusalCode.NotCancellable, $"The reservation is {ended.Status.Name()}.");
            case { Status: ReservationStatus.Confirmed, Used: not null }:
                return new Refusal(RefusalCode.NotCancellable, "The ticket has been used.");
            case { Status: ReservationStatus.Confirmed, IsCancelling: false } paid:
                var schedule = await catalog.FindScheduleAsync(found.Id.Section.ScheduleId, cancellationToken);
                return schedule is not null && CancelDecisions.RefundOf(paid.Total, schedule.OpenAt - now, cancellation.Value) is null
                    ? new Refusal(RefusalCode.CancelWindowClosed, $"A paid reservation can be cancelled until {cancellation.Value.Deadline.TotalHours:0.#} hours before doors open.")
                    : null;
            default:
                return null;
        }
    }
}
