using Concert.Booking.Ports;
using Concert.Embedded.Sqlite;

namespace Concert.Embedded.Messaging;

/// <summary>The messages that are not done, in the database.</summary>
internal sealed class MessageTable(Connection connection, TimeSpan duplicateWindow)
{
    private readonly Statement _insert = connection.Prepare(
        "INSERT INTO messages (number, message_id, session_id, sent_at, trace_parent, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");

    private readonly Statement _delete = connection.Prepare("DELETE FROM messages WHERE number = ?1");
    private readonly Statement _return = connection.Prepare("UPDATE messages SET deliveries = ?2, not_before = ?3 WHERE number = ?1");
    private readonly Statement _die = connection.Prepare("UPDATE messages SET deliveries = ?2, dead_reason = ?3 WHERE number = ?1");
    private readonly RememberedIds _ids = new(connection, duplicateWindow);
    private long _number = connection.Number("SELECT max(number) FROM messages");

    /// <summary>Stores messages; answers the number of each, or 0 where its id is remembered.</summary>
    public long[] Add(CommandMessage[] messages, long now)
    {
        _ids.Forget(now);
        return Array.ConvertAll(messages, message => Add(message, now));
    }

    public void Complete(long number) => _delete.Bind(1, number).Run();

    public void Return(long number, int deliveries, long notBefore) => _return.Bind(1, number).Bind(2, deliveries).Bind(3, notBefore).Run();

    public void MoveToDead(long number, int deliveries, string reason) => _die.Bind(1, number).Bind(2, deliveries).Bind(3, reason).Run();

    /// <summary>Called after an addition was rolled back.</summary>
    public void RolledBack() => _ids.Reload();

    /// <summary>All of them in order.</summary>
    public IEnumerable<QueuedMessage> All()
    {
        using var all = new Statement(
            connection.Handle,
            "SELECT number, message_id, session_id, sent_at, deliveries, not_before, dead_reason, trace_parent, body FROM messages ORDER BY number");
        while (all.Step())
        {
            var message = new CommandMessage(all.Text(1), all.Text(2), all.Utf8(8).ToArray(), all.TextOrNull(7));
            yield return new QueuedMessage(all.Int64(0), message, all.Int64(3))
            {
                DeliveryCount = (int)all.Int64(4), NotBefore = all.Int64(5), DeadReason = all.TextOrNull(6), IsFromBefore = true,
            };
        }
    }

    private long Add(CommandMessage message, long now)
    {
        if (!_ids.TryAdd(message.MessageId, now))
        {
            return 0;
        }

        _insert.Bind(1, ++_number).Bind(2, message.MessageId).Bind(3, message.SessionId).Bind(4, now).Bind(6, message.Body.Span);
        _ = message.TraceParent is { } trace ? _insert.Bind(5, trace) : _insert.BindNull(5);
        _insert.Run();
        return _number;
    }
}

internal sealed class CompleteWork(MessageTable table, long number) : LazyWork
{
    public override void Run() => table.Complete(number);
}

internal sealed class ReturnWork(MessageTable table, long number, int deliveries, long notBefore) : LazyWork
{
    public override void Run() => table.Return(number, deliveries, notBefore);
}

internal sealed class BuryWork(MessageTable table, long number, int deliveries, string reason) : LazyWork
{
    public override void Run() => table.MoveToDead(number, deliveries, reason);
}

/// <summary>
/// The ids of messages sent within the duplicate window, in two tables: one takes new ids for as long as the window, the other has those of before, all of
/// which are over by then and forgotten a few at a time. So neither a start nor memory grows with them. Ids are looked up by themselves, and since
/// they begin with what they are about and when, those of one moment are neighbours.
/// </summary>
internal sealed class RememberedIds
{
    private const int ForgottenAtOnce = 64;

    private readonly Table[] _tables;
    private readonly Connection _connection;
    private readonly Statement _turn;
    private readonly long _window;
    private int _current;
    private long _since;
    private bool _hasBefore = true;

    public RememberedIds(Connection connection, TimeSpan window)
    {
        _tables = [new Table(connection, "message_ids_1"), new Table(connection, "message_ids_2")];
        _turn = connection.Prepare("UPDATE message_ids_in SET number = ?1, since = ?2");
        (_connection, _window) = (connection, (long)window.TotalMilliseconds);
        Reload();
    }

    /// <summary>Remembers an id; false when it is remembered already.</summary>
    public bool TryAdd(string messageId, long now) =>
        !(_hasBefore && _tables[1 - _current].Has(messageId, now - _window)) && _tables[_current].TryAdd(messageId, now, now - _window);

    /// <summary>Forgets some that are over, and changes the tables' roles when there are none left.</summary>
    public void Forget(long now)
    {
        if (now - _since < _window)
        {
            return;
        }

        _hasBefore = _hasBefore && _tables[1 - _current].Remove(ForgottenAtOnce) == ForgottenAtOnce;
        if (!_hasBefore)
        {
            (_current, _since, _hasBefore) = (1 - _current, now, true);
            _turn.Bind(1, _current + 1).Bind(2, now).Run();
        }
    }

    /// <summary>The transaction was taken back: what is in the tables counts.</summary>
    public void Reload()
    {
        _current = (int)_connection.Number("SELECT number FROM message_ids_in") - 1;
        _since = _connection.Number("SELECT since FROM message_ids_in");
        _hasBefore = true;
    }

    private sealed class Table(Connection connection, string name)
    {
        private readonly Statement _find = connection.Prepare($"SELECT 1 FROM {name} WHERE message_id = ?1 AND sent_at > ?2");

        private readonly Statement _add = connection.Prepare(
            $"INSERT INTO {name} VALUES (?1, ?2) ON CONFLICT DO UPDATE SET sent_at = excluded.sent_at WHERE sent_at <= ?3");

        private readonly Statement _remove = connection.Prepare(
            $"DELETE FROM {name} WHERE message_id IN (SELECT message_id FROM {name} ORDER BY message_id LIMIT ?1)");

        public bool Has(string messageId, long sentAfter)
        {
            var isThere = _find.Bind(1, messageId).Bind(2, sentAfter).Step();
            _find.Reset();
            return isThere;
        }

        public bool TryAdd(string messageId, long now, long overAt)
        {
            _add.Bind(1, messageId).Bind(2, now).Bind(3, overAt).Run();
            return connection.Changes > 0;
        }

        public int Remove(int count)
        {
            _remove.Bind(1, count).Run();
            return connection.Changes;
        }
    }
}
