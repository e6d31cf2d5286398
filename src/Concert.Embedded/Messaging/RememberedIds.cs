using Concert.Embedded.Sqlite;

namespace Concert.Embedded.Messaging;

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
