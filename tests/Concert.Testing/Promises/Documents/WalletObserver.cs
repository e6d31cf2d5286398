using Concert.Booking.Storage;
using Concert.Booking.Wallets;

namespace Concert.Testing.Promises.Documents;

/// <summary>One user's documents as evidence, kept up to date one document at a time.</summary>
public sealed class WalletObserver(string userId)
{
    private readonly SortedDictionary<long, LedgerFact> _ledger = [];
    private readonly Dictionary<string, PaymentFact> _payments = new(StringComparer.Ordinal);
    private WalletDocument _wallet = WalletDocument.Empty;

    /// <summary>A view of what there is now: later entries and payments show in it.</summary>
    public WalletEvidence Evidence => new(userId, _wallet.Balance)
    {
        Ledger = _ledger.Values,
        Totals = new WalletTotals(_wallet.Charged, _wallet.Paid, _wallet.Refunded, _wallet.Entries),
        Payments = _payments.Values,
    };

    public PaymentFact? Payment(string code) => _payments.GetValueOrDefault(code);

    /// <summary>Takes a document in its new form. Returns the payment's fact when it is one.</summary>
    public PaymentFact? Put(IDocument? document)
    {
        switch (document)
        {
            case WalletDocument wallet:
                _wallet = wallet;
                break;
            case LedgerDocument entry:
                _ledger[entry.Number] = DocumentFacts.Of(entry);
                break;
            case PaymentDocument payment:
                return _payments[payment.Code] = DocumentFacts.Of(userId, payment);
        }

        return null;
    }

    /// <summary>Forgets a document that was deleted.</summary>
    public void Remove(IDocument? document)
    {
        switch (document)
        {
            case WalletDocument: _wallet = WalletDocument.Empty; break;
            case LedgerDocument entry: _ledger.Remove(entry.Number); break;
            case PaymentDocument payment: _payments.Remove(payment.Code); break;
        }
    }
}
