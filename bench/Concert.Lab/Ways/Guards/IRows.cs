using Concert.Lab.Judging;
using Concert.Lab.Works;

namespace Concert.Lab.Ways.Guards;

/// <summary>
/// Rows that are read, and written in one durable transaction with what was decided on them, by somebody who has a lock for it elsewhere, or thinks he needs none.
/// </summary>
internal interface IRows : IAsyncDisposable
{
    Task ResetAsync(Work work);

    Task<Evidence> ReadAsync(Work work);

    Task<(long Balance, long Changes)> ReadWalletAsync(CancellationToken cancellationToken);

    Task WriteWalletAsync(Operation operation, long balance, long changes);

    Task<bool> AreFreeAsync(int[] seats, CancellationToken cancellationToken);

    Task WriteSeatsAsync(Operation operation, int[] seats);

    Task<(int Capacity, int Taken)> ReadInventoryAsync(CancellationToken cancellationToken);

    Task WritePlaceAsync(Operation operation, int taken);
}
