using Concert.Lab.Judging;
using Concert.Lab.Works;

namespace Concert.Lab.Ways.Guards;

/// <summary>Enter the guard, read, decide, write, leave. Several keys are entered in their order, so that opposite carts do not deadlock.</summary>
internal sealed class GuardedRows(IGuard? guard, IRows rows) : Way
{
    public override async Task<bool> DoAsync(Operation operation, CancellationToken cancellationToken)
    {
        int[] seats = [.. operation.Seats.Order()];
        var left = new Stack<Func<Task>>();
        try
        {
            if (guard is not null)
            {
                foreach (var key in KeysOf(operation, seats))
                {
                    left.Push(await guard.EnterAsync(key, CountRetry, cancellationToken));
                }
            }

            return operation.Kind switch
            {
                OperationKind.Wallet => await ChangeWalletAsync(operation, cancellationToken),
                OperationKind.Seats => await HoldSeatsAsync(operation, seats, cancellationToken),
                _ => await HoldPlaceAsync(operation, cancellationToken),
            };
        }
        finally
        {
            while (left.TryPop(out var leave))
            {
                await leave();
            }
        }
    }

    public override Task<Evidence> ReadAsync(Work work) => rows.ReadAsync(work);

    public override async ValueTask DisposeAsync()
    {
        if (guard is not null)
        {
            await guard.DisposeAsync();
        }

        await rows.DisposeAsync();
    }

    protected override Task ResetAsync(Work work) => rows.ResetAsync(work);

    private static IEnumerable<string> KeysOf(Operation operation, int[] seats) => operation.Kind switch
    {
        OperationKind.Wallet => ["wallet"],
        OperationKind.Seats => seats.Select(seat => $"seat-{seat}"),
        _ => ["inventory"],
    };

    private async Task<bool> ChangeWalletAsync(Operation operation, CancellationToken cancellationToken)
    {
        var (balance, changes) = await rows.ReadWalletAsync(cancellationToken);
        var after = balance + operation.Amount;
        if (after < 0)
        {
            return false;
        }

        await rows.WriteWalletAsync(operation, after, changes + 1);
        return true;
    }

    private async Task<bool> HoldSeatsAsync(Operation operation, int[] seats, CancellationToken cancellationToken)
    {
        if (!await rows.AreFreeAsync(seats, cancellationToken))
        {
            return false;
        }

        await rows.WriteSeatsAsync(operation, seats);
        return true;
    }

    private async Task<bool> HoldPlaceAsync(Operation operation, CancellationToken cancellationToken)
    {
        var (capacity, taken) = await rows.ReadInventoryAsync(cancellationToken);
        if (taken >= capacity)
        {
            return false;
        }

        await rows.WritePlaceAsync(operation, taken + 1);
        return true;
    }
}
