using System.Buffers;
using System.Buffers.Binary;

namespace Concert.Embedded.Storage;

/// <summary>
/// JSON as it is held in memory: the words that documents are full of (property names, statuses and the punctuation around them) as one byte each,
/// everything else as it was. The bytes that stand for words never occur in JSON, so unpacking gives back exactly what was packed.
/// Never written to disk: the list may change with every version.
/// </summary>
internal static class PackedJson
{
    private const int HashedBytes = 5;
    private const int Buckets = 512;

    private static readonly byte[][] Words = [.. ((string[])[
        "{\"code\":\"", "\",\"status\":\"", "\",\"userId\":\"", "\",\"seats\":[{\"n\":", ",\"p\":", "}],\"total\":", ",\"quantity\":", ",\"total\":", ",\"createdAt\":",
        ",\"history\":[{\"at\":", ",\"status\":\"PENDING\"},{\"at\":", ",\"status\":\"HELD\"}", ",\"status\":\"PAYING\"},{\"at\":", ",\"status\":\"CONFIRMED\"}",
        "],\"id\":\"", "\",\"type\":\"reservation\"", ",\"due\":", ",\"holdEndsAt\":", ",\"payment\":\"",
        "{\"number\":", ",\"status\":\"", "\",\"holder\":\"", ",\"id\":\"", "\",\"type\":\"seat\"}", "{\"userKey\":\"", "\",\"live\":", "\",\"type\":\"limit\"}",
        "{\"at\":", ",\"reservation\":\"", "\",\"id\":\"", "\",\"type\":\"request-entry\"}",
        ",\"amount\":", ",\"balanceAfter\":", ",\"reference\":\"", "\",\"type\":\"ledger\"}"]).Select(System.Text.Encoding.ASCII.GetBytes)];

    /// <summary>Control characters but those between tokens, and bytes that UTF-8 does not have.</summary>
    private static readonly byte[] Codes =
        [.. Enumerable.Range(1, 0x1F).Where(b => b is not ('\t' or '\n' or '\r')).Concat(Enumerable.Range(0xF8, 8)).Take(Words.Length).Select(b => (byte)b)];

    private static readonly SearchValues<byte> AnyCode = SearchValues.Create(Codes);
    private static readonly SearchValues<byte> AnyFirst = SearchValues.Create([.. Words.Select(word => word[0]).Distinct()]);
    private static readonly byte[]?[] WordOf = Decoding();
    private static readonly byte[][] Candidates = Hashing();

    /// <summary>Packs into the buffer, which is as long as the JSON at least; answers the length, or -1 when this JSON must stay as it is.</summary>
    public static int Pack(ReadOnlySpan<byte> json, Span<byte> into)
    {
        if (json.ContainsAny(AnyCode))
        {
            return -1;
        }

        var length = 0;
        while (!json.IsEmpty)
        {
            var plain = json.IndexOfAny(AnyFirst);
            plain = plain < 0 ? json.Length : plain;
            json[..plain].CopyTo(into[length..]);
            length += plain;
            json = json[plain..];
            if (!json.IsEmpty)
            {
                var (code, taken) = Longest(json);
                into[length++] = code;
                json = json[taken..];
            }
        }

        return length;
    }

    public static byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        var json = new byte[Length(packed)];
        var length = 0;
        while (!packed.IsEmpty)
        {
            var plain = packed.IndexOfAny(AnyCode);
            plain = plain < 0 ? packed.Length : plain;
            packed[..plain].CopyTo(json.AsSpan(length));
            length += plain;
            if (plain == packed.Length)
            {
                break;
            }

            var word = WordOf[packed[plain]]!;
            word.CopyTo(json, length);
            length += word.Length;
            packed = packed[(plain + 1)..];
        }

        return json;
    }

    private static int Length(ReadOnlySpan<byte> packed)
    {
        var length = packed.Length;
        for (var at = packed.IndexOfAny(AnyCode); at >= 0; at = packed.IndexOfAny(AnyCode))
        {
            length += WordOf[packed[at]]!.Length - 1;
            packed = packed[(at + 1)..];
        }

        return length;
    }

    /// <summary>The code of the longest word that stands here, or the byte itself.</summary>
    private static (byte Code, int Taken) Longest(ReadOnlySpan<byte> json)
    {
        if (json.Length >= HashedBytes)
        {
            foreach (var code in Candidates[Bucket(json)])
            {
                if (json.StartsWith(WordOf[code]))
                {
                    return (code, WordOf[code]!.Length);
                }
            }
        }

        return (json[0], 1);
    }

    private static uint Bucket(ReadOnlySpan<byte> word) =>
        ((BinaryPrimitives.ReadUInt32LittleEndian(word) ^ ((uint)word[4] << 13)) * 2654435761u) >> 23;

    private static byte[]?[] Decoding()
    {
        var words = new byte[]?[256];
        for (var i = 0; i < Words.Length; i++)
        {
            words[Codes[i]] = Words[i];
        }

        return words;
    }

    private static byte[][] Hashing()
    {
        var candidates = Enumerable.Repeat<byte[]>([], Buckets).ToArray();
        foreach (var bucket in Codes.GroupBy(code => Bucket(WordOf[code])))
        {
            candidates[bucket.Key] = [.. bucket.OrderByDescending(code => WordOf[code]!.Length)];
        }

        return candidates;
    }
}
