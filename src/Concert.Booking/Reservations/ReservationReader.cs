using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Storage;

namespace Concert.Booking.Reservations;

/// <summary>
/// Whose a reservation is. What is written is its owner's by the document, whatever has become of the key that signed its id; only for what is not
/// written yet does the id have to answer for itself.
/// </summary>
public sealed class ReservationReader(IDocumentStore store, CatalogReader catalog, IdGenerator ids)
{
    private static readonly Refusal NotYours = Refusal.NotYours("reservation");

    /// <summary>The user's reservation; <see cref="OwnReservation.Document"/> is null while it is on its way. Refusal: not-yours.</summary>
    public async Task<Result<OwnReservation>> FindAsync(string userId, string? reservationId, CancellationToken cancellationToken) =>
        ReservationId.TryParse(reservationId, out var id) ? await FindAsync(userId, id, cancellationToken) : NotYours;

    public async Task<Result<OwnReservation>> FindAsync(string userId, ReservationId id, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(id.Section.Partition, id.DocumentId, cancellationToken);
        if (stored is null)
        {
            return ids.IsGenuine(id, userId) && ids.IsYoung(id.CreatedAt) ? new OwnReservation(id, null) : NotYours;
        }

        var document = DocumentJson.Read<ReservationDocument>(stored);
        return document.UserId == userId ? new OwnReservation(id, document) : NotYours;
    }

    /// <summary>
    /// What a claim of the user's leads to: the claim is written, and answers for its id. Refusal: not-yours, when it is forgotten.
    /// </summary>
    public async Task<Result<OwnReservation>> FindClaimedAsync(string reservationId, CancellationToken cancellationToken)
    {
        if (!ReservationId.TryParse(reservationId, out var id))
        {
            return NotYours;
        }

        var stored = await store.ReadAsync(id.Section.Partition, id.DocumentId, cancellationToken);
        return stored is not null ? new OwnReservation(id, DocumentJson.Read<ReservationDocument>(stored))
            : ids.IsYoung(id.CreatedAt) ? new OwnReservation(id, null)
            : NotYours;
    }

    /// <summary>As its user sees it.</summary>
    public async Task<Result<ReservationView>> ViewAsync(OwnReservation found, CancellationToken cancellationToken)
    {
        if (found.Document is null)
        {
            return ReservationViews.Pending(found.Id);
        }

        var schedule = await catalog.FindWithAsync(
            found.Id.Section.ScheduleId, s => s.Has(found.Id.Section, found.Document.Seats?.Select(line => line.Number).ToList()), cancellationToken);
        return schedule is null ? NotYours : ReservationViews.View(found.Id, found.Document, schedule);
    }
}

/// <summary>A reservation of the user who asks.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Document">Null while it is accepted and not decided.</param>
public sealed record OwnReservation(ReservationId Id, ReservationDocument? Document);
