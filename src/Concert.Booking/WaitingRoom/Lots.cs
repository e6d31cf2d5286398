using System.Buffers.Binary;
using Concert.Booking.Ids;

namespace Concert.Booking.WaitingRoom;

/// <summary>
/// Lots of the draw at an opening: HMAC-SHA256 of the token's UUID under a key of its own, that of the signing key the token was issued with (its UUID
/// tells which). So each instance knows the same lot of a token, also in the middle of a rotation and after the room lost its memory, and nobody else can
/// know or choose one: who joins anew gets another, and sees none before the opening.
/// </summary>
public sealed class Lots(KeyRing keys, IdGenerator ids)
{
    /// <summary>Bits of a lot: as many as a double has, for sorted sets of Redis keep doubles. Two of a million are alike once in 10,000 draws.</summary>
    public const int Bits = 52;

    /// <summary>The token's lot, 0 to 2^52 - 1.</summary>
    public long Of(Guid tokenId) => Of(keys.Draws[Math.Max(0, ids.KeyOf(tokenId))], tokenId);

    internal static long Of(MacKey key, Guid tokenId)
    {
        Span<byte> lot = stackalloc byte[MacKey.Length];
        key.Write(tokenId.ToByteArray(bigEndian: true), lot);
        return (long)(BinaryPrimitives.ReadUInt64BigEndian(lot) >> (64 - Bits));
    }
}
