using Concert.Booking.Storage;
using Concert.Booking.WaitingRoom;
using Concert.Embedded.Storage;

namespace Concert.Embedded.WaitingRoom;

/// <summary>
/// Waiting rooms in memory, kept in the store's container <see cref="DocumentContainer.Rooms"/>. Every change is durable before it is answered,
/// except polls: after a restart everybody counts as just seen. Nothing that could be taken back by a crash is shown.
/// </summary>
public sealed partial class EmbeddedWaitingRoom : IWaitingRoom
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Room> _rooms = new(StringComparer.Ordinal);
    private readonly EmbeddedStore _store;
    private readonly TimeProvider _time;

    private EmbeddedWaitingRoom(EmbeddedStore store, TimeProvider time) => (_store, _time) = (store, time);

    /// <inheritdoc />
    public async Task<JoinResult> JoinAsync(TokenClaims claims, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        JoinResult result;
        long shown;
        lock (_lock)
        {
            var room = GetOrAdd(claims.Room);
            result = Write(room, room.Line.Join(claims, limits, now.ToUnixTimeMilliseconds()));
            shown = room.LastChange;
        }

        await _store.WaitAsync(shown, cancellationToken);
        return result;
    }

    /// <inheritdoc />
    public async Task<MemberState> GetAsync(TokenClaims claims, bool poll, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        MemberState state;
        long shown;
        lock (_lock)
        {
            var room = poll ? GetOrAdd(claims.Room) : _rooms.GetValueOrDefault(claims.Room) ?? new Room(claims.Room);
            state = Write(room, room.Line.Get(claims, poll, now.ToUnixTimeMilliseconds()));
            shown = room.LastChange;
        }

        await _store.WaitAsync(shown, cancellationToken);
        return state;
    }

    /// <inheritdoc />
    public async Task EndAsync(TokenClaims claims, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long shown;
        lock (_lock)
        {
            var room = GetOrAdd(claims.Room);
            Write(room, room.Line.End(claims, _time.GetUtcNow().ToUnixTimeMilliseconds()));
            shown = room.LastChange;
        }

        await _store.WaitAsync(shown, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<AdmissionRound> AdmitAsync(string room, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        AdmissionRound round;
        long shown;
        lock (_lock)
        {
            if (!_rooms.TryGetValue(room, out var found))
            {
                return new AdmissionRound(0, 0, 0, 0, 0);
            }

            round = Write(found, found.Line.Admit(limits, now.ToUnixTimeMilliseconds()));
            shown = found.LastChange;
        }

        await _store.WaitAsync(shown, cancellationToken);
        return round;
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> ListRoomsAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<string>>([.. _rooms.Values.Where(room => room.Line.Count > 0).Select(room => room.Name)]);
        }
    }

    /// <inheritdoc />
    public Task CheckAsync(CancellationToken cancellationToken) => _store.CheckAsync(cancellationToken);

    private Room GetOrAdd(string name)
    {
        if (!_rooms.TryGetValue(name, out var room))
        {
            _rooms[name] = room = new Room(name);
        }

        return room;
    }

    /// <summary>Appends the changes of a step as one batch, or takes them back and throws.</summary>
    private T Write<T>(Room room, LineStep<T> step)
    {
        if (step.Changes.Count == 0)
        {
            return step.Result;
        }

        var isWritten = false;
        try
        {
            var (answer, sequence) = _store.AppendAll(new PartitionRef(DocumentContainer.Rooms, room.Name), RoomDocuments.Write(step.Changes));
            room.LastChange = answer switch
            {
                CommitResult.Committed => sequence,
                CommitResult.Throttled throttled => throw new StoreUnavailableException("The disk is behind.", throttled.RetryAfter),
                CommitResult.Unavailable unavailable => throw new StoreUnavailableException(unavailable.Detail),
                _ => throw new InvalidOperationException($"Memory and documents of the room {room.Name} disagree: {answer}"),
            };
            isWritten = true;
            return step.Result;
        }
        finally
        {
            if (!isWritten)
            {
                room.Line.Undo(step.Changes);
            }
        }
    }
}
