using Concert.Booking.Identity;
using Concert.Booking.Reservations;
using Concert.Booking.Shared;
using Concert.Booking.Storage;

namespace Concert.Booking.Payments;

/// <summary>Accepting payments, and reading them.</summary>
public sealed class PaymentUseCases(IDocumentStore store, PaymentAcceptance acceptance, PaymentReader reader) : IPaymentUseCases
{
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
        var after = ListContinuation.Read(continuation, PaymentEntryDocument.Prefix);
        if (after.IsRefused(out var refusal))
        {
            return refusal;
        }

        var page = await store.QueryAsync(
            new PartitionRef(DocumentContainer.Wallets, caller.UserId), new PartitionQuery(PaymentEntryDocument.Prefix, after.Value, limit), cancellationToken);
        var items = await Task.WhenAll(page.Items.Select(async item =>
            await reader.FindListedAsync(caller.UserId, DocumentJson.Read<PaymentEntryDocument>(item).Code, cancellationToken) is { } listed
                ? await reader.ViewAsync(listed, cancellationToken)
                : null));
        return new Paged<PaymentView>([.. items.OfType<PaymentView>()], ListContinuation.Write(page.Continuation));
    }
}
