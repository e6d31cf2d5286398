using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Concert.Booking.Ids;

namespace Concert.Booking.Tickets;

/// <summary>
/// What a ticket's code says: <c>{reservation id}.{base64url of 16 bytes of HMAC-SHA256}</c>. One that was signed with the key before the last rotation is
/// genuine too. Nothing is stored for it: when both keys are lost, old codes are forgeries, and the same reservation shows a new one.
/// </summary>
public sealed class TicketSigner(KeyRing keys)
{
    private const int TagLength = 16;

    /// <summary>The code of a reservation's ticket, always the same under one key.</summary>
    public string Sign(ReservationId id) => $"{id}.{Base64Url.EncodeToString(Tag(keys.Tickets[0], id))}";

    /// <summary>Reads the reservation out of a genuine code; false for any other text.</summary>
    public bool TryRead([NotNullWhen(true)] string? code, out ReservationId id)
    {
        id = default;
        if (code is null || code.LastIndexOf('.') is var dot && dot < 0
            || !ReservationId.TryParse(code[..dot], out var signed)
            || !ReservationId.TryDecode(code.AsSpan(dot + 1), TagLength, out var tag)
            || !keys.Tickets.Any(key => CryptographicOperations.FixedTimeEquals(Tag(key, signed), tag)))
        {
            return false;
        }

        id = signed;
        return true;
    }

    private static ReadOnlySpan<byte> Tag(MacKey key, ReservationId id) => key.Of(Encoding.ASCII.GetBytes(id.ToString())).AsSpan(0, TagLength);
}
