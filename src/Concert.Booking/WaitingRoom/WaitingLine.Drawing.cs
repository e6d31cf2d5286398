using Concert.Booking.Ports;

namespace Concert.Booking.WaitingRoom;

/// <content>Fair start: who joins before an opening gets a place by lot when it comes.</content>
public sealed partial class WaitingLine
{
    /// <summary>Before an opening, unless somebody with a clock ahead of the caller's has opened the line for it.</summary>
    private bool Rests(LineSale sale) => sale.OpensAt is { } next && !(_state.Record.Drawn?.Opening >= next.ToUnixTimeMilliseconds());

    private bool IsDrawDue(LineSale sale) => sale.OpenedAt is { } opening && !(_state.Record.Drawn?.Opening >= opening.ToUnixTimeMilliseconds());

    /// <summary>
    /// Early members of an open line: somebody let them in who did not know of the opening yet. Where no opening is known any more, their own has to be over.
    /// </summary>
    private bool HasStragglers(LineSale sale, long now) => _state.Early.Count > 0 && !Rests(sale)
        && (sale.OpenedAt is not null || _state.Early.All(m => m.Claims.Early!.OpensAt.ToUnixTimeMilliseconds() <= now));

    private void DrawIfDue(LineSale sale, long now)
    {
        if (IsDrawDue(sale))
        {
            Draw(sale.OpenedAt!.Value.ToUnixTimeMilliseconds(), now);
        }
        else if (HasStragglers(sale, now))
        {
            Draw(_state.Record.Drawn?.Opening ?? now, now);
        }
    }

    /// <summary>Gives all early members their places. Written is only that, and where; their lots are written since they joined.</summary>
    private LineDraw Draw(long opening, long now)
    {
        var draw = new LineDraw(_state.Record.NextDraw, opening, Math.Max(opening, _state.NextPlace));
        var kept = _state.Waiting.Where(m => m.Draw is not null).Select(m => m.Draw).ToHashSet();
        Change(new LineChange.Record(
            _state.Record, _state.Record with { Draws = [.. _state.Record.Draws.Where(d => kept.Contains(d.Number) || d.Opening == opening), draw] }));
        foreach (var member in _state.Waiting.Where(m => m.Draw == draw.Number))
        {
            // Until now nobody had to poll.
            member.LastSeen = Math.Max(now, member.LastSeen);
        }

        return draw;
    }

    /// <summary>A member that the line has forgotten, as it comes back.</summary>
    private LineMember Lost(TokenClaims claims, LineSale sale, bool poll, long now)
    {
        if (claims.Early is not { } early)
        {
            return _state.LostMember(claims, now);
        }

        if (Rests(sale))
        {
            return _state.DrawMember(claims, _state.Record.NextDraw, place: 0, now);
        }

        // Of the draws for the latest opening the first was the fair one.
        var opening = early.OpensAt.ToUnixTimeMilliseconds();
        var draw = _state.Record.Draws.FirstOrDefault(d => d.Opening == _state.Record.Drawn!.Opening)
            ?? (poll ? Draw(opening, now) : new LineDraw(_state.Record.NextDraw - 1, opening, opening));
        return _state.DrawMember(claims, draw.Number, draw.Place, now);
    }

    private bool IsFromBefore(TokenClaims claims) => _state.Record.Began is not { } began || claims.IssuedAt.ToUnixTimeMilliseconds() < began;
}
