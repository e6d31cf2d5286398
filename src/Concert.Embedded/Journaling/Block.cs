using System.Buffers.Binary;
using System.Numerics;

namespace Concert.Embedded.Journaling;

/// <summary>
/// The unit of writing and of trust, in segments and snapshots alike: magic u32, payload length u32, first sequence u64, records u32, CRC-32C u32
/// (over all of the block but itself), then the records, each a length (varint) and its bytes.
/// </summary>
internal readonly record struct Block(long FirstSequence, int Records, int PayloadLength)
{
    public const int HeaderLength = 24;

    /// <summary>No group of appends grows beyond this, so a longer length is damage.</summary>
    public const int MaxPayload = 96 << 20;

    /// <summary>Holds bytes that never occur in UTF-8, so that no document can contain it.</summary>
    private const uint Magic = 0xFF4A_43F5;

    private const int CrcOffset = 20;

    public static ReadOnlySpan<byte> MagicBytes => [0xF5, 0x43, 0x4A, 0xFF];

    public long LastSequence => FirstSequence + Records - 1;

    public int Length => HeaderLength + PayloadLength;

    /// <summary>Fills in the header of a block whose payload already stands behind it.</summary>
    public static void Seal(Span<byte> block, long firstSequence, int records)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], block.Length - HeaderLength);
        BinaryPrimitives.WriteInt64LittleEndian(block[8..], firstSequence);
        BinaryPrimitives.WriteInt32LittleEndian(block[16..], records);
        BinaryPrimitives.WriteUInt32LittleEndian(block[CrcOffset..], Checksum(block));
    }

    /// <summary>Reads a header; false when it cannot be one.</summary>
    public static bool TryParse(ReadOnlySpan<byte> header, out Block block)
    {
        block = default;
        if (header.Length < HeaderLength || BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic)
        {
            return false;
        }

        block = new Block(
            BinaryPrimitives.ReadInt64LittleEndian(header[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[4..]));
        return block is { PayloadLength: > 0 and <= MaxPayload, Records: > 0, FirstSequence: > 0 };
    }

    public static bool IsIntact(ReadOnlySpan<byte> block) =>
        BinaryPrimitives.ReadUInt32LittleEndian(block[CrcOffset..]) == Checksum(block);

    private static uint Checksum(ReadOnlySpan<byte> block)
    {
        var crc = Crc32C(uint.MaxValue, block[..CrcOffset]);
        return ~Crc32C(crc, block[HeaderLength..]);
    }

    private static uint Crc32C(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}
