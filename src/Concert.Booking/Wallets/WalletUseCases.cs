using System.Globalization;
using Concert.Booking.Calls;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Paging;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.Storage;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Wallets;

/// <summary>Topping up, the balance, the ledger.</summary>
public sealed class WalletUseCases(
    IDocumentStore store, WalletWriter writer, IdGenerator ids, IOptions<WalletOptions> rules, IOptions<BookingOptions> booking) : IWalletUseCases
{
    /// <summary>A charge without a key is remembered only as long as its own retries last.</summary>
    private static readonly TimeSpan RememberUnkeyed = TimeSpan.FromMinutes(10);

    public async Task<Result<BalanceView>> ChargeAsync(Caller caller, long amount, CancellationToken cancellationToken)
    {
        if (amount < 1 || amount > rules.Value.MaxCharge)
        {
            return Refusal.Invalid($"amount must be 1 to {rules.Value.MaxCharge} won.");
        }

        var reference = ids.NewReference();
        var keyed = KeyedCall.OfUser(caller.UserId, WalletChange.Charge.Operation, caller.IdempotencyKey, amount.ToString(CultureInfo.InvariantCulture));
        var charge = new WalletChange.Charge(
            keyed?.KeyHash ?? reference,
            keyed?.Fingerprint ?? "",
            reference,
            amount,
            keyed is null ? RememberUnkeyed : booking.Value.KeepIdempotencyKeys);
        return await writer.ApplyAsync(caller.UserId, charge, cancellationToken) switch
        {
            WalletOutcome.Applied applied => new BalanceView(applied.BalanceAfter),
            WalletOutcome.Refused { Code: RefusalCode.IdempotencyMismatch } => IdempotencyClaims.Mismatch,
            _ => new Refusal(RefusalCode.LimitReached, $"A wallet can hold at most {rules.Value.MaxBalance} won."),
        };
    }

    public async Task<Result<BalanceView>> BalanceAsync(Caller caller, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(new PartitionRef(DocumentContainer.Wallets, caller.UserId), WalletDocument.DocumentId, cancellationToken);
        return new BalanceView(stored is null ? 0 : DocumentJson.Read<WalletDocument>(stored).Balance);
    }

    public async Task<Result<Paged<LedgerEntryView>>> HistoryAsync(Caller caller, string? continuation, int limit, CancellationToken cancellationToken)
    {
        var after = ListContinuation.Read(continuation, LedgerDocument.Prefix);
        if (after.IsRefused(out var refusal))
        {
            return refusal;
        }

        var page = await store.QueryAsync(
            new PartitionRef(DocumentContainer.Wallets, caller.UserId),
            new PartitionQuery(LedgerDocument.Prefix, after.Value, limit),
            cancellationToken);
        return new Paged<LedgerEntryView>([.. page.Items.Select(View)], ListContinuation.Write(page.Continuation));
    }

    private static LedgerEntryView View(StoredDocument stored)
    {
        var entry = DocumentJson.Read<LedgerDocument>(stored);
        return new LedgerEntryView(
            entry.Number.ToString(), entry.Kind, entry.Amount, entry.BalanceAfter, entry.Reference, DateTimeOffset.FromUnixTimeMilliseconds(entry.At));
    }
}
