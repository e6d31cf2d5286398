using System.Collections.Concurrent;
using System.Text.Json;

namespace Concert.Embedded.Storage;

/// <summary>Numbers for the few names that occur as <c>type</c> and <c>status</c>; number 0 is "none".</summary>
internal sealed class NameTable
{
    private const int MaxNameLength = 100;

    private readonly ConcurrentDictionary<string, ushort> _numbers = new(StringComparer.Ordinal);
    private readonly Lock _adding = new();

    /// <summary>The number of the string the reader stands on; 0 for any other value.</summary>
    public ushort Number(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return 0;
        }

        if (reader.ValueSpan.Length > MaxNameLength)
        {
            throw new FormatException($"type and status have at most {MaxNameLength} bytes.");
        }

        Span<char> characters = stackalloc char[MaxNameLength];
        var name = characters[..reader.CopyString(characters)];
        return _numbers.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var number) ? number : Add(name.ToString());
    }

    /// <summary>The number of a name that has occurred; false when no document can have it.</summary>
    public bool TryFind(string name, out ushort number) => _numbers.TryGetValue(name, out number);

    private ushort Add(string name)
    {
        lock (_adding)
        {
            return _numbers.GetOrAdd(name, (_, count) => checked((ushort)(count + 1)), _numbers.Count);
        }
    }
}
