using Concert.Booking.Calls;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.Storage;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Idempotency;

/// <summary>
/// Which request an Idempotency-Key stands for. The claim is created if absent, before the call has any effect: of two requests under one key only one
/// goes on, and a repeat finds the ids of the first, also when the first died half-way.
/// </summary>
public sealed class IdempotencyClaims(IDocumentStore store, StoreLoop loop, TimeProvider time, IOptions<BookingOptions> options)
{
    private const int MaxAttempts = 10;

    /// <summary>A buyer waits for it and is better told to come back.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The refusal for a key that came with another request before.</summary>
    public static Refusal Mismatch { get; } =
        new(RefusalCode.IdempotencyMismatch, "This Idempotency-Key was used before with another request.");

    /// <summary>The claim of this very request, a mismatch refusal, or null when the key is new or there is none.</summary>
    public async Task<Result<ClaimDocument?>> FindAsync(KeyedCall? call, CancellationToken cancellationToken)
    {
        if (call is null)
        {
            return (ClaimDocument?)null;
        }

        var stored = await store.ReadAsync(call.Owner, ClaimDocument.IdOf(call.Operation, call.KeyHash), cancellationToken);
        return stored is not null && DocumentJson.Read<ClaimDocument>(stored) is var claim && !claim.IsOver(time.GetUtcNow())
            ? claim.Fingerprint == call.Fingerprint ? claim : Mismatch
            : (ClaimDocument?)null;
    }

    /// <summary>
    /// Claims the key. The claim that stands then: this one, or an earlier one of the very same request, which leads to another id; or a mismatch refusal.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="resource">The id that it leads to if the key is new.</param>
    /// <param name="now">When it was accepted.</param>
    /// <param name="cancellationToken">Gives up waiting; the key may have been claimed.</param>
    public async Task<Result<ClaimDocument>> TakeAsync(KeyedCall call, string resource, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var mine = new ClaimDocument(
            call.Operation, call.KeyHash, call.Fingerprint, resource, now.ToUnixTimeMilliseconds(), (int)options.Value.KeepIdempotencyKeys.TotalSeconds);

        // The caller has just looked; only who comes too late, or does not know whether it did, has to look again.
        if (await store.CommitAsync(call.Owner, [DocumentJson.Put(mine, null)], cancellationToken) is CommitResult.Committed)
        {
            return mine;
        }

        return await loop.RunAsync(
            call.Owner,
            MaxAttempts,
            Patience,
            async token =>
            {
                var found = DocumentJson.ReadVersioned<ClaimDocument>(await store.ReadAsync(call.Owner, mine.Id, token));
                return found is { Value: var standing } && !standing.IsOver(now)
                    ? new Attempt<Result<ClaimDocument>>([], standing.Fingerprint == call.Fingerprint ? standing : Mismatch)
                    : new Attempt<Result<ClaimDocument>>([DocumentJson.Put(mine, found?.ETag)], mine);
            },
            cancellationToken);
    }

    /// <summary>The claim that the key stands for already, or a new one.</summary>
    public async Task<Result<ClaimDocument>> FindOrTakeAsync(KeyedCall call, string resource, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var known = await FindAsync(call, cancellationToken);
        return known.IsRefused(out var refusal) ? refusal
            : known.Value is { } claim ? claim
            : await TakeAsync(call, resource, now, cancellationToken);
    }

    /// <summary>Notes an outcome on a claim that has none; returns the one that stands. Of two that race, both learn the same.</summary>
    public Task<string> SettleAsync(KeyedCall call, string outcome, CancellationToken cancellationToken) => loop.RunAsync(
        call.Owner,
        MaxAttempts,
        Patience,
        async token =>
        {
            var found = DocumentJson.ReadVersioned<ClaimDocument>(
                await store.ReadAsync(call.Owner, ClaimDocument.IdOf(call.Operation, call.KeyHash), token));
            return found switch
            {
                null => new Attempt<string>([], outcome),
                { Value.Outcome: { } standing } => new Attempt<string>([], standing),
                { Value: var open, ETag: var etag } => new Attempt<string>([DocumentJson.Put(open with { Outcome = outcome }, etag)], outcome),
            };
        },
        cancellationToken);
}
