using System.Text.Json;
using Concert.Booking.Storage;
using Concert.Booking.WaitingRoom;
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
        Restore(RoomDocuments.RoomType, (_, _, json) => new LineChange.Record(LineRecord.Empty, RoomDocuments.ReadRoom(json)));
        Restore(RoomDocuments.MemberType, (room, id, json) => new LineChange.Member(null, RoomDocuments.ReadMember(room, id, json, now)));
        Restore(RoomDocuments.EndedType, (_, id, json) => RoomDocuments.ReadEnded(id, json));
        return rooms;

        void Restore(string type, Func<string, string, JsonElement, LineChange> read) =>
            ForEach(store, type, (room, id, json) => rooms.GetOrAdd(room).Line.Apply([read(room, id, json)]));
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
