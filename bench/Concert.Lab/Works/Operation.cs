namespace Concert.Lab.Works;

internal enum OperationKind
{
    /// <summary>Adds <see cref="Operation.Amount"/> won to the wallet; refused below zero.</summary>
    Wallet,

    /// <summary>Holds exactly the seats asked for, all or none.</summary>
    Seats,

    /// <summary>Holds one of the counted places.</summary>
    Place,
}

/// <summary>What one caller asks for. <see cref="Id"/> is from 1 on: it is the ledger entry's or the reservation's id as well.</summary>
/// <param name="Seats">In the order asked, which may be any.</param>
internal sealed record Operation(int Id, OperationKind Kind, long Amount, int[] Seats);

internal enum Answer
{
    /// <summary>Cut off by the time limit or failed: it may have been done or not.</summary>
    None,
    Done,
    Refused,
}
