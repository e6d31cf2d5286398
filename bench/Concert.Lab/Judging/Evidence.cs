namespace Concert.Lab.Judging;

/// <summary>One entry of the ledger: the operation it is about, and its won.</summary>
internal sealed record LedgerEntry(int Operation, long Amount);

/// <summary>One reservation: the operation it is about, and its seats; none where places are only counted.</summary>
internal sealed record Reservation(int Operation, int[] Seats)
{
    /// <summary>The operation of a reservation whose request was stored, though its caller was told nothing before it gave up.</summary>
    public const int Unheard = -1;
}

/// <summary>What a way has stored when everything was answered, read back from where it is stored.</summary>
/// <param name="Balance">Won in the wallet.</param>
/// <param name="Changes">How many changes made this balance: each one wrote what it had read plus one.</param>
/// <param name="Ledger">Its entries.</param>
/// <param name="Owners">The reservation that each held seat names.</param>
/// <param name="Taken">Counted places that are taken.</param>
/// <param name="Reservations">All there are.</param>
internal sealed record Evidence(
    long Balance,
    long Changes,
    IReadOnlyList<LedgerEntry> Ledger,
    IReadOnlyDictionary<int, int> Owners,
    int Taken,
    IReadOnlyList<Reservation> Reservations)
{
    public static Evidence OfWallet(long balance, long changes, IReadOnlyList<LedgerEntry> ledger) =>
        new(balance, changes, ledger, new Dictionary<int, int>(), 0, []);

    public static Evidence OfHolds(IReadOnlyDictionary<int, int> owners, int taken, IReadOnlyList<Reservation> reservations) =>
        new(0, 0, [], owners, taken, reservations);
}
