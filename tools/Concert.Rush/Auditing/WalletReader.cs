using Concert.Rush.Api;
using Concert.Rush.Observation;

namespace Concert.Rush.Auditing;

/// <summary>Sums a ledger up while its pages come in, so that a wallet of any length takes the same memory.</summary>
public sealed class WalletReader
{
    private long _charged, _paid, _refunded, _sum;
    private int _charges, _payments, _refunds;
    private long _lowest = long.MaxValue;
    private bool _newestFirst = true, _oldestFirst = true;
    private LedgerEntryAnswer? _first, _last;

    public void Add(LedgerEntryAnswer entry)
    {
        switch (entry.Kind)
        {
            case "CHARGE":
                (_charges, _charged) = (_charges + 1, _charged + entry.Amount);
                break;
            case "PAYMENT":
                (_payments, _paid) = (_payments + 1, _paid - entry.Amount);
                break;
            case "REFUND":
                (_refunds, _refunded) = (_refunds + 1, _refunded + entry.Amount);
                break;
            default:
                break;
        }

        _sum += entry.Amount;
        _lowest = Math.Min(_lowest, entry.BalanceAfter);
        if (_last is not null)
        {
            _newestFirst &= _last.BalanceAfter == entry.BalanceAfter + _last.Amount;
            _oldestFirst &= entry.BalanceAfter == _last.BalanceAfter + entry.Amount;
        }

        _first ??= entry;
        _last = entry;
    }

    /// <summary>The newest entry must be where the sum is, so that no entry is missing. The chain may be listed in either direction: the product does not say which.</summary>
    public WalletFact Close(string userId, long balance, IReadOnlyCollection<Charge> chargedHere) => new(userId, balance)
    {
        Charged = _charged,
        Charges = _charges,
        Paid = _paid,
        Payments = _payments,
        Refunded = _refunded,
        Refunds = _refunds,
        LedgerSum = _sum,
        LowestBalance = _first is null ? balance : _lowest,
        ChainHolds = _first is null || (_newestFirst && _first.BalanceAfter == _sum) || (_oldestFirst && _last!.BalanceAfter == _sum),
        ChargedHere = chargedHere.Sum(c => c.Amount),
        ChargesHere = chargedHere.Count,
    };
}
