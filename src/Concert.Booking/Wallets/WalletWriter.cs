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
    private const int MaxRead = 200;
    private const int MaxAttempts = 40;

    /// <summary>As long as a store may ask to wait; beyond it a buyer is told to come back and a command is delivered again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private const int MaxWaiting = 10_000;

    /// <summary>A change writes two documents, and the wallet is one.</summary>
    private readonly int _maxChanges = (store.MaxOperations - 1) / 2;
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

    private Task<IReadOnlyList<StoredDocument?>> ReadManyAsync(PartitionRef partition, string[] ids) => store.ReadManyAsync(partition, ids, CancellationToken.None);

    private WalletDecision Begin(Versioned<WalletDocument>? wallet) => new(wallet, time.GetUtcNow(), rules.Value);

    private async Task ServeAsync(string userId, Lane lane)
    {
        // Lets the callers of this moment line up behind the first.
        await Task.Yield();
        for (var batch = Take(userId, lane, leave: true); batch is not null; batch = batch.Next ?? Take(userId, lane, leave: true))
        {
            try
            {
                batch.Answer(await loop.RunAsync(batch, MaxAttempts, Patience, CancellationToken.None));
            }
            catch (Exception e)
            {
                // Every one of them is answered; none is left waiting for a lane that died.
                batch.Fail(e);
            }
        }
    }

    /// <summary>The next batch; null when nothing waits, and the lane is gone with that if it is to be left.</summary>
    private Batch? Take(string userId, Lane lane, bool leave)
    {
        List<Waiting> taken = [];
        lock (_lock)
        {
            while (taken.Count < _maxChanges && lane.TryDequeue(out var next))
            {
                taken.Add(next);
            }

            if (leave && taken.Count == 0)
            {
                _lanes.Remove(userId);
            }
        }

        return taken.Count == 0 ? null : new Batch(this, userId, lane, taken);
    }

    private sealed class Lane : Queue<Waiting>;

    private sealed record Waiting(WalletChange Change)
    {
        public TaskCompletionSource<WalletOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>
    /// Changes that become one batch of the store. While it is on its way, the next one is decided on the wallet that it will leave, and written when it has.
    /// The wallet is not read again for that: the next batch replaces it under the ETag that this one has made, and so shows whether it still stands. What
    /// would not replace it, refusals above all, is decided on what is read.
    /// </summary>
    private sealed class Batch(WalletWriter writer, string userId, Lane lane, List<Waiting> taken)
        : Decider<List<WalletOutcome>>(new PartitionRef(DocumentContainer.Wallets, userId))
    {
        private Versioned<WalletDocument>? _left;
        private Decided? _prepared;
        private WalletDecision _decision = null!;
        private bool _isRepeated;

        /// <summary>The batch behind this one, taken while this one was on its way; null when nothing waited.</summary>
        public Batch? Next { get; private set; }

        public override async Task<Attempt<List<WalletOutcome>>> DecideAsync(CancellationToken cancellationToken)
        {
            var decided = await DecideOnLeftAsync() ?? await ReadAsync(Markers());
            (_decision, _isRepeated) = (decided.Decision, true);
            return new Attempt<List<WalletOutcome>>(_decision.ToOperations(), decided.Outcomes);
        }

        public override async Task<CommitResult> CommitAsync(IDocumentStore store, IReadOnlyList<DocumentOperation> operations, CancellationToken cancellationToken)
        {
            var committed = base.CommitAsync(store, operations, cancellationToken);
            Next ??= writer.Take(userId, lane, leave: false);
            if (Next is { } next && _decision.ChangesWallet && next.Markers().Count == 0)
            {
                next._prepared = next.Decide(new Versioned<WalletDocument>(_decision.Wallet, null));
            }

            return await committed;
        }

        public override List<WalletOutcome> Written(Attempt<List<WalletOutcome>> attempt, IReadOnlyList<string> etags)
        {
            if (Next is { } next && _decision.ChangesWallet)
            {
                next._left = new Versioned<WalletDocument>(_decision.Wallet, etags[0]);
            }

            return attempt.Outcome;
        }

        public void Answer(List<WalletOutcome> outcomes)
        {
            for (var i = 0; i < taken.Count; i++)
            {
                taken[i].Outcome.TrySetResult(outcomes[i]);
            }
        }

        public void Fail(Exception fault) => taken.ForEach(waiting => waiting.Outcome.TrySetException(fault));

        /// <summary>On what the batch before has left; null where that is not known or does not do.</summary>
        private async Task<Decided?> DecideOnLeftAsync()
        {
            if (_isRepeated || _left is not { } left)
            {
                return null;
            }

            var decided = _prepared ?? await ReadAsync(Markers(), left);
            decided.Decision.WalletETag = left.ETag;
            return decided.Decision.ChangesWallet ? decided : null;
        }

        /// <summary>The markers to look for. A marker that is created shows itself, so it is only when the batch has met it.</summary>
        private List<string> Markers() =>
            taken.Where(waiting => _isRepeated || !waiting.Change.CreatesMarker).Select(waiting => waiting.Change.MarkerId).Distinct(StringComparer.Ordinal).ToList();

        private async Task<Decided> ReadAsync(List<string> markers, Versioned<WalletDocument>? wallet = null)
        {
            string[] ids = wallet is null ? [WalletDocument.DocumentId, .. markers] : [.. markers];
            var stored = new List<StoredDocument?>(ids.Length);
            foreach (var some in ids.Chunk(MaxRead))
            {
                stored.AddRange(await writer.ReadManyAsync(Partition, some));
            }

            return Decide(wallet ?? DocumentJson.ReadVersioned<WalletDocument>(stored[0]), stored.Skip(wallet is null ? 1 : 0));
        }

        private Decided Decide(Versioned<WalletDocument>? wallet, IEnumerable<StoredDocument?>? markers = null)
        {
            var decision = writer.Begin(wallet);
            foreach (var marker in (markers ?? []).OfType<StoredDocument>())
            {
                decision.Found(marker);
            }

            return new Decided(decision, taken.ConvertAll(waiting => decision.Decide(waiting.Change)));
        }

        private readonly record struct Decided(WalletDecision Decision, List<WalletOutcome> Outcomes);
    }
}
