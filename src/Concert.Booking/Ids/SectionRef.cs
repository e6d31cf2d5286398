using System.Buffers;
using System.Globalization;
using Concert.Booking.Ports;

namespace Concert.Booking.Ids;

/// <summary>
/// One section or inventory of a schedule: one logical partition. Ids say where they live, so that no look-up is needed:
/// concert <c>c…</c>, schedule <c>{concert}-{s}</c>, seat <c>{schedule}-{section}-{number}</c>, inventory <c>{schedule}-g{n}</c>.
/// </summary>
public readonly record struct SectionRef(string ScheduleId, string Section)
{
    public const int MaxIdLength = 64;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("-0123456789abcdefghijklmnopqrstuvwxyz");

    public bool IsInventory => Section.StartsWith('g');

    public string PartitionKey => $"{ScheduleId}:{Section}";

    public PartitionRef Partition => new(DocumentContainer.Bookings, PartitionKey);

    public string ConcertId => ScheduleId[..ScheduleId.IndexOf('-', StringComparison.Ordinal)];

    public string InventoryId => $"{ScheduleId}-{Section}";

    public string SeatId(int number) => string.Create(CultureInfo.InvariantCulture, $"{ScheduleId}-{Section}-{number}");

    /// <summary>The section whose partition this is.</summary>
    public static SectionRef OfPartition(PartitionRef partition)
    {
        var colon = partition.Key.LastIndexOf(':');
        return new SectionRef(partition.Key[..colon], partition.Key[(colon + 1)..]);
    }

    /// <summary>The concert's id that a seat, inventory, schedule, reservation or payment id carries; null when it is none of these.</summary>
    public static string? ConcertOf(string id)
    {
        var stem = id.IndexOf('.', StringComparison.Ordinal) is var dot && dot > 0 ? id[..dot] : id;
        return Split(stem) switch
        {
            [var concert, _] => concert,
            [var concert, _, var part] when IsPart(part) => concert,
            [var concert, _, var section, var seat] when IsOrdinal(section) && IsOrdinal(seat) => concert,
            _ => null,
        };
    }

    public static bool TryParseSchedule(string? id, out string concertId)
    {
        concertId = "";
        if (Split(id) is not [var concert, _])
        {
            return false;
        }

        concertId = concert;
        return true;
    }

    public static bool TryParseSeat(string? id, out SectionRef section, out int number)
    {
        (section, number) = (default, 0);
        if (Split(id) is not [var concert, var schedule, var ordinal, var seat] || !IsOrdinal(ordinal) || !IsOrdinal(seat))
        {
            return false;
        }

        section = new SectionRef($"{concert}-{schedule}", ordinal);
        return int.TryParse(seat, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    public static bool TryParseInventory(string? id, out SectionRef section)
    {
        section = default;
        if (!TryParse(id, out section) || !section.IsInventory)
        {
            section = default;
            return false;
        }

        return true;
    }

    /// <summary>Parses <c>{schedule}-{section}</c>, numbered or inventory.</summary>
    public static bool TryParse(string? id, out SectionRef section)
    {
        section = default;
        if (Split(id) is not [var concert, var schedule, var part] || !IsPart(part))
        {
            return false;
        }

        section = new SectionRef($"{concert}-{schedule}", part);
        return true;
    }

    /// <summary>The key of a section or an inventory.</summary>
    private static bool IsPart(ReadOnlySpan<char> text) => IsOrdinal(text) || (text[0] == 'g' && IsOrdinal(text[1..]));

    /// <summary>Canonical decimal only: one place must not have two ids.</summary>
    private static bool IsOrdinal(ReadOnlySpan<char> text) => text.Length is > 0 and < 10 && text[0] is >= '1' and <= '9' && !text.ContainsAnyExceptInRange('0', '9');

    private static string[]? Split(string? id)
    {
        if (id is null || id.Length is 0 or > MaxIdLength || id[0] != 'c' || id.AsSpan().ContainsAnyExcept(Allowed))
        {
            return null;
        }

        var parts = id.Split('-');
        return Array.Exists(parts, static part => part.Length == 0) ? null : parts;
    }
}
