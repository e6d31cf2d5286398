using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Concert.Booking.Ports;

namespace Concert.Booking.Idempotency;

/// <summary>
/// A call that carries an Idempotency-Key: whose it is (the partition its claim lives in), what it does, and hashes of the key and of the whole request
/// in canonical form.
/// </summary>
public sealed record KeyedCall(PartitionRef Owner, string Operation, string KeyHash, string Fingerprint)
{
    /// <summary>Staff's claims. No concert's id can be this partition's key: those begin with c.</summary>
    private static readonly PartitionRef Staff = new(DocumentContainer.Catalog, "admin");

    /// <summary>A user's call; null without a key.</summary>
    /// <param name="userId">Whose key it is.</param>
    /// <param name="operation">What the call does. Keys of different operations know nothing of each other.</param>
    /// <param name="key">The Idempotency-Key.</param>
    /// <param name="request">All that makes the request: route values and body, each in the one form that equal requests share.</param>
    public static KeyedCall? OfUser(string userId, string operation, string? key, params ReadOnlySpan<string> request) =>
        key is null ? null : new KeyedCall(new PartitionRef(DocumentContainer.Wallets, userId), operation, Hash(key), FingerprintOf(request));

    /// <summary>A call of staff; null without a key.</summary>
    public static KeyedCall? OfStaff(string operation, string? key, params ReadOnlySpan<string> request) =>
        key is null ? null : new KeyedCall(Staff, operation, Hash(key), FingerprintOf(request));

    /// <summary>Lengths are part of it, so that no two lists of texts read alike.</summary>
    private static string FingerprintOf(ReadOnlySpan<string> request)
    {
        var text = new StringBuilder();
        foreach (var part in request)
        {
            text.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}\n");
        }

        return Hash(text.ToString());
    }

    private static string Hash(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
