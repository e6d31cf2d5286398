using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Concert.Lab.Rival;

internal sealed record RivalClaims(string Id, string User, long ActiveUntil);

[JsonSerializable(typeof(RivalClaims))]
internal sealed partial class RivalClaimsJson : JsonSerializerContext;

/// <summary>Tokens of the same form as ours, <c>payload.signature</c> (HMAC-SHA256), with their end inside: verified without asking anybody.</summary>
internal sealed class RivalTokens(TimeProvider time)
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("lab-signing-key-0123456789-abcdef");

    public static string Sign(RivalClaims claims)
    {
        var payload = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims, RivalClaimsJson.Default.RivalClaims));
        return $"{payload}.{Base64Url.EncodeToString(HMACSHA256.HashData(Key, Encoding.ASCII.GetBytes(payload)))}";
    }

    /// <summary>Null when the token is not genuine or over.</summary>
    public string? UserOf(string token)
    {
        if (token.Length > 1024 || token.Split('.') is not [var payload, var signature] || !Base64Url.IsValid(payload) || !Base64Url.IsValid(signature)
            || !CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(Key, Encoding.ASCII.GetBytes(payload)), Base64Url.DecodeFromChars(signature)))
        {
            return null;
        }

        var claims = JsonSerializer.Deserialize(Base64Url.DecodeFromChars(payload), RivalClaimsJson.Default.RivalClaims);
        return claims is not null && claims.ActiveUntil > time.GetUtcNow().ToUnixTimeMilliseconds() ? claims.User : null;
    }
}
