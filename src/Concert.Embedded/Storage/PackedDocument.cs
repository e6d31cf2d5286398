using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Concert.Booking.Storage;

namespace Concert.Embedded.Storage;

/// <summary>
/// A document in one allocation: revision i64, status u16, type u16, id length u16, flags u8, then due i64 and expiry i64 where there are such,
/// the id and the JSON in UTF-8. Never changed once it is in a partition.
/// </summary>
internal readonly struct PackedDocument(byte[] bytes)
{
    private const int StatusOffset = 8;
    private const int TypeOffset = 10;
    private const int IdLengthOffset = 12;
    private const int FlagsOffset = 14;
    private const int FixedLength = 15;
    private const byte HasDue = 1;
    private const byte HasExpiry = 2;

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

    public ReadOnlySpan<byte> Id => _bytes.AsSpan(IdOffset, IdLength);

    public ReadOnlyMemory<byte> Json => _bytes.AsMemory(IdOffset + IdLength);

    private byte Flags => _bytes[FlagsOffset];

    private int IdLength => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(IdLengthOffset));

    private int IdOffset => FixedLength + ((Flags & HasDue) != 0 ? 8 : 0) + ((Flags & HasExpiry) != 0 ? 8 : 0);

    public static PackedDocument Pack(ReadOnlySpan<byte> id, ReadOnlySpan<byte> json, in DocumentFields fields, long? expiry)
    {
        var flags = (byte)((fields.Due is null ? 0 : HasDue) | (expiry is null ? 0 : HasExpiry));
        var bytes = new byte[FixedLength + (fields.Due is null ? 0 : 8) + (expiry is null ? 0 : 8) + id.Length + json.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(StatusOffset), fields.Status);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(TypeOffset), fields.Type);
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

        id.CopyTo(rest);
        json.CopyTo(rest[id.Length..]);
        return new PackedDocument(bytes);
    }

    /// <summary>Sets the revision of a document that nobody else sees yet.</summary>
    public PackedDocument WithRevision(long revision) => new(_bytes) { Revision = revision };

    public bool IsExpired(long now) => Expiry <= now;

    public bool IsSame(PackedDocument other) => ReferenceEquals(_bytes, other._bytes);

    public StoredDocument ToStored() => new(Encoding.UTF8.GetString(Id), Json, ETag.Of(Revision));

    [SuppressMessage("Usage", "CA2231", Justification = "Never compared by value.")]
    public override bool Equals(object? obj) => obj is PackedDocument other && IsSame(other);

    public override int GetHashCode() => _bytes is null ? 0 : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(_bytes);
}

/// <summary>A revision as callers see it.</summary>
internal static class ETag
{
    public static string Of(long revision) => revision.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
}
