using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Ids;

/// <summary>
/// Mints ids and tells genuine ones from made-up ones. The tag answers only for what is not written yet: whose a document is, the document says.
/// </summary>
public sealed class IdGenerator(KeyRing keys, IRandomSource random, TimeProvider time, IOptions<BookingOptions> options)
{
    private const int NonceLength = 10;
    private const int TagLength = 8;
    private const int TokenTagAt = 12;

    /// <summary>How long a refusal is kept: longer than any command can stay in the queue.</summary>
    public TimeSpan RefusalLifetime => options.Value.KeepRefusals;

    /// <summary>A reservation's id for this user. The shard is chosen from the nonce's hash, or given by the seat.</summary>
    public ReservationId NewReservation(SectionRef section, string userId, Func<uint, int> shardOf)
    {
        Span<byte> bytes = stackalloc byte[ReservationId.Length];
        Span<byte> nonce = stackalloc byte[NonceLength];
        Start(bytes, nonce);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[7..], checked((ushort)shardOf(StableHash.Of(nonce))));
        nonce.CopyTo(bytes[9..]);
        Tag(keys.Ids[0], "reservation", section.PartitionKey, bytes[..ReservationId.SignedLength], userId).CopyTo(bytes[ReservationId.SignedLength..]);
        return new ReservationId(section, Base64Url.EncodeToString(bytes));
    }

    public PaymentId NewPayment(ReservationId reservation, string userId)
    {
        Span<byte> bytes = stackalloc byte[PaymentId.Length];
        Start(bytes, bytes.Slice(7, NonceLength));
        Tag(keys.Ids[0], "payment", reservation.ToString(), bytes[..PaymentId.SignedLength], userId).CopyTo(bytes[PaymentId.SignedLength..]);
        return new PaymentId(reservation, Base64Url.EncodeToString(bytes));
    }

    /// <summary>A random lower-case base32 id with a prefix, for what an administrator creates.</summary>
    public string NewCatalogId(string prefix, int length)
    {
        const string alphabet = "abcdefghijklmnopqrstuvwxyz234567";
        Span<byte> bytes = stackalloc byte[32];
        random.Fill(bytes);
        var text = new StringBuilder(prefix);
        for (var i = 0; i < length; i++)
        {
            text.Append(alphabet[bytes[i] & 31]);
        }

        return text.ToString();
    }

    /// <summary>A UUID of version 4's form for a queue token. Its last four bytes are a tag under the key that signs tokens.</summary>
    public Guid NewTokenId()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextGuid().TryWriteBytes(bytes, bigEndian: true, out _);
        keys.Tokens[0].Of(bytes[..TokenTagAt]).AsSpan(0, 16 - TokenTagAt).CopyTo(bytes[TokenTagAt..]);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Whether a queue token with this UUID can still be verified: the waiting room knows its members' ids, not their signatures.</summary>
    public bool IsOfKnownKey(Guid tokenId) => KeyOf(tokenId) >= 0;

    /// <summary>Which of <see cref="KeyRing.Tokens"/> this queue token was issued under; -1 when none of them.</summary>
    public int KeyOf(Guid tokenId)
    {
        var bytes = tokenId.ToByteArray(bigEndian: true);
        for (var i = 0; i < keys.Tokens.Count; i++)
        {
            if (keys.Tokens[i].Of(bytes.AsSpan(0, TokenTagAt)).AsSpan(0, 16 - TokenTagAt).SequenceEqual(bytes.AsSpan(TokenTagAt)))
            {
                return i;
            }
        }

        return -1;
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
    public bool IsYoung(DateTimeOffset createdAt) => time.GetUtcNow() - createdAt < RefusalLifetime;

    private void Start(Span<byte> bytes, Span<byte> nonce)
    {
        bytes[0] = ReservationId.Form;
        random.Fill(nonce);
        ReservationId.WriteTime(bytes, time.GetUtcNow().ToUnixTimeMilliseconds());
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

    private static byte[] Tag(MacKey key, string kind, string scope, ReadOnlySpan<byte> signed, string userId)
    {
        var text = Encoding.UTF8.GetBytes($"{kind}\n{scope}\n{userId}\n");
        var input = new byte[text.Length + signed.Length];
        text.CopyTo(input, 0);
        signed.CopyTo(input.AsSpan(text.Length));
        return key.Of(input)[..TagLength];
    }
}

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
        Tickets = Derive("concert ticket v1");
    }

    /// <summary>Queue tokens' keys, the current one first.</summary>
    public IReadOnlyList<MacKey> Tokens { get; }

    /// <summary>Reservation and payment ids' keys, the current one first.</summary>
    public IReadOnlyList<MacKey> Ids { get; }

    /// <summary>Keys of the draws at openings, in the order of <see cref="Tokens"/>.</summary>
    public IReadOnlyList<MacKey> Draws { get; }

    /// <summary>Ticket codes' keys, the current one first.</summary>
    public IReadOnlyList<MacKey> Tickets { get; }

    private MacKey[] Derive(string purpose) => [.. _secrets.Select(s => new MacKey(HMACSHA256.HashData(s, Encoding.UTF8.GetBytes(purpose))))];
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
