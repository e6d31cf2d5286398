using System.Globalization;
using Concert.Booking.Ports;
using Concert.Booking.WaitingRoom;
using Concert.Embedded.Sqlite;

namespace Concert.Embedded.WaitingRoom;

/// <summary>The waiting lines in the database.</summary>
internal sealed class LineTable(Connection connection)
{
    private readonly Statement _line = connection.Prepare("INSERT OR REPLACE INTO waiting_lines VALUES (?1, ?2, ?3, ?4)");
    private readonly Statement _member = connection.Prepare("INSERT OR REPLACE INTO waiting_members VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    private readonly Statement _memberLeft = connection.Prepare("DELETE FROM waiting_members WHERE token = ?1");
    private readonly Statement _ended = connection.Prepare("INSERT OR REPLACE INTO waiting_ended VALUES (?1, ?2, ?3)");
    private readonly Statement _forgotten = connection.Prepare("DELETE FROM waiting_ended WHERE token = ?1");

    public void Write(string room, LineChange change)
    {
        switch (change)
        {
            case LineChange.Record(_, var record):
                var admissions = string.Join(' ', record.Admissions.Select(some => string.Create(CultureInfo.InvariantCulture, $"{some.At}:{some.Count}")));
                var draws = string.Join(' ', record.Draws.Select(draw => string.Create(CultureInfo.InvariantCulture, $"{draw.Number}:{draw.Opening}:{draw.Place}")));
                _line.Bind(1, room).Bind(2, record.Began).Bind(3, admissions).Bind(4, draws).Run();
                break;
            case LineChange.Member { After: { } member } put:
                _member.Bind(1, Key(put.TokenId)).Bind(2, room).Bind(3, member.Claims.UserId).Bind(4, member.Claims.IssuedAt.ToUnixTimeMilliseconds())
                    .Bind(5, member.Order).Bind(6, member.Sequence).Bind(7, member.ActiveUntil)
                    .Bind(8, member.Claims.Early?.OpensAt.ToUnixTimeMilliseconds()).Bind(9, member.Claims.Early?.Lot).Bind(10, member.Draw).Run();
                break;
            case LineChange.Member left:
                _memberLeft.Bind(1, Key(left.TokenId)).Run();
                break;
            case LineChange.Ended { After: { } until } ended:
                _ended.Bind(1, Key(ended.TokenId)).Bind(2, room).Bind(3, until).Run();
                break;
            case LineChange.Ended ended:
                _forgotten.Bind(1, Key(ended.TokenId)).Run();
                break;
            default:
                throw new InvalidOperationException($"Unknown change {change}.");
        }
    }

    /// <summary>Everything as changes of empty lines. Members count as just seen, for nobody could poll meanwhile.</summary>
    public IEnumerable<(string Room, LineChange Change)> Read(long now)
    {
        using var lines = new Statement(connection.Handle, "SELECT room, began, admissions, draws FROM waiting_lines");
        while (lines.Step())
        {
            LineAdmissions[] admissions = [.. lines.Text(2).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Admissions)];
            LineDraw[] draws = [.. lines.Text(3).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Draw)];
            yield return (lines.Text(0), new LineChange.Record(LineRecord.Empty, new LineRecord(lines.Int64OrNull(1), admissions, draws)));
        }

        using var members = new Statement(
            connection.Handle, "SELECT token, room, user_id, issued_at, place, sequence, active_until, opens_at, lot, draw FROM waiting_members");
        while (members.Step())
        {
            var (room, issuedAt) = (members.Text(1), DateTimeOffset.FromUnixTimeMilliseconds(members.Int64(3)));
            var early = members.Int64OrNull(7) is { } opensAt ? new EarlyEntry(DateTimeOffset.FromUnixTimeMilliseconds(opensAt), members.Int64(8)) : null;
            var claims = new TokenClaims(Guid.Parse(members.Text(0)), members.Text(2), room, issuedAt) { Early = early };
            var member = new LineMember(claims, members.Int64(4), members.Int64(5), members.Int64OrNull(6), (int?)members.Int64OrNull(9)) { LastSeen = now };
            yield return (room, new LineChange.Member(null, member));
        }

        using var ended = new Statement(connection.Handle, "SELECT token, room, until FROM waiting_ended");
        while (ended.Step())
        {
            yield return (ended.Text(1), new LineChange.Ended(Guid.Parse(ended.Text(0)), null, ended.Int64(2)));
        }
    }

    private static string Key(Guid token) => token.ToString();

    private static LineDraw Draw(string text) =>
        text.Split(':') is [var number, var opening, var place]
            ? new LineDraw(int.Parse(number, CultureInfo.InvariantCulture), long.Parse(opening, CultureInfo.InvariantCulture), long.Parse(place, CultureInfo.InvariantCulture))
            : throw new FormatException($"'{text}' is no draw.");

    private static LineAdmissions Admissions(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return new LineAdmissions(long.Parse(text.AsSpan(0, colon), CultureInfo.InvariantCulture), int.Parse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }
}
