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
