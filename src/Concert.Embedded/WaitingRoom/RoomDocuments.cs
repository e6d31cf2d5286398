using System.Buffers;
using System.Text.Json;
using Concert.Booking.Storage;
using Concert.Booking.WaitingRoom;

namespace Concert.Embedded.WaitingRoom;

/// <summary>
/// Rooms as documents of <see cref="DocumentContainer.Rooms"/>: <c>room</c> itself, <c>m:{token}</c> a member, <c>e:{token}</c> an ended token of
/// before the beginning.
/// </summary>
internal static class RoomDocuments
{
    public const string RoomId = "room";
    public const string MemberType = "room-member";
    public const string RoomType = "room";
    public const string EndedType = "room-ended";

    /// <summary>Longer than any token is good for.</summary>
    public static readonly TimeSpan KeepEnded = TimeSpan.FromHours(25);

    public static string MemberId(Guid id) => $"m:{id:N}";

    public static DocumentOperation Write(Room room) => new DocumentOperation.Upsert(RoomId, Json(RoomId, RoomType, json =>
    {
        json.WriteNumber("began"u8, room.Began ?? long.MaxValue);
        json.WriteStartArray("admissions"u8);
        foreach (var (at, count) in room.Admissions)
        {
            json.WriteNumberValue(at);
            json.WriteNumberValue(count);
        }

        json.WriteEndArray();
    }));

    public static DocumentOperation Write(Member member, long? activeUntil) => new DocumentOperation.Upsert(
        MemberId(member.Claims.Id), Json(MemberId(member.Claims.Id), MemberType, json =>
        {
            json.WriteString("user"u8, member.Claims.UserId);
            json.WriteNumber("issuedAt"u8, member.Claims.IssuedAt.ToUnixTimeMilliseconds());
            json.WriteNumber("order"u8, member.Order);
            json.WriteNumber("sequence"u8, member.Sequence);
            if (activeUntil is { } until)
            {
                json.WriteNumber("activeUntil"u8, until);
            }
        }));

    public static DocumentOperation Delete(Member member) => new DocumentOperation.Delete(MemberId(member.Claims.Id));

    public static DocumentOperation WriteEnded(Guid id, long until) => new DocumentOperation.Upsert($"e:{id:N}", Json($"e:{id:N}", EndedType, json =>
    {
        json.WriteNumber("until"u8, until);
        json.WriteNumber("ttl"u8, (int)KeepEnded.TotalSeconds);
    }));

    public static void ReadRoom(Room room, JsonElement json)
    {
        var began = json.GetProperty("began"u8).GetInt64();
        room.Began = began == long.MaxValue ? null : began;
        long[] admissions = [.. json.GetProperty("admissions"u8).EnumerateArray().Select(number => number.GetInt64())];
        foreach (var pair in admissions.Chunk(2))
        {
            room.Record(pair[0], (int)pair[1]);
        }
    }

    /// <summary>A member as it was stored; it counts as just seen, for nobody could poll meanwhile.</summary>
    public static Member ReadMember(string room, string id, JsonElement json, long now)
    {
        var issuedAt = DateTimeOffset.FromUnixTimeMilliseconds(json.GetProperty("issuedAt"u8).GetInt64());
        var claims = new TokenClaims(TokenId(id), json.GetProperty("user"u8).GetString()!, room, issuedAt);
        return new Member(claims, json.GetProperty("order"u8).GetInt64(), json.GetProperty("sequence"u8).GetInt64())
        {
            LastSeen = now,
            ActiveUntil = json.TryGetProperty("activeUntil"u8, out var until) ? until.GetInt64() : null,
        };
    }

    public static (Guid Id, long Until) ReadEnded(string id, JsonElement json) => (TokenId(id), json.GetProperty("until"u8).GetInt64());

    private static Guid TokenId(string id) => Guid.ParseExact(id.AsSpan(2), "N");

    private static ReadOnlyMemory<byte> Json(string id, string type, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, type);
        write(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
