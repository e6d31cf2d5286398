using Concert.Booking.Ids;
using StackExchange.Redis;

namespace Concert.Azure.Redis;

/// <summary>
/// Names of the keys. Those of one call share a hash tag, so that a script runs on a cluster. (Ids have no braces; a name with one would end its tag
/// early, for all keys of the call alike, and so do no harm.)
/// </summary>
internal static class RedisKeys
{
    public const string Rooms = "{rooms}:listed";

    public const string RoomsCheck = "{rooms}:check";

    /// <summary>In the order of <c>room.lua</c>.</summary>
    private static readonly string[] RoomParts = ["waiting", "seen", "active", "admitted", "members", "users", "ended-at", "state", "early", "early-quiet", "drawn", "quiet"];

    public static RedisKey[] Room(string room)
    {
        var tag = Tag("room:" + room);
        return Array.ConvertAll(RoomParts, part => (RedisKey)$"{tag}:{part}");
    }

    public static RedisKey[] Gate(string partition, IReadOnlyList<string> seatIds)
    {
        var tag = Tag(partition);
        return [.. seatIds.Select(seat => (RedisKey)$"{tag}:gate:{seat}")];
    }

    public static string MapVersions(string scheduleId) => $"{Tag("map:" + scheduleId)}:versions";

    public static string MapEntry(SectionRef section) => $"{Tag("map:" + section.ScheduleId)}:entry:{section.Section}";

    public static string MapBuild(SectionRef section, string version) => $"{Tag("map:" + section.ScheduleId)}:build:{section.Section}:{version}";

    private static string Tag(string name) => $"{{{name}}}";
}
