using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Paging;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;

namespace Concert.Booking.Payments;

/// <summary>
/// A payment of the user who asks. Whose a payment is, its document says by the partition it is in, or its reservation by naming it; the id answers for
/// itself only while neither is written.
/// </summary>
/// <param name="Id">Its id.</param>
/// <param name="Document">Null while no money was moved or refused.</param>
/// <param name="Reservation">What it is for; null while that is not decided.</param>
public sealed record OwnPayment(PaymentId Id, PaymentDocument? Document, ReservationDocument? Reservation)
{
    /// <summary>The section or inventory that the reservation's places are in.</summary>
    public SectionRef Section { get; init; } = Id.Reservation.Section;

    /// <summary>Its command has arrived.</summary>
    public bool IsWritten => Document is not null || Reservation?.Payment == Id.Code;
}

/// <summary>Payments of the caller. An interface, so that the API's tests can stand in for the domain.</summary>
public interface IPaymentReader
{
    /// <summary>Refusal: not-yours.</summary>
    Task<Result<PaymentView>> GetAsync(Caller caller, string paymentId, CancellationToken cancellationToken);

    /// <summary>Newest first; refusal invalid-request for a continuation that is none.</summary>
    Task<Result<Paged<PaymentView>>> ListAsync(Caller caller, string? continuation, int limit, CancellationToken cancellationToken);
}

/// <summary>Finds a user's payments and shows them.</summary>
public sealed class PaymentReader(IDocumentStore store, CatalogReader catalog, IdGenerator ids) : IPaymentReader
{
    private const int MaxRounds = 5;

    private static readonly Refusal NotYours = Refusal.NotYours("payment");

    public async Task<Result<PaymentView>> GetAsync(Caller caller, string paymentId, CancellationToken cancellationToken)
    {
        if (!PaymentId.TryParse(paymentId, out var id))
        {
            return Refusal.NotYours("payment");
        }

        var found = await FindAsync(caller.UserId, id, isClaimed: false, cancellationToken);
        return found.IsRefused(out var refusal) ? refusal : await ViewAsync(found.Value, cancellationToken);
    }

    public async Task<Result<Paged<PaymentView>>> ListAsync(Caller caller, string? continuation, int limit, CancellationToken cancellationToken)
    {
        var after = ListContinuation.Read(continuation, PaymentDocument.Prefix);
        if (after.IsRefused(out var refusal))
        {
            return refusal;
        }

        var (listed, next) = await ListedAsync(new PartitionRef(DocumentContainer.Wallets, caller.UserId), after.Value, limit, cancellationToken);
        var items = await Task.WhenAll(listed.Select(async payment =>
            await WithReservationAsync(payment, cancellationToken) is { } found ? await ViewAsync(found, cancellationToken) : null));
        return new Paged<PaymentView>([.. items.OfType<PaymentView>()], ListContinuation.Write(next));
    }

    /// <summary>Looks behind what the history does not show, but not for ever: a page may then be short and have a continuation all the same.</summary>
    private async Task<(List<PaymentDocument> Payments, string? Continuation)> ListedAsync(
        PartitionRef wallet, string? after, int limit, CancellationToken cancellationToken)
    {
        var listed = new List<PaymentDocument>();
        for (var round = 0; round < MaxRounds; round++)
        {
            var page = await store.QueryAsync(wallet, new PartitionQuery(PaymentDocument.Prefix, after, limit - listed.Count), cancellationToken);
            listed.AddRange(page.Items.Select(DocumentJson.Read<PaymentDocument>).Where(p => p.IsListed));
            after = page.Continuation;
            if (after is null || listed.Count == limit)
            {
                break;
            }
        }

        return (listed, after);
    }

