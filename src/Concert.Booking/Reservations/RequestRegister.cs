using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Concert.Booking.Messaging;
using Concert.Booking.Shared;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations;

/// <summary>
/// A user's requests: which Idempotency-Key stands for what, and the list of reservations. In the user's partition, written before a command is decided:
/// the first command of a key claims it, so another body under the same key never has a second effect, wherever its places are.
/// </summary>
public sealed class RequestRegister(IDocumentStore store, StoreLoop loop, IOptions<BookingOptions> options)
{
    private const int MaxAttempts = 10;

    /// <summary>Hashes for a call with a key; null without one.</summary>
    public static KeyedRequest? Keyed(string? idempotencyKey, string request) =>
        idempotencyKey is null ? null : new KeyedRequest(Hash(idempotencyKey), Hash(request));

    public static string Hash(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    /// <summary>What the key stood for so far: the resource's id, a mismatch refusal, or null when it is new.</summary>
    public async Task<Result<string?>> FindAsync(string userId, string operation, KeyedRequest? keyed, CancellationToken cancellationToken)
    {
        if (keyed is null)
        {
            return (string?)null;
        }

        var stored = await store.ReadAsync(Partition(userId), IdempotencyDocument.IdOf(operation, keyed.KeyHash), cancellationToken);
        if (stored is null)
        {
            return (string?)null;
        }

        var known = DocumentJson.Read<IdempotencyDocument>(stored);
        return known.RequestHash == keyed.RequestHash ? known.Resource : Mismatch;
    }

    /// <summary>The refusal for a key that came with another body before.</summary>
    public static Refusal Mismatch { get; } =
        new(RefusalCode.IdempotencyMismatch, "This Idempotency-Key was used before with another request.");

    /// <summary>
    /// Claims the key for the resource and puts the reservation on its user's list. False when the key stands for another resource.
    /// Repeating it changes nothing.
    /// </summary>
    public Task<bool> ClaimAsync(
        string userId, string operation, KeyedRequest? keyed, string resource, RequestEntryDocument? entry, CancellationToken cancellationToken)
    {
        var partition = Partition(userId);
        if (keyed is null && entry is null)
        {
            return Task.FromResult(true);
        }

        return loop.RunAsync(
            partition,
            MaxAttempts,
            async token =>
            {
                var operations = new List<DocumentOperation>();
                if (keyed is not null)
                {
                    var record = new IdempotencyDocument(
                        operation, keyed.KeyHash, keyed.RequestHash, resource, null, (int)options.Value.KeepIdempotencyKeys.TotalSeconds);
                    if (await store.ReadAsync(partition, record.Id, token) is { } stored)
                    {
                        return new Attempt<bool>([], DocumentJson.Read<IdempotencyDocument>(stored).Resource == resource);
                    }

                    operations.Add(DocumentJson.Put(record, null));
                }

                if (entry is not null)
                {
                    operations.Add(new DocumentOperation.Upsert(entry.Id, DocumentJson.Write(entry)));
                }

                return new Attempt<bool>(operations, true);
            },
            cancellationToken);
    }

    private static PartitionRef Partition(string userId) => new(DocumentContainer.Wallets, userId);
}
