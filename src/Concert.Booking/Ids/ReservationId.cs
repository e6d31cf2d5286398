using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;

namespace Concert.Booking.Ids;

/// <summary>
/// A reservation's id describes itself, so that it can be answered for before anything is written:
/// <c>{schedule}-{section}.{base64url of 27 bytes}</c>: form (1), created ms (6), session shard (2), nonce (10), keyed tag (8).
/// </summary>
public readonly record struct ReservationId(SectionRef Section, string Code)
{
    internal const int SignedLength = 19;
    internal const int Length = 27;
    internal const byte Form = 1;

    public string DocumentId => DocumentIdOf(Code);

    /// <summary>When it was minted.</summary>
    public DateTimeOffset CreatedAt => DateTimeOffset.FromUnixTimeMilliseconds(ReadTime(Bytes()));

    public string SessionId => $"{Section.PartitionKey}:{BinaryPrimitives.ReadUInt16BigEndian(Bytes().AsSpan(7))}";

    public static string DocumentIdOf(string code) => "r:" + code;

    public override string ToString() => $"{Section.ScheduleId}-{Section.Section}.{Code}";

    /// <summary>Checks the form only; see <see cref="IdGenerator.IsGenuine(ReservationId, string)"/> for the tag.</summary>
    public static bool TryParse(string? text, out ReservationId id)
    {
        id = default;
        if (text is null || text.Length > SectionRef.MaxIdLength + 40 || text.IndexOf('.', StringComparison.Ordinal) is var dot && dot < 0)
        {
            return false;
        }

        var code = text[(dot + 1)..];
        if (!SectionRef.TryParse(text[..dot], out var section) || !TryDecode(code, Length, out var bytes) || bytes[0] != Form)
        {
            return false;
        }

        id = new ReservationId(section, code);
        return true;
    }

    internal byte[] Bytes() => Base64Url.DecodeFromChars(Code);

    internal static void WriteTime(Span<byte> bytes, long milliseconds)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes[1..], (ushort)(milliseconds >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[3..], (uint)milliseconds);
    }

    internal static long ReadTime(ReadOnlySpan<byte> bytes) =>
        ((long)BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]) << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes[3..]);

    /// <summary>Decodes the one canonical spelling of exactly <paramref name="length"/> bytes.</summary>
    internal static bool TryDecode(ReadOnlySpan<char> code, int length, out byte[] bytes)
    {
        bytes = new byte[length];
        if (code.Length != Base64Url.GetEncodedLength(length)
            || !Base64Url.IsValid(code)
            || !Base64Url.TryDecodeFromChars(code, bytes, out var written)
            || written != length)
        {
            return false;
        }

        Span<char> canonical = stackalloc char[code.Length];
        Base64Url.EncodeToChars(bytes, canonical);
        return code.SequenceEqual(canonical);
    }
}

/// <summary>A payment's id: its reservation's id, a dot, and base64url of form (1), created ms (6), nonce (10), keyed tag (8).</summary>
public readonly record struct PaymentId(ReservationId Reservation, string Code)
{
    internal const int SignedLength = 17;
    internal const int Length = 25;

    public string DocumentId => DocumentIdOf(Code);

    public DateTimeOffset CreatedAt => DateTimeOffset.FromUnixTimeMilliseconds(ReservationId.ReadTime(Base64Url.DecodeFromChars(Code)));

    /// <summary>Sorts the newest first, so that a user's payments need no list beside them: the code has the time in it.</summary>
    public static string DocumentIdOf(string code) => $"pay:{ListKey.NewestFirst(ReservationId.ReadTime(Base64Url.DecodeFromChars(code)))}:{code}";

    public override string ToString() => $"{Reservation}.{Code}";

    public static bool TryParse(string? text, out PaymentId id)
    {
        id = default;
        if (text is null || text.LastIndexOf('.') is var dot && dot < 0 || !ReservationId.TryParse(text[..dot], out var reservation))
        {
            return false;
        }

        var code = text[(dot + 1)..];
        if (!ReservationId.TryDecode(code, Length, out var bytes) || bytes[0] != ReservationId.Form)
        {
            return false;
        }

        id = new PaymentId(reservation, code);
        return true;
    }
}

/// <summary>Keys of lists, which are read in ordinal order.</summary>
public static class ListKey
{
    /// <summary>A key of 13 digits that sorts later times first, until the year 2286.</summary>
    public static string NewestFirst(long unixMilliseconds) =>
        (9_999_999_999_999L - unixMilliseconds).ToString("D13", CultureInfo.InvariantCulture);
}
