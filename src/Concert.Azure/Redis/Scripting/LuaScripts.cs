namespace Concert.Azure.Redis.Scripting;

/// <summary>Every script of this library.</summary>
internal static class LuaScripts
{
    public static RedisScript RoomJoin { get; } = RedisScript.Load("room-join", prelude: "room");

    public static RedisScript RoomGet { get; } = RedisScript.Load("room-get", prelude: "room");

    public static RedisScript RoomEnd { get; } = RedisScript.Load("room-end", prelude: "room");

    public static RedisScript RoomAdmit { get; } = RedisScript.Load("room-admit", prelude: "room");

    public static RedisScript RoomsAdd { get; } = RedisScript.Load("rooms-add");

    public static RedisScript RoomsRemove { get; } = RedisScript.Load("rooms-remove");

    public static RedisScript RoomsList { get; } = RedisScript.Load("rooms-list");

    public static RedisScript RoomsCheck { get; } = RedisScript.Load("rooms-check");

    public static RedisScript GateEnter { get; } = RedisScript.Load("gate-enter");

    public static RedisScript GateRelease { get; } = RedisScript.Load("gate-release");

    public static RedisScript MapVersions { get; } = RedisScript.Load("map-versions");

    public static RedisScript MapTell { get; } = RedisScript.Load("map-tell");

    public static RedisScript MapGet { get; } = RedisScript.Load("map-get");

    public static RedisScript MapPut { get; } = RedisScript.Load("map-put");

    public static RedisScript MapUnlock { get; } = RedisScript.Load("map-unlock");

    public static IReadOnlyList<RedisScript> All { get; } =
    [
        RoomJoin, RoomGet, RoomEnd, RoomAdmit, RoomsAdd, RoomsRemove, RoomsList, RoomsCheck, GateEnter, GateRelease,
        MapVersions, MapTell, MapGet, MapPut, MapUnlock,
    ];
}
