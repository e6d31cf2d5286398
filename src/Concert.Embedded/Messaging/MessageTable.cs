using Concert.Booking.Messaging;
using Concert.Embedded.Sqlite;

namespace Concert.Embedded.Messaging;

/// <summary>
/// The messages in the database. A message that is done stays without its body as long as its id is remembered; ids are looked up by their index and
/// forgotten in order of their numbers, so that neither a start nor memory grows with them.
/// </summary>
internal sealed class MessageTable
{
    private const int ForgottenAtOnce = 16;

    private readonly Statement _known;
    private readonly Statement _insert;
    private readonly Statement _done;
    private readonly Statement _return;
    private readonly Statement _die;
    private readonly Statement _oldest;
    private readonly Statement _forget;
    private readonly Connection _connection;
    private readonly long _window;
    private long _number;
    private long _lookedAt;

    public MessageTable(Connection connection, TimeSpan duplicateWindow)
    {
        (_connection, _window) = (connection, (long)duplicateWindow.TotalMilliseconds);
        _known = connection.Prepare("SELECT 1 FROM messages WHERE message_id = ?1 AND sent_at > ?2");
        _insert = connection.Prepare(
            "INSERT INTO messages (number, message_id, session_id, sent_at, state, trace_parent, body) VALUES (?1, ?2, ?3, ?4, 'WAITING', ?5, ?6)");
        _done = connection.Prepare("UPDATE messages SET state = 'DONE', body = NULL, trace_parent = NULL WHERE number = ?1");
        _return = connection.Prepare("UPDATE messages SET deliveries = ?2, not_before = ?3 WHERE number = ?1");
        _die = connection.Prepare("UPDATE messages SET state = 'DEAD', deliveries = ?2, dead_reason = ?3 WHERE number = ?1");
        _oldest = connection.Prepare("SELECT number, state FROM messages WHERE number > ?1 AND sent_at <= ?2 ORDER BY number LIMIT ?3");
        _forget = connection.Prepare("DELETE FROM messages WHERE number = ?1");
        _number = connection.Number("SELECT max(number) FROM messages");
    }

    /// <summary>Stores a message; answers its number, or 0 when its id is remembered.</summary>
    public long Add(CommandMessage message, long now)
    {
        var isKnown = _known.Bind(1, message.MessageId).Bind(2, now - _window).Step();
        _known.Reset();
        if (isKnown)
        {
            return 0;
        }

        _insert.Bind(1, ++_number).Bind(2, message.MessageId).Bind(3, message.SessionId).Bind(4, now).Bind(6, message.Body.Span);
        _ = message.TraceParent is { } trace ? _insert.Bind(5, trace) : _insert.BindNull(5);
        _insert.Run();
        return _number;
    }

    public void Complete(long number) => _done.Bind(1, number).Run();

    public void Return(long number, int deliveries, long notBefore) => _return.Bind(1, number).Bind(2, deliveries).Bind(3, notBefore).Run();

    public void MoveToDead(long number, int deliveries, string reason) => _die.Bind(1, number).Bind(2, deliveries).Bind(3, reason).Run();

    /// <summary>Forgets ids whose window is over, a few at a time; one that is not done yet is come back to at the next start.</summary>
    public void Forget(long now)
    {
        var rows = new List<(long Number, bool IsDone)>(ForgottenAtOnce);
        _oldest.Bind(1, _lookedAt).Bind(2, now - _window).Bind(3, ForgottenAtOnce);
        while (_oldest.Step())
        {
            rows.Add((_oldest.Int64(0), _oldest.Utf8(1).SequenceEqual("DONE"u8)));
        }

        _oldest.Reset();
        foreach (var (number, isDone) in rows)
        {
            _lookedAt = number;
            if (isDone)
            {
                _forget.Bind(1, number).Run();
            }
        }
    }

    /// <summary>All that are not done, in order.</summary>
    public IEnumerable<QueuedMessage> Left()
    {
        var left = _connection.Prepare(
            "SELECT number, message_id, session_id, sent_at, deliveries, not_before, dead_reason, trace_parent, body FROM messages WHERE state <> 'DONE' ORDER BY number");
        while (left.Step())
        {
            var message = new CommandMessage(left.Text(1), left.Text(2), left.Utf8(8).ToArray(), left.TextOrNull(7));
            yield return new QueuedMessage(left.Int64(0), message, left.Int64(3))
            {
                DeliveryCount = (int)left.Int64(4), NotBefore = left.Int64(5), DeadReason = left.TextOrNull(6), IsFromBefore = true,
            };
        }

        left.Reset();
    }
}