    /// <summary>Refusal: not-yours.</summary>
    /// <param name="userId">Who asks.</param>
    /// <param name="id">The payment's id.</param>
    /// <param name="isClaimed">A claim of the user's leads to it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<Result<OwnPayment>> FindAsync(string userId, PaymentId id, bool isClaimed, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(new PartitionRef(DocumentContainer.Wallets, userId), id.DocumentId, cancellationToken);
        var document = stored is null ? null : DocumentJson.Read<PaymentDocument>(stored);
        var (section, reservation) = await ReadReservationAsync(id.Reservation, cancellationToken);
        var found = new OwnPayment(id, document, reservation?.UserId == userId ? reservation : null) { Section = section };
        var isTheirs = document is not null
            ? document.ReservationId == id.Reservation.ToString()
            : found.IsWritten || ((isClaimed || ids.IsGenuine(id, userId)) && ids.IsYoung(id.CreatedAt));
        return isTheirs ? found : NotYours;
    }

    /// <summary>One that was found in its user's partition, with what it is for.</summary>
    public async Task<OwnPayment?> WithReservationAsync(PaymentDocument payment, CancellationToken cancellationToken)
    {
        if (!ReservationId.TryParse(payment.ReservationId, out var id))
        {
            return null;
        }

        var (section, reservation) = await ReadReservationAsync(id, cancellationToken);
        return new OwnPayment(new PaymentId(id, payment.Code), payment, reservation) { Section = section };
    }

    public async Task<PaymentView> ViewAsync(OwnPayment found, CancellationToken cancellationToken)
    {
        var (id, payment, reservation) = found;
        var section = found.Section;
        var schedule = await catalog.FindWithAsync(
            section.ScheduleId, s => reservation is null || s.Has(section, reservation.Seats?.Select(line => line.Number).ToList()), cancellationToken);
        var concert = await catalog.FindConcertAsync(section.ConcertId, cancellationToken);

        // Until the reservation has followed, the payment is not over: whoever reads COMPLETED finds the seats sold, whoever reads FAILED can pay again.
        var settling = reservation is { Status: ReservationStatus.Paying } && reservation.Payment == id.Code;
        var settled = payment is not null && !settling ? payment : null;
        return new PaymentView(
            id.ToString(),
            settled?.Status ?? PaymentStatus.Pending,
            settled?.Reason,
            id.Reservation.ToString(),
            [.. PaidSeats(reservation).Select(s => schedule?.Section(section.Section)?.Find(s.Number)?.Label ?? "")],
            section.IsInventory ? section.InventoryId : null,
            reservation?.Quantity + reservation?.Parts.Where(p => p.Refund is not null).Sum(p => p.Quantity),
            concert?.Name,
            schedule?.OpenAt,
            schedule?.CloseAt,
            payment?.Amount ?? reservation?.Total,
            payment is null ? id.CreatedAt : DateTimeOffset.FromUnixTimeMilliseconds(payment.AcceptedAt),
            settled is { Status: PaymentStatus.Completed or PaymentStatus.Refunded } ? DateTimeOffset.FromUnixTimeMilliseconds(settled.DecidedAt) : null,
            settled?.Refund);
    }

    /// <summary>A receipt is for what was paid, whatever was given back since.</summary>
    private static IEnumerable<SeatLine> PaidSeats(ReservationDocument? reservation) =>
        (reservation?.Seats ?? []).Concat(reservation?.Parts.Where(p => p.Refund is not null).SelectMany(p => p.Seats ?? []) ?? []).OrderBy(s => s.Number);

    private async Task<(SectionRef Section, ReservationDocument? Reservation)> ReadReservationAsync(ReservationId id, CancellationToken cancellationToken)
    {
        var state = await SectionLoader.ForReservationAsync(store, id, withSeats: false, cancellationToken);
        return (state.Section, state.Reservation(id.Code));
    }
}

/// <summary>A receipt. Money in won.</summary>
public sealed record PaymentView(
    string Id,
    PaymentStatus Status,
    string? Reason,
    string ReservationId,
    IReadOnlyList<string> SeatNumbers,
    string? InventoryId,
    int? Quantity,
    string? ConcertName,
    DateTimeOffset? OpenDate,
    DateTimeOffset? CloseDate,
    long? TotalAmount,
    DateTimeOffset CreatedAt,
    DateTimeOffset? CompletedAt,
    long? RefundAmount);
