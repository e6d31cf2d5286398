using Concert.Lab.Judging;
using Concert.Lab.Ways.Guards;
using Concert.Lab.Works;

namespace Concert.Lab.Tests.Ways;

/// <summary>The worst that can happen to callers without a lock: nobody goes on before all have read.</summary>
internal sealed class AllReadFirst(IRows inner, int readers) : IRows
{
    private readonly TaskCompletionSource _allHaveRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = readers;

    public Task ResetAsync(Work work) => inner.ResetAsync(work);

    public Task<Evidence> ReadAsync(Work work) => inner.ReadAsync(work);

    public Task<(long Balance, long Changes)> ReadWalletAsync(CancellationToken cancellationToken) => WaitAsync(inner.ReadWalletAsync(cancellationToken));

    public Task WriteWalletAsync(Operation operation, long balance, long changes) => inner.WriteWalletAsync(operation, balance, changes);

    public Task<bool> AreFreeAsync(int[] seats, CancellationToken cancellationToken) => WaitAsync(inner.AreFreeAsync(seats, cancellationToken));

    public Task WriteSeatsAsync(Operation operation, int[] seats) => inner.WriteSeatsAsync(operation, seats);

    public Task<(int Capacity, int Taken)> ReadInventoryAsync(CancellationToken cancellationToken) => WaitAsync(inner.ReadInventoryAsync(cancellationToken));

    public Task WritePlaceAsync(Operation operation, int taken) => inner.WritePlaceAsync(operation, taken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<T> WaitAsync<T>(Task<T> read)
    {
        var found = await read;
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _allHaveRead.SetResult();
        }

        await _allHaveRead.Task;
        return found;
    }
}
