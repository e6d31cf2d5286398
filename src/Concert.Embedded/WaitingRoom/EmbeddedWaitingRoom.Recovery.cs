using System.Text.Json;
using Concert.Booking.Storage;
using Concert.Embedded.Storage;

namespace Concert.Embedded.WaitingRoom;

/// <content>Rebuilds the rooms from their documents.</content>
public sealed partial class EmbeddedWaitingRoom
{
    private const int PageSize = 1000;

    internal static EmbeddedWaitingRoom Open(EmbeddedStore store, TimeProvider time)
    {
        var rooms = new EmbeddedWaitingRoom(store, time);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        ForEach(store, RoomDocuments.RoomType, (room, _, json) => RoomDocuments.ReadRoom(rooms.GetOrAdd(room), json));
        ForEach(store, RoomDocuments.MemberType, (room, id, json) =>
            rooms.GetOrAdd(room).Add(RoomDocuments.ReadMember(room, id, json, now)));
        ForEach(store, RoomDocuments.EndedType, (room, id, json) =>
        {
            var (token, until) = RoomDocuments.ReadEnded(id, json);
            rooms.GetOrAdd(room).RememberEnded(token, until);
        });
        return rooms;
    }

    private static void ForEach(EmbeddedStore store, string type, Action<string, string, JsonElement> read)
    {
        string? continuation = null;
        do
        {
            var (page, _) = store.Scan(DocumentContainer.Rooms, type, continuation, PageSize, CancellationToken.None);
            foreach (var found in page.Items)
            {
                using var json = JsonDocument.Parse(found.Document.Json);
                read(found.Partition.Key, found.Document.Id, json.RootElement);
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }
}
