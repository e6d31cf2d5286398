using Concert.Booking.Ports;
using Concert.Booking.WaitingRoom;
using Concert.Embedded.Sqlite;

namespace Concert.Embedded.WaitingRoom;

/// <summary>
/// Waiting rooms: <see cref="WaitingLine"/> in memory, every change in the database before it is answered, except polls: after a restart everybody counts
/// as just seen. While a room's changes are on their way to the disk, looks at it wait for them: nothing that a crash could take back is shown.
/// </summary>
public sealed class EmbeddedWaitingRoom : IWaitingRoom
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Room> _rooms = new(StringComparer.Ordinal);
    private readonly LineTable _table;
    private readonly Writer _writer;
    private readonly TimeProvider _time;

    internal EmbeddedWaitingRoom(Database database, TimeProvider time)
    {
        (_writer, _time, _table) = (database.Writer, time, new LineTable(database.Connection));
        foreach (var (room, change) in _table.Read(time.GetUtcNow().ToUnixTimeMilliseconds()))
        {
            GetOrAdd(room).Line.Apply([change]);
        }
    }

    /// <inheritdoc />
    public Task<JoinResult> JoinAsync(TokenClaims claims, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(claims.Room, line => line.Join(claims, limits, now.ToUnixTimeMilliseconds()), cancellationToken);

    /// <inheritdoc />
    public async Task<MemberState> GetAsync(TokenClaims claims, bool poll, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            Task written;
            lock (_lock)
            {
                var room = _rooms.GetValueOrDefault(claims.Room) ?? new Room();
                if (room.Writing is { } writing)
                {
                    written = writing.Task;
                }
                else if (poll && room.Line.IsChangedByPoll(claims, limits, now.ToUnixTimeMilliseconds()))
                {
                    break;
                }
                else
                {
                    return room.Line.Get(claims, poll, limits, now.ToUnixTimeMilliseconds()).Result;
                }
            }

            await written.WaitAsync(cancellationToken);
        }

        // It may come back into the line, or make the draw, which is written.
        return await WriteAsync(claims.Room, line => line.Get(claims, poll, limits, now.ToUnixTimeMilliseconds()), cancellationToken);
    }

    /// <inheritdoc />
    public Task EndAsync(TokenClaims claims, CancellationToken cancellationToken) =>
        WriteAsync(claims.Room, line => line.End(claims, _time.GetUtcNow().ToUnixTimeMilliseconds()), cancellationToken);

    /// <inheritdoc />
    public async Task<AdmissionRound> AdmitAsync(string room, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (!_rooms.ContainsKey(room))
            {
                return new AdmissionRound(0, 0, 0, 0, 0);
            }
        }

        return await WriteAsync(room, line => line.Admit(limits, now.ToUnixTimeMilliseconds()), cancellationToken);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> ListRoomsAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<string>>([.. _rooms.Where(room => room.Value.Line.Count > 0).Select(room => room.Key)]);
        }
    }

    /// <inheritdoc />
    public Task CheckAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _writer.Unusable is { } fault ? Task.FromException(fault) : Task.CompletedTask;
    }

    private async Task<T> WriteAsync<T>(string room, Func<WaitingLine, LineStep<T>> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var outcome = await _writer.WriteAsync(new Call<T>(this, room, call));
        return outcome.Fault is { } fault ? throw new StoreUnavailableException(fault.Detail) : outcome.Value;
    }

    private Room GetOrAdd(string name)
    {
        if (!_rooms.TryGetValue(name, out var room))
        {
            _rooms[name] = room = new Room();
        }

        return room;
    }

    /// <summary>A line, and what looks at it wait for while changes of it are not on disk.</summary>
    private sealed class Room
    {
        public WaitingLine Line { get; } = new();

        /// <summary>Calls whose changes are not on disk.</summary>
        public int Pending { get; set; }

        public TaskCompletionSource? Writing { get; set; }
    }

    /// <summary>A call within a transaction. A transaction that fails undoes its calls, the newest first.</summary>
    private sealed class Call<T>(EmbeddedWaitingRoom rooms, string name, Func<WaitingLine, LineStep<T>> call) : Request<T>
    {
        private Room _room = null!;
        private LineStep<T>? _step;

        protected override T Make()
        {
            lock (rooms._lock)
            {
                _room = rooms.GetOrAdd(name);
                _step = call(_room.Line);
                if (_step.Changes.Count > 0)
                {
                    _room.Pending++;
                    _room.Writing ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }

            foreach (var change in _step.Changes)
            {
                rooms._table.Write(name, change);
            }

            return _step.Result;
        }

        public override void RolledBack()
        {
            lock (rooms._lock)
            {
                _room.Line.Undo(_step!.Changes);
                End();
            }
        }

        public override void Done()
        {
            lock (rooms._lock)
            {
                End();
            }
        }

        private void End()
        {
            if (_step!.Changes.Count > 0 && --_room.Pending == 0)
            {
                _room.Writing!.TrySetResult();
                _room.Writing = null;
            }
        }
    }
}
