using System.Security.Cryptography;
using System.Text;
using Concert.Booking.Settings;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Ids;

/// <summary>
/// Keys derived from the signing key, one a purpose, so that a tag of one kind can never pass as another.
/// The key before the last rotation still verifies; only the current one signs.
/// </summary>
public sealed class KeyRing
{
    private readonly byte[][] _secrets;

    public KeyRing(IOptions<WaitingRoomOptions> options)
    {
        var current = options.Value.SigningKey;
        var previous = options.Value.PreviousSigningKey;
        _secrets = previous.Length == 0 ? [Encoding.UTF8.GetBytes(current)] : [Encoding.UTF8.GetBytes(current), Encoding.UTF8.GetBytes(previous)];
        Tokens = Derive("concert queue token v1");
        Ids = Derive("concert id v1");
        Draws = Derive("concert draw v1");
    }

    /// <summary>Queue tokens' keys, the current one first.</summary>
    public IReadOnlyList<byte[]> Tokens { get; }

    /// <summary>Reservation and payment ids' keys, the current one first.</summary>
    public IReadOnlyList<byte[]> Ids { get; }

    /// <summary>Keys of the draws at openings, in the order of <see cref="Tokens"/>.</summary>
    public IReadOnlyList<byte[]> Draws { get; }

    private byte[][] Derive(string purpose) => [.. _secrets.Select(s => HMACSHA256.HashData(s, Encoding.UTF8.GetBytes(purpose)))];
}
