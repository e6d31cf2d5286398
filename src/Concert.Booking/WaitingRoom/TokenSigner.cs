using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Concert.Booking.Calls;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Microsoft.Extensions.Options;

namespace Concert.Booking.WaitingRoom;

/// <summary>
/// Queue tokens: <c>base64url(payload).base64url(HMAC-SHA256)</c>. The payload has the UUID, the user, the room and the issue time (Unix ms); one that was
/// issued before an opening has that opening, too.
/// </summary>
public sealed class TokenSigner(KeyRing keys, IdGenerator ids, Lots lots, TimeProvider time, IOptions<WaitingRoomOptions> options)
{
    private const int MaxLength = 2048;

    private static readonly Refusal Bad = new(RefusalCode.BadToken, "Invalid queue token.");

    /// <summary>
    /// The token of these claims, always the same: signed with the key that its UUID was minted under, as long as that key verifies.
    /// </summary>
    public string Sign(TokenClaims claims)
    {
        var payload = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(
            new TokenPayload
            {
                Id = claims.Id.ToString("D", CultureInfo.InvariantCulture),
                User = claims.UserId,
                Room = claims.Room,
                IssuedAt = claims.IssuedAt.ToUnixTimeMilliseconds(),
                OpensAt = claims.Early?.OpensAt.ToUnixTimeMilliseconds(),
            },
            TokenJson.Default.TokenPayload));
        Span<byte> signature = stackalloc byte[MacKey.Length];
        WriteSignature(keys.Tokens[Math.Max(0, ids.KeyOf(claims.Id))], payload, signature);
        return payload + "." + Base64Url.EncodeToString(signature);
    }

    /// <summary>
    /// Whether the token is older than <see cref="WaitingRoomOptions.KnownFor"/>. The age of one that was issued before an opening counts from there:
    /// who came early must not be worse off.
    /// </summary>
    public bool IsOutlived(TokenClaims claims)
    {
        var since = claims.Early is { } early && early.OpensAt > claims.IssuedAt ? early.OpensAt : claims.IssuedAt;
        return time.GetUtcNow() - since > options.Value.KnownFor;
    }

    /// <summary>The claims of a genuine token not older than <see cref="WaitingRoomOptions.KnownFor"/>.</summary>
    public Result<TokenClaims> Verify(string token)
    {
        var dot = token.IndexOf('.', StringComparison.Ordinal);
        if (token.Length > MaxLength || dot < 0 || token.LastIndexOf('.') != dot)
        {
            return Bad;
        }

        var payload = token.AsSpan(0, dot);
        if (!ReservationId.TryDecode(token.AsSpan(dot + 1), MacKey.Length, out var given) || !IsSigned(payload, given))
        {
            return Bad;
        }

        // A time of issue to come is no reason to refuse: only we can have signed it, and a clock that was set back must not turn its buyers away.
        if (Parse(payload) is not { } claims)
        {
            return Bad;
        }

        return IsOutlived(claims)
            ? new Refusal(RefusalCode.TokenExpired, "The queue token is too old; join the waiting room again.")
            : claims;
    }

    private bool IsSigned(ReadOnlySpan<char> payload, ReadOnlySpan<byte> given)
    {
        Span<byte> signature = stackalloc byte[MacKey.Length];
        foreach (var key in keys.Tokens)
        {
            WriteSignature(key, payload, signature);
            if (CryptographicOperations.FixedTimeEquals(signature, given))
            {
                return true;
            }
        }

        return false;
    }

    private TokenClaims? Parse(ReadOnlySpan<char> payload)
    {
        try
        {
            // Each booking call has a token: nothing of it is put on the heap but what it says.
            Span<byte> text = stackalloc byte[Base64Url.GetMaxDecodedLength(payload.Length)];
            var json = JsonSerializer.Deserialize(text[..Base64Url.DecodeFromChars(payload, text)], TokenJson.Default.TokenPayload);
            return json is { Id: not null, User: not null, Room: not null } && Guid.TryParseExact(json.Id, "D", out var id)
                ? new TokenClaims(id, json.User, json.Room, DateTimeOffset.FromUnixTimeMilliseconds(json.IssuedAt))
                {
                    Early = json.OpensAt is { } opensAt ? new EarlyEntry(DateTimeOffset.FromUnixTimeMilliseconds(opensAt), lots.Of(id)) : null,
                }
                : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentOutOfRangeException)
        {
            // Signed by us and yet unreadable: a token of another version of this service.
            return null;
        }
    }

    private static void WriteSignature(MacKey key, ReadOnlySpan<char> payload, Span<byte> signature)
    {
        var rented = ArrayPool<byte>.Shared.Rent(payload.Length);
        try
        {
            key.Write(rented.AsSpan(0, Encoding.ASCII.GetBytes(payload, rented)), signature);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}

/// <summary>With setters: the serializer fills them in for half of what it takes to gather a constructor's arguments, and every call brings a token.</summary>
internal sealed class TokenPayload
{
    [JsonPropertyName("id")]
    public string? Id { get; set; }

    [JsonPropertyName("user")]
    public string? User { get; set; }

    [JsonPropertyName("room")]
    public string? Room { get; set; }

    [JsonPropertyName("iat")]
    public long IssuedAt { get; set; }

    [JsonPropertyName("opens"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? OpensAt { get; set; }
}

[JsonSerializable(typeof(TokenPayload))]
internal sealed partial class TokenJson : JsonSerializerContext;
