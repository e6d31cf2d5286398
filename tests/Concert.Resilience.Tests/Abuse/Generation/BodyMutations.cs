using System.Text;
using System.Text.Json.Nodes;

namespace Concert.Resilience.Tests.Abuse.Generation;

/// <summary>Breaks a JSON body in one of the ways bodies come broken.</summary>
internal static class BodyMutations
{
    private const string Marker = "@@here@@";

    /// <summary>A body without properties can only be broken as a whole.</summary>
    public static byte[] Mutate(string json, Random random) => random.Next(Places(JsonNode.Parse(json)!).Any() ? 0 : 12, 16) switch
    {
        0 or 1 or 2 or 3 or 4 or 5 => Utf8(ReplaceValue(json, random)),
        6 => Utf8(DropProperty(json, random)),
        7 => Utf8(DuplicateProperty(json, random)),
        8 => Utf8(RenameProperty(json, random)),
        9 => Utf8(AddProperty(json, random)),
        10 => Utf8(Wrap(json, random)),
        11 => Utf8(json[..random.Next(json.Length)]),
        12 => Utf8(json + Pick(random, "{}", json, ",", "}", "\0", " x", "//", "\n\n", "]")),
        13 => FlipBytes(json, random),
        14 => Encoded(json, random),
        _ => Sized(json, random),
    };

    private static string ReplaceValue(string json, Random random)
    {
        var root = JsonNode.Parse(json)!;
        var places = Places(root).ToArray();
        var (parent, key, index) = places[random.Next(places.Length)];
        Put(parent, key, index, Marker);
        return root.ToJsonString().Replace($"\"{Marker}\"", Pick(random, Junk.Json), StringComparison.Ordinal);
    }

    private static string DropProperty(string json, Random random)
    {
        var root = JsonNode.Parse(json)!;
        var objects = Places(root).Where(p => p.Key is not null).ToArray();
        var (parent, key, _) = objects[random.Next(objects.Length)];
        parent.AsObject().Remove(key!);
        return root.ToJsonString();
    }

    private static string DuplicateProperty(string json, Random random)
    {
        var (key, value) = AnyProperty(json, random);
        var again = random.Next(3) switch
        {
            0 => key,
            1 => $"\\u{(int)key[0]:x4}{key[1..]}",
            _ => key.ToUpperInvariant(),
        };
        var other = random.Next(2) == 0 ? value : Pick(random, Junk.Json);
        return $"{{\"{again}\":{other},{json[1..]}";
    }

    private static string RenameProperty(string json, Random random)
    {
        var (key, _) = AnyProperty(json, random);
        return json.Replace($"\"{key}\":", $"\"{Pick(random, key.ToUpperInvariant(), key + " ", "", "\\u0000", "__proto__", new string('k', 2_000), "\\ud800", $"{key}[]")}\":", StringComparison.Ordinal);
    }

    private static string AddProperty(string json, Random random) =>
        $"{{\"{Pick(random, "role", "isAdmin", "status", "balance", "id", "$type", "__proto__", "\\u0000", "\\ud800", "price")}\":{Pick(random, Junk.Json)},{json[1..]}";

    private static string Wrap(string json, Random random) => random.Next(7) switch
    {
        0 => $"[{json}]",
        1 => $"{{\"data\":{json}}}",
        2 => Pick(random, Junk.Json),
        3 => $"/* c */{json}",
        4 => $"{json[..^1]},}}",
        5 => $")]}}',\n{json}",
        _ => new string('{', 3_000).Replace("{", "{\"a\":", StringComparison.Ordinal) + json + new string('}', 3_000),
    };

    private static byte[] FlipBytes(string json, Random random)
    {
        var bytes = Utf8(json);
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(bytes.Length);
            // Digits stay, so that what is accepted by luck can still be read off the request.
            bytes[at] = bytes[at] is >= (byte)'0' and <= (byte)'9' ? bytes[at] : (byte)Pick(random, 0x00, 0xff, 0xc0, 0x80, 0xed, 0xf5, 0x0a, 0x22, 0x5c, 0x7b);
        }

        return bytes;
    }

    private static byte[] Encoded(string json, Random random) => random.Next(6) switch
    {
        0 => Encoding.Unicode.GetBytes(json),
        1 => Encoding.BigEndianUnicode.GetBytes(json),
        2 => Encoding.UTF32.GetBytes(json),
        3 => [0xef, 0xbb, 0xbf, .. Utf8(json)],
        4 => [0xff, 0xfe, .. Utf8(json)],
        _ => [0x1f, 0x8b, 0x08, 0x00, .. Utf8(json)],
    };

    private static byte[] Sized(string json, Random random) => random.Next(6) switch
    {
        0 => [],
        1 => Utf8(new string(' ', random.Next(1, 100))),
        2 => Utf8(json.PadRight(64 * 1024)),
        3 => Utf8(json.PadRight((64 * 1024) + 1)),
        4 => Utf8($"{{\"x\":\"{new string('y', 65 * 1024)}\",{json[1..]}"),
        _ => Utf8(new string('[', 60_000)),
    };

    private static (string Key, string Value) AnyProperty(string json, Random random)
    {
        var properties = JsonNode.Parse(json)!.AsObject().ToArray();
        var (key, value) = properties[random.Next(properties.Length)];
        return (key, value?.ToJsonString() ?? "null");
    }

    private static IEnumerable<(JsonNode Parent, string? Key, int Index)> Places(JsonNode node) => node switch
    {
        JsonObject many => many.ToArray().SelectMany(p => Places(p.Value ?? new JsonArray()).Prepend((many, p.Key, 0))),
        JsonArray list => Enumerable.Range(0, list.Count).SelectMany(i => Places(list[i] ?? new JsonArray()).Prepend((list, (string?)null, i))),
        _ => [],
    };

    private static void Put(JsonNode parent, string? key, int index, string value)
    {
        if (key is not null)
        {
            parent[key] = value;
        }
        else
        {
            parent[index] = value;
        }
    }

    private static T Pick<T>(Random random, params T[] values) => values[random.Next(values.Length)];

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
