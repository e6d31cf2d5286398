using Concert.Booking.Ports;

namespace Concert.Embedded.Sqlite;

/// <summary>
/// The tables. A container is a table of documents; times are Unix milliseconds. What a person wants to look at is a view
/// (<c>reservations</c>, <c>seats</c>, <c>wallet</c>, <c>ledger</c>, <c>payments</c>, <c>waiting</c>, <c>dead_letters</c>) with readable times.
/// </summary>
internal static class Schema
{
    /// <summary>"CNCT": tells our databases from others'.</summary>
    public const int ApplicationId = 0x434E4354;

    public const int Version = 2;

    /// <summary>Members of one draw stand where it put them; who has a number that the line's latest draw has not reached is EARLY.</summary>
    private const string WaitingView = """
        CREATE VIEW waiting AS WITH draws AS (SELECT l.room, substr(d.value, 1, instr(d.value, ':') - 1) + 0 AS number,
            substr(d.value, length(rtrim(d.value, '0123456789')) + 1) + 0 AS place
            FROM waiting_lines AS l, json_each('["' || replace(l.draws, ' ', '","') || '"]') AS d WHERE l.draws <> ''),
          members AS (SELECT m.*, CASE WHEN m.active_until IS NOT NULL THEN 'ACTIVE' WHEN m.draw IS NOT NULL AND
            m.draw > coalesce((SELECT max(number) FROM draws WHERE draws.room = m.room), 0) THEN 'EARLY' ELSE 'WAITING' END AS status,
            coalesce((SELECT draws.place FROM draws WHERE draws.room = m.room AND draws.number = m.draw), m.place) AS stands FROM waiting_members AS m)
          SELECT room, user_id, status,
            CASE status WHEN 'WAITING' THEN row_number() OVER (PARTITION BY room, status ORDER BY stands, CASE WHEN draw IS NULL THEN -1 ELSE lot END, sequence)
            END AS position, datetime(active_until / 1000.0, 'unixepoch') AS active_until FROM members;
        """;

    public static string Create { get; } = string.Join('\n',
    [
        .. new[] { DocumentContainer.Catalog, DocumentContainer.Bookings, DocumentContainer.Wallets }.Select(container => Documents(TableOf(container))),
        """
        CREATE TABLE messages (number INTEGER PRIMARY KEY, message_id TEXT NOT NULL, session_id TEXT NOT NULL, sent_at INTEGER NOT NULL,
          deliveries INTEGER NOT NULL DEFAULT 0, not_before INTEGER NOT NULL DEFAULT 0, dead_reason TEXT, trace_parent TEXT, body TEXT NOT NULL);
        CREATE TABLE message_ids_1 (message_id TEXT PRIMARY KEY, sent_at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE message_ids_2 (message_id TEXT PRIMARY KEY, sent_at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE message_ids_in (number INTEGER NOT NULL, since INTEGER NOT NULL);
        INSERT INTO message_ids_in VALUES (1, 0);
        CREATE TABLE waiting_lines (room TEXT PRIMARY KEY, began INTEGER, admissions TEXT NOT NULL, draws TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
        CREATE TABLE waiting_members (token TEXT PRIMARY KEY, room TEXT NOT NULL, user_id TEXT NOT NULL, issued_at INTEGER NOT NULL, place INTEGER NOT NULL,
          sequence INTEGER NOT NULL, active_until INTEGER, opens_at INTEGER, lot INTEGER, draw INTEGER) WITHOUT ROWID;
        CREATE TABLE waiting_ended (token TEXT PRIMARY KEY, room TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE opened (times INTEGER NOT NULL);
        INSERT INTO opened VALUES (0);

        CREATE VIEW reservations AS SELECT partition AS section, body ->> 'code' AS code, status, body ->> 'userId' AS user_id, body ->> 'total' AS total,
          body -> 'seats' AS seats, body ->> 'quantity' AS quantity, body ->> 'reason' AS reason,
          datetime((body ->> 'createdAt') / 1000.0, 'unixepoch') AS created_at, datetime((body ->> 'holdEndsAt') / 1000.0, 'unixepoch') AS hold_ends_at,
          body ->> 'payment' AS payment FROM bookings WHERE type = 'reservation';
        CREATE VIEW seats AS SELECT partition AS section, body ->> 'number' AS number, status, body ->> 'holder' AS reservation_code,
          datetime((body ->> 'holdEndsAt') / 1000.0, 'unixepoch') AS hold_ends_at FROM bookings WHERE type = 'seat';
        CREATE VIEW wallet AS SELECT partition AS user_id, body ->> 'balance' AS balance FROM wallets WHERE type = 'wallet';
        CREATE VIEW ledger AS SELECT partition AS user_id, body ->> 'number' AS number, body ->> 'kind' AS kind, body ->> 'amount' AS amount, body ->> 'balanceAfter' AS balance_after,
          body ->> 'reference' AS reference, datetime((body ->> 'at') / 1000.0, 'unixepoch') AS at FROM wallets WHERE type = 'ledger';
        CREATE VIEW payments AS SELECT partition AS user_id, body ->> 'code' AS code, status, body ->> 'reservationId' AS reservation_id,
          body ->> 'amount' AS amount, body ->> 'refund' AS refund, body ->> 'reason' AS reason,
          datetime((body ->> 'decidedAt') / 1000.0, 'unixepoch') AS decided_at FROM wallets WHERE type = 'payment';
        CREATE VIEW dead_letters AS SELECT message_id, session_id, dead_reason AS reason, deliveries, datetime(sent_at / 1000.0, 'unixepoch') AS sent_at, body
          FROM messages WHERE dead_reason IS NOT NULL;
        """,
        WaitingView,
        $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version};",
    ]);

    public static string TableOf(DocumentContainer container) => container switch
    {
        DocumentContainer.Catalog => "catalog",
        DocumentContainer.Bookings => "bookings",
        DocumentContainer.Wallets => "wallets",
        _ => throw new ArgumentOutOfRangeException(nameof(container), container, "Unknown container."),
    };

    /// <summary>With a row number: a table clustered by text keys writes twice the bytes. The two partial indexes hold only what a timer looks for.</summary>
    private static string Documents(string table) => $"""
        CREATE TABLE {table} (number INTEGER PRIMARY KEY, partition TEXT NOT NULL, id TEXT NOT NULL, type TEXT, status TEXT, due INTEGER, expires INTEGER,
          version INTEGER NOT NULL, checksum INTEGER NOT NULL, body TEXT NOT NULL, UNIQUE (partition, id));
        CREATE INDEX {table}_due ON {table} (status, due) WHERE due IS NOT NULL;
        CREATE INDEX {table}_expires ON {table} (expires) WHERE expires IS NOT NULL;
        """;
}
