using Concert.Api.Responses;
using Concert.Booking.Messaging;
using Concert.Booking.Storage;
using Concert.Booking.WaitingRoom;
using Microsoft.Extensions.Logging;

namespace Concert.Api;

/// <summary>Asks every dependency at once whether it can be used.</summary>
internal sealed class ReadinessProbe(IDocumentStore store, ICommandSender queue, IWaitingRoom waitingRoom, TimeProvider time, ILogger<ReadinessProbe> log)
{
    public const string Up = "up";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<IReadOnlyList<DependencyHealth>> CheckAsync(CancellationToken cancellationToken) => await Task.WhenAll(
        AskAsync("documents", store.CheckAsync, cancellationToken),
        AskAsync("queue", queue.CheckAsync, cancellationToken),
        AskAsync("waiting-room", waitingRoom.CheckAsync, cancellationToken));

    private async Task<DependencyHealth> AskAsync(string name, Func<CancellationToken, Task> check, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        string status;
        try
        {
            // WaitAsync, because a dependency that hangs may not look at its token either.
            await check(either.Token).WaitAsync(either.Token);
            status = Up;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            status = "slow";
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // What failed is for our logs; outside only that it did.
            Log.NotReady(log, fault, name);
            status = "down";
        }

        return new(name, status, (long)time.GetElapsedTime(start).TotalMilliseconds);
    }
}
