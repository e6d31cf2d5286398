using Concert.Booking.Calls;
using Concert.Booking.Ids;
using Concert.Booking.Paging;
using Concert.Booking.Ports;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;

namespace Concert.Booking.Payments;

/// <summary>Accepting payments, and reading them.</summary>
public sealed class PaymentUseCases(IDocumentStore store, PaymentAcceptance acceptance, PaymentReader reader) : IPaymentUseCases
{
    private const int MaxRounds = 5;

    public Task<Result<PaymentView>> RequestAsync(Caller caller, PaymentRequest request, CancellationToken cancellationToken) =>
        acceptance.RequestAsync(caller, request, cancellationToken);

    public Task<Result<PaymentView>?> FindEarlierAsync(Caller caller, PaymentRequest request, CancellationToken cancellationToken) =>
        acceptance.FindEarlierAsync(caller, request, cancellationToken);

    public async Task<Result<PaymentView>> GetAsync(Caller caller, string paymentId, CancellationToken cancellationToken)
    {
        if (!PaymentId.TryParse(paymentId, out var id))
        {
            return Refusal.NotYours("payment");
        }

        var found = await reader.FindAsync(caller.UserId, id, isClaimed: false, cancellationToken);
        return found.IsRefused(out var refusal) ? refusal : await reader.ViewAsync(found.Value, cancellationToken);
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
            await reader.WithReservationAsync(payment, cancellationToken) is { } found ? await reader.ViewAsync(found, cancellationToken) : null));
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
}
