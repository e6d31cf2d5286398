using Concert.Lab.Judging;
using Concert.Lab.Works;

namespace Concert.Lab.Ways.Messaging;

/// <summary>Wallet, seats and counted places in memory, for one who is alone with them.</summary>
internal sealed class House(long balance, int capacity)
{
    private readonly List<LedgerEntry> _ledger = [];
    private readonly Dictionary<int, int> _owners = [];
    private readonly List<Reservation> _reservations = [];
    private long _balance = balance;
    private long _changes;
    private int _taken;

    /// <summary>Decides and does it.</summary>
    public bool Do(Operation operation)
    {
        switch (operation.Kind)
        {
            case OperationKind.Wallet when _balance + operation.Amount >= 0:
                _balance += operation.Amount;
                _changes++;
                _ledger.Add(new LedgerEntry(operation.Id, operation.Amount));
                return true;
            case OperationKind.Seats when !operation.Seats.Any(_owners.ContainsKey):
                Array.ForEach(operation.Seats, seat => _owners[seat] = operation.Id);
                _reservations.Add(new Reservation(operation.Id, operation.Seats));
                return true;
            case OperationKind.Place when _taken < capacity:
                _taken++;
                _reservations.Add(new Reservation(operation.Id, []));
                return true;
            default:
                return false;
        }
    }

    /// <summary>A copy: what a time limit cut off may still come.</summary>
    public Evidence Read() => new(_balance, _changes, [.. _ledger], new Dictionary<int, int>(_owners), _taken, [.. _reservations]);
}
