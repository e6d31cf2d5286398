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
    private const string RoomId = "room";
    public const string MemberType = "room-member";
    public const string RoomType = "room";
    public const string EndedType = "room-ended";


    private static string MemberId(Guid id) => $"m:{id:N}";

    /// <summary>The changes as operations: the last record counts, and each member and ended token is changed once by a call.</summary>
    public static List<DocumentOperation> Write(IReadOnlyList<LineChange> changes)
    {
        var operations = new List<DocumentOperation>(changes.Count);
        operations.AddRange(changes.OfType<LineChange.Record>().TakeLast(1).Select(record => Write(record.After)));
        operations.AddRange(changes.OfType<LineChange.Member>().Select<LineChange.Member, DocumentOperation>(member => member.After is { } after ? Write(after) : Delete(member.TokenId)));
        operations.AddRange(changes.OfType<LineChange.Ended>().Select<LineChange.Ended, DocumentOperation>(ended =>
            ended.After is { } until ? WriteEnded(ended.TokenId, until) : new DocumentOperation.Delete($"e:{ended.TokenId:N}")));
        return operations;
    }

    private static DocumentOperation.Upsert Write(LineRecord room) => new(RoomId, Json(RoomId, RoomType, json =>
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

    private static DocumentOperation.Upsert Write(LineMember member) => new(
        MemberId(member.Claims.Id), Json(MemberId(member.Claims.Id), MemberType, json =>
        {
            json.WriteString("user"u8, member.Claims.UserId);
            json.WriteNumber("issuedAt"u8, member.Claims.IssuedAt.ToUnixTimeMilliseconds());
            json.WriteNumber("order"u8, member.Order);
            json.WriteNumber("sequence"u8, member.Sequence);
            if (member.ActiveUntil is { } until)
            {
                json.WriteNumber("activeUntil"u8, until);
            }
        }));

    private static DocumentOperation.Delete Delete(Guid id) => new(MemberId(id));

    private static DocumentOperation.Upsert WriteEnded(Guid id, long until) => new($"e:{id:N}", Json($"e:{id:N}", EndedType, json =>
    {
        json.WriteNumber("until"u8, until);
    }));

    public static LineRecord ReadRoom(JsonElement json)
    {
        var began = json.GetProperty("began"u8).GetInt64();
        long[] admissions = [.. json.GetProperty("admissions"u8).EnumerateArray().Select(number => number.GetInt64())];
        return new LineRecord(began == long.MaxValue ? null : began, [.. admissions.Chunk(2).Select(pair => new LineAdmissions(pair[0], (int)pair[1]))]);
    }

    /// <summary>A member as it was stored; it counts as just seen, for nobody could poll meanwhile.</summary>
    public static LineMember ReadMember(string room, string id, JsonElement json, long now)
    {
        var issuedAt = DateTimeOffset.FromUnixTimeMilliseconds(json.GetProperty("issuedAt"u8).GetInt64());
        var claims = new TokenClaims(TokenId(id), json.GetProperty("user"u8).GetString()!, room, issuedAt);
        long? activeUntil = json.TryGetProperty("activeUntil"u8, out var until) ? until.GetInt64() : null;
        return new LineMember(claims, json.GetProperty("order"u8).GetInt64(), json.GetProperty("sequence"u8).GetInt64(), activeUntil) { LastSeen = now };
    }

    public static LineChange ReadEnded(string id, JsonElement json) => new LineChange.Ended(TokenId(id), null, json.GetProperty("until"u8).GetInt64());

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
