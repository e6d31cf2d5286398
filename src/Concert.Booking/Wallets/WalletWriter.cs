using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.Storage;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Wallets;

/// <summary>
/// The one way to change a wallet. Changes of one wallet that wait at the same time in this process are decided in order and written as one batch,
/// so that they do not retry against each other and every ledger entry knows its exact balance; between processes the wallet's ETag decides.
/// </summary>
public sealed class WalletWriter(IDocumentStore store, StoreLoop loop, TimeProvider time, IOptions<WalletOptions> rules)
{
    /// <summary>Two documents a change and the wallet stay below <see cref="DocumentOperation.MaxPerBatch"/>.</summary>
    private const int MaxChangesPerBatch = 30;
    private const int MaxAttempts = 40;

    /// <summary>As long as a store may ask to wait; beyond it a buyer is told to come back and a command is delivered again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private const int MaxWaiting = 10_000;

    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Makes the change once, whatever is repeated. Throws <see cref="StoreUnavailableException"/>; the change may then have been made: repeat it.</summary>
    public async Task<WalletOutcome> ApplyAsync(string userId, WalletChange change, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(change);
        Lane? mine = null;
        lock (_lock)
        {
            if (!_lanes.TryGetValue(userId, out var lane))
            {
                _lanes[userId] = lane = mine = new Lane();
            }

            if (lane.Count >= MaxWaiting)
            {
                throw new StoreUnavailableException("Too many changes are waiting for this wallet.");
            }

            lane.Enqueue(waiting);
        }

        if (mine is not null)
        {
            // Whoever comes first serves all until none waits. It must not stop for its own caller's sake: others depend on it.
            _ = ServeAsync(userId, mine);
        }

        return await waiting.Outcome.Task.WaitAsync(cancellationToken);
    }

    private async Task ServeAsync(string userId, Lane lane)
    {
        // Lets the callers of this moment line up behind the first.
        await Task.Yield();
        while (true)
        {
            List<Waiting> batch = [];
            lock (_lock)
            {
                while (batch.Count < MaxChangesPerBatch && lane.TryDequeue(out var next))
                {
                    batch.Add(next);
                }

                if (batch.Count == 0)
                {
                    _lanes.Remove(userId);
                    return;
                }
            }

            try
            {
                var outcomes = await WriteAsync(userId, batch);
                for (var i = 0; i < batch.Count; i++)
                {
                    batch[i].Outcome.TrySetResult(outcomes[i]);
                }
            }
            catch (Exception e)
            {
                // Every one of them is answered; none is left waiting for a lane that died.
                batch.ForEach(w => w.Outcome.TrySetException(e));
            }
        }
    }

    private Task<List<WalletOutcome>> WriteAsync(string userId, List<Waiting> batch)
    {
        var partition = new PartitionRef(DocumentContainer.Wallets, userId);
        var isFirst = true;
        return loop.RunAsync(
            partition,
            MaxAttempts,
            Patience,
            async cancellationToken =>
            {
                var markers = batch.Select(w => w.Change).Where(c => !(isFirst && c.CreatesMarker)).Select(c => c.MarkerId);
                List<string> ids = [WalletDocument.DocumentId, .. markers.Distinct(StringComparer.Ordinal)];
                isFirst = false;
                var stored = await store.ReadManyAsync(partition, ids, cancellationToken);
                var decision = new WalletDecision(DocumentJson.ReadVersioned<WalletDocument>(stored[0]), time.GetUtcNow(), rules.Value);
                foreach (var marker in stored.Skip(1).OfType<StoredDocument>())
                {
                    decision.Found(marker);
                }

                List<WalletOutcome> outcomes = [.. batch.Select(w => decision.Decide(w.Change))];
                return new Attempt<List<WalletOutcome>>(decision.ToOperations(), outcomes);
            },
            CancellationToken.None);
    }

    private sealed class Lane : Queue<Waiting>;

    private sealed record Waiting(WalletChange Change)
    {
        public TaskCompletionSource<WalletOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
