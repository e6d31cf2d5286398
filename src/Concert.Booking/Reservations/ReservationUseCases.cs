using Concert.Booking.Calls;
using Concert.Booking.Paging;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.Storage;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations;

/// <summary>Accepting commands about reservations, and reading them.</summary>
public sealed class ReservationUseCases(
    IDocumentStore store, ReservationAcceptance reserve, ReservationReader reader, IOptions<BookingOptions> rules)
    : IReservationUseCases
{
    public async Task<Result<ReservationView>> RequestAsync(Caller caller, ReservationRequest request, CancellationToken cancellationToken)
    {
        var valid = ReservationRequests.Check(request, rules.Value);
        return valid.IsRefused(out var refusal) ? refusal : await reserve.RequestAsync(caller, valid.Value, cancellationToken);
    }

    public async Task<Result<ReservationView>?> FindEarlierAsync(Caller caller, ReservationRequest request, CancellationToken cancellationToken)
    {
        var valid = ReservationRequests.Check(request, rules.Value);
        return valid.IsRefused(out var refusal) ? refusal : await reserve.FindEarlierAsync(caller, valid.Value, cancellationToken);
    }

    public async Task<Result<ReservationView>> GetAsync(Caller caller, string reservationId, CancellationToken cancellationToken)
    {
        var found = await reader.FindAsync(caller.UserId, reservationId, cancellationToken);
        return found.IsRefused(out var refusal) ? refusal : await reader.ViewAsync(found.Value, cancellationToken);
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
}
