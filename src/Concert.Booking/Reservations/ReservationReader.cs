using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Paging;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.Storage;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations;

/// <summary>Reservations of the caller. An interface, so that the API's tests can stand in for the domain.</summary>
public interface IReservationReader
{
    /// <summary>Refusal: not-yours.</summary>
    Task<Result<ReservationView>> GetAsync(Caller caller, string reservationId, CancellationToken cancellationToken);

    /// <summary>Newest first; refusal invalid-request for a continuation that is none.</summary>
    Task<Result<Paged<ReservationView>>> ListAsync(Caller caller, string? continuation, int limit, CancellationToken cancellationToken);
}

/// <summary>
/// Decides who owns a reservation. A stored one belongs to the user in its document, whatever has become of the key that signed its id; only for one that
/// is not stored yet does the id have to prove itself.
/// </summary>
public sealed class ReservationReader(
    IDocumentStore store, CatalogReader catalog, IdGenerator ids, TimeProvider time, IOptions<CancellationOptions> cancellation) : IReservationReader
{
    private static readonly Refusal NotYours = Refusal.NotYours("reservation");

    public async Task<Result<ReservationView>> GetAsync(Caller caller, string reservationId, CancellationToken cancellationToken)
    {
        var found = await FindAsync(caller.UserId, reservationId, cancellationToken);
        return found.IsRefused(out var refusal) ? refusal : await ViewAsync(found.Value, cancellationToken);
    }

    public async Task<Result<Paged<ReservationView>>> ListAsync(Caller caller, string? continuation, int limit, CancellationToken cancellationToken)
    {
        var after = ListContinuation.Read(continuation, RequestEntryDocument.Prefix);
        if (after.IsRefused(out var refusal))
        {
            return refusal;
        }

        var page = await store.QueryAsync(
            new PartitionRef(DocumentContainer.Wallets, caller.UserId),
            new PartitionQuery(RequestEntryDocument.Prefix, after.Value, limit),
            cancellationToken);
        var items = await Task.WhenAll(page.Items.Select(async item =>
        {
            // An entry is its user's by the partition it is in.
            var view = await GetAsync(caller, DocumentJson.Read<RequestEntryDocument>(item).Reservation, cancellationToken);
            return view.Refusal is null ? view.Value : null;
        }));
        return new Paged<ReservationView>([.. items.OfType<ReservationView>()], ListContinuation.Write(page.Continuation));
    }

    /// <summary>The user's reservation; <see cref="OwnReservation.Document"/> is null while it is on its way. Refusal: not-yours.</summary>
    public async Task<Result<OwnReservation>> FindAsync(string userId, string? reservationId, CancellationToken cancellationToken) =>
        ReservationId.TryParse(reservationId, out var id) ? await FindAsync(userId, id, cancellationToken) : NotYours;

    public async Task<Result<OwnReservation>> FindAsync(string userId, ReservationId id, CancellationToken cancellationToken)
    {
        var found = await ReadAsync(id, cancellationToken);
        return found.Document is { } document ? document.UserId == userId ? found : NotYours
            : ids.IsGenuine(id, userId) && ids.IsYoung(id.CreatedAt) ? found
            : NotYours;
    }

    /// <summary>
    /// Finds the reservation that a claim of the user's leads to: the claim is stored, and vouches for its id. Refusal: not-yours, when it is forgotten.
    /// </summary>
    public async Task<Result<OwnReservation>> FindClaimedAsync(string reservationId, CancellationToken cancellationToken)
    {
        if (!ReservationId.TryParse(reservationId, out var id))
        {
            return NotYours;
        }

        var found = await ReadAsync(id, cancellationToken);
        return found.Document is not null || ids.IsYoung(id.CreatedAt) ? found : NotYours;
    }

    /// <summary>As its user sees it.</summary>
    public async Task<Result<ReservationView>> ViewAsync(OwnReservation found, CancellationToken cancellationToken)
    {
        if (found.Document is null)
        {
            return ReservationViews.Pending(found.Id);
        }

        var schedule = await catalog.FindWithAsync(
            found.Section.ScheduleId, s => s.Has(found.Section, found.Document.Seats?.Select(line => line.Number).ToList()), cancellationToken);
        return schedule is null ? NotYours : ReservationViews.View(found.Section, found.Document, schedule) with
        {
            Cancellable = schedule.CalledOff is null ? RefundTable.OfferFor(found.Document, schedule.OpenAt, time.GetUtcNow(), cancellation.Value) : null,
        };
    }

    private async Task<OwnReservation> ReadAsync(ReservationId id, CancellationToken cancellationToken)
    {
        var state = await SectionLoader.ForReservationAsync(store, id, withSeats: false, cancellationToken);
        return state.Reservation(id.Code) is { } document ? new OwnReservation(document.IdIn(state.Section), state.Section, document) : new OwnReservation(id, id.Section, null);
    }
}

/// <summary>A reservation of the user who asks.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Section">The section or inventory that its places are in; that of the id while it is not decided.</param>
/// <param name="Document">Null while it is accepted and not decided.</param>
public sealed record OwnReservation(ReservationId Id, SectionRef Section, ReservationDocument? Document);
