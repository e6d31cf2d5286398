using System.Text.Json.Serialization.Metadata;
using Concert.Booking.Storage;

namespace Concert.Booking.Idempotency;

/// <summary>
/// The meaning of an Idempotency-Key: the request that claimed it and the id that it leads to. In the partition of the key's owner.
/// </summary>
/// <param name="Operation">What the call does.</param>
/// <param name="KeyHash">Of the key.</param>
/// <param name="Fingerprint">Of the whole request.</param>
/// <param name="Resource">What it leads to: an id, minted when the key was claimed.</param>
/// <param name="At">When it was claimed, Unix ms.</param>
/// <param name="Ttl">Seconds it is remembered.</param>
public sealed record ClaimDocument(string Operation, string KeyHash, string Fingerprint, string Resource, long At, int Ttl) : IDocument<ClaimDocument>
{
    static JsonTypeInfo<ClaimDocument> IDocument<ClaimDocument>.Json => IdempotencyJson.Default.ClaimDocument;

    public const string Prefix = "claim:";

    public string Id => IdOf(Operation, KeyHash);

    public string Type => "claim";

    /// <summary>A note that the operation leaves once on its way: see <see cref="IdempotencyClaims.SettleAsync"/>. Null until then.</summary>
    public string? Outcome { get; init; }

    public static string IdOf(string operation, string keyHash) => $"{Prefix}{operation}:{keyHash}";

    /// <summary>Its time is over, whatever the store still shows: the key is new again.</summary>
    public bool IsOver(DateTimeOffset now) => now.ToUnixTimeMilliseconds() >= At + (Ttl * 1000L);
}
