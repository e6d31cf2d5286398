using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Concert.Booking.Storage;

namespace Concert.Embedded.Storage;

/// <summary>
/// A document in one allocation: revision i64, status u16, type u16, id offset u16, id length u16, flags u8, then due i64 and expiry i64 where there are
/// such, and the JSON, packed. The id is shown where it stands in the JSON; only if it is not there as it is, it stands behind.
/// Never changed once it is in a partition.
/// </summary>
internal readonly struct PackedDocument(byte[] bytes)
{
    private const int StatusOffset = 8;
    private const int TypeOffset = 10;
    private const int IdOffsetOffset = 12;
    private const int IdLengthOffset = 14;
    private const int FlagsOffset = 16;
    private const int FixedLength = 17;
    private const int LongestOnStack = 2048;
    private const byte HasDue = 1;
    private const byte HasExpiry = 2;
    private const byte IsPlain = 4;
    private const byte HasOwnId = 8;

    private readonly byte[] _bytes = bytes;

    public bool IsAbsent => _bytes is null;

    /// <summary>The journal sequence of its last write, which is also its ETag.</summary>
    public long Revision
    {
        get => BinaryPrimitives.ReadInt64LittleEndian(_bytes);
        init => BinaryPrimitives.WriteInt64LittleEndian(_bytes, value);
    }

    public ushort Status => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(StatusOffset));

    public ushort Type => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(TypeOffset));

    /// <summary>Unix milliseconds; null when no timer looks at it.</summary>
    public long? Due => (Flags & HasDue) != 0 ? BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(FixedLength)) : null;

    /// <summary>Unix milliseconds; null when it stays.</summary>
    public long? Expiry => (Flags & HasExpiry) != 0
        ? BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(FixedLength + ((Flags & HasDue) != 0 ? 8 : 0)))
        : null;

    public ReadOnlySpan<byte> Id => (Flags & HasOwnId) != 0 ? _bytes.AsSpan(_bytes.Length - IdLength) : _bytes.AsSpan(IdOffset, IdLength);

    private byte Flags => _bytes[FlagsOffset];

    private int IdOffset => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(IdOffsetOffset));

    private int IdLength => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(IdLengthOffset));

    private int JsonOffset => FixedLength + ((Flags & HasDue) != 0 ? 8 : 0) + ((Flags & HasExpiry) != 0 ? 8 : 0);

    public static PackedDocument Pack(ReadOnlySpan<byte> id, ReadOnlySpan<byte> json, in DocumentFields fields, long? expiry)
    {
        var buffer = json.Length <= LongestOnStack ? null : ArrayPool<byte>.Shared.Rent(json.Length);
        try
        {
            Span<byte> packed = buffer ?? stackalloc byte[LongestOnStack];
            var length = PackedJson.Pack(json, packed);
            return length < 0 ? Assemble(id, json, IsPlain, fields, expiry) : Assemble(id, packed[..length], 0, fields, expiry);
        }
        finally
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>The JSON as it was given.</summary>
    public ReadOnlyMemory<byte> ToJson()
    {
        var end = (Flags & HasOwnId) != 0 ? _bytes.Length - IdLength : _bytes.Length;
        return (Flags & IsPlain) != 0 ? _bytes.AsMemory(JsonOffset, end - JsonOffset) : PackedJson.Unpack(_bytes.AsSpan(JsonOffset, end - JsonOffset));
    }

    private static PackedDocument Assemble(ReadOnlySpan<byte> id, ReadOnlySpan<byte> json, byte form, in DocumentFields fields, long? expiry)
    {
        var jsonOffset = FixedLength + (fields.Due is null ? 0 : 8) + (expiry is null ? 0 : 8);
        // Far behind its place could not be noted; ids come early or in short documents.
        var at = json.IndexOf(id) is >= 0 and var found && jsonOffset + found <= ushort.MaxValue ? jsonOffset + found : -1;
        var flags = (byte)(form | (fields.Due is null ? 0 : HasDue) | (expiry is null ? 0 : HasExpiry) | (at < 0 ? HasOwnId : 0));
        var bytes = new byte[jsonOffset + json.Length + (at < 0 ? id.Length : 0)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(StatusOffset), fields.Status);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(TypeOffset), fields.Type);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(IdOffsetOffset), (ushort)Math.Max(0, at));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(IdLengthOffset), checked((ushort)id.Length));
        bytes[FlagsOffset] = flags;
        var rest = bytes.AsSpan(FixedLength);
        foreach (var time in (ReadOnlySpan<long?>)[fields.Due, expiry])
        {
            if (time is { } present)
            {
                BinaryPrimitives.WriteInt64LittleEndian(rest, present);
                rest = rest[8..];
            }
        }

        json.CopyTo(rest);
        if (at < 0)
        {
            id.CopyTo(rest[json.Length..]);
        }

        return new PackedDocument(bytes);
    }

    /// <summary>Sets the revision of a document that nobody else sees yet.</summary>
    public PackedDocument WithRevision(long revision) => new(_bytes) { Revision = revision };

    public bool IsExpired(long now) => Expiry <= now;

    public bool IsSame(PackedDocument other) => ReferenceEquals(_bytes, other._bytes);

    public StoredDocument ToStored() => new(Encoding.UTF8.GetString(Id), ToJson(), ETag.Of(Revision));

    [SuppressMessage("Usage", "CA2231", Justification = "Never compared by value.")]
    public override bool Equals(object? obj) => obj is PackedDocument other && IsSame(other);

    public override int GetHashCode() => _bytes is null ? 0 : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(_bytes);
}

/// <summary>A revision as callers see it.</summary>
internal static class ETag
{
    public static string Of(long revision) => revision.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
}
