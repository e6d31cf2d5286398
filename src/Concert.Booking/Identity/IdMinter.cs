using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Concert.Booking.Shared;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Identity;

/// <summary>Mints ids and tells genuine ones from made-up ones.</summary>
public sealed class IdMinter(KeyRing keys, IRandomSource random, TimeProvider time, IOptions<BookingOptions> options)
{
    private const int NonceLength = 10;
    private const int TagLength = 8;

    /// <summary>A reservation's id for this user. The shard is chosen from the nonce's hash, or given by the seat.</summary>
    public ReservationId NewReservation(SectionRef section, string userId, string? idempotencyKey, Func<uint, int> shardOf)
    {
        Span<byte> bytes = stackalloc byte[ReservationId.Length];
        Span<byte> nonce = stackalloc byte[NonceLength];
        Start(bytes, nonce, "reserve", userId, idempotencyKey);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[7..], checked((ushort)shardOf(StableHash.Of(nonce))));
        nonce.CopyTo(bytes[9..]);
        Tag(keys.Ids[0], "reservation", section.PartitionKey, bytes[..ReservationId.SignedLength], userId).CopyTo(bytes[ReservationId.SignedLength..]);
        return new ReservationId(section, Base64Url.EncodeToString(bytes));
    }

    public PaymentId NewPayment(ReservationId reservation, string userId, string? idempotencyKey)
    {
        Span<byte> bytes = stackalloc byte[PaymentId.Length];
        Start(bytes, bytes.Slice(7, NonceLength), "pay", userId, idempotencyKey);
        Tag(keys.Ids[0], "payment", reservation.ToString(), bytes[..PaymentId.SignedLength], userId).CopyTo(bytes[PaymentId.SignedLength..]);
        return new PaymentId(reservation, Base64Url.EncodeToString(bytes));
    }

    /// <summary>A random or key-derived lower-case base32 id with a prefix, for what an administrator creates.</summary>
    public string NewCatalogId(string prefix, int length, string operation, string? idempotencyKey)
    {
        const string alphabet = "abcdefghijklmnopqrstuvwxyz234567";
        Span<byte> bytes = stackalloc byte[32];
        if (idempotencyKey is null)
        {
            random.Fill(bytes);
        }
        else
        {
            HMACSHA256.HashData(keys.Ids[0], Encoding.UTF8.GetBytes($"catalog\n{operation}\n{idempotencyKey}"), bytes);
        }

        var text = new StringBuilder(prefix);
        for (var i = 0; i < length; i++)
        {
            text.Append(alphabet[bytes[i] & 31]);
        }

        return text.ToString();
    }

    /// <summary>A version 4-shaped UUID for a queue token; derived when there is a key, so that a repeat joins once.</summary>
    public Guid NewTokenId(string userId, string room, string? idempotencyKey)
    {
        if (idempotencyKey is null)
        {
            return random.NextGuid();
        }

        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(keys.Ids[0], Encoding.UTF8.GetBytes($"token\n{userId}\n{room}\n{idempotencyKey}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x40);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>A random reference of 16 characters.</summary>
    public string NewReference()
    {
        Span<byte> bytes = stackalloc byte[12];
        random.Fill(bytes);
        return Base64Url.EncodeToString(bytes);
    }

    public bool IsGenuine(ReservationId id, string userId)
    {
        var bytes = id.Bytes();
        return Verify("reservation", id.Section.PartitionKey, bytes.AsSpan(0, ReservationId.SignedLength), userId, bytes.AsSpan(ReservationId.SignedLength));
    }

    public bool IsGenuine(PaymentId id, string userId)
    {
        var bytes = Base64Url.DecodeFromChars(id.Code);
        return IsGenuine(id.Reservation, userId)
            && Verify("payment", id.Reservation.ToString(), bytes.AsSpan(0, PaymentId.SignedLength), userId, bytes.AsSpan(PaymentId.SignedLength));
    }

    /// <summary>Whether a genuine id without a document can still be on its way: refusals are kept longer than this.</summary>
    public bool IsYoung(DateTimeOffset createdAt, bool keyed) => time.GetUtcNow() - createdAt < RefusalLifetime(keyed);

    /// <summary>A keyed id hides its age within a period, so its refusal is kept for that much longer.</summary>
    public TimeSpan RefusalLifetime(bool keyed) => options.Value.KeepRefusals + (keyed ? ReservationId.KeyedPeriod : TimeSpan.Zero);

    private void Start(Span<byte> bytes, Span<byte> nonce, string operation, string userId, string? idempotencyKey)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        bytes[0] = idempotencyKey is null ? ReservationId.Plain : ReservationId.Keyed;
        if (idempotencyKey is null)
        {
            random.Fill(nonce);
        }
        else
        {
            var hash = HMACSHA256.HashData(keys.Ids[0], Encoding.UTF8.GetBytes($"nonce\n{operation}\n{userId}\n{idempotencyKey}")).AsSpan();
            hash[..NonceLength].CopyTo(nonce);

            // Each key's periods begin at moments of its own: were they the same for all, every repeat under way at that moment would get another id.
            var phase = BinaryPrimitives.ReadUInt32BigEndian(hash[NonceLength..]);
            now -= (now + phase) % (long)ReservationId.KeyedPeriod.TotalMilliseconds;
        }

        ReservationId.WriteTime(bytes, now);
    }

    private bool Verify(string kind, string scope, ReadOnlySpan<byte> signed, string userId, ReadOnlySpan<byte> tag)
    {
        foreach (var key in keys.Ids)
        {
            if (CryptographicOperations.FixedTimeEquals(Tag(key, kind, scope, signed, userId), tag))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[] Tag(byte[] key, string kind, string scope, ReadOnlySpan<byte> signed, string userId)
    {
        var text = Encoding.UTF8.GetBytes($"{kind}\n{scope}\n{userId}\n");
        var input = new byte[text.Length + signed.Length];
        text.CopyTo(input, 0);
        signed.CopyTo(input.AsSpan(text.Length));
        return HMACSHA256.HashData(key, input)[..TagLength];
    }
}

/// <summary>FNV-1a, 32 bits: the same on every machine and in every version, so that a seat keeps its session.</summary>
public static class StableHash
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261u;
        foreach (var b in bytes)
        {
            hash = (hash ^ b) * 16777619u;
        }

        return hash;
    }
}
