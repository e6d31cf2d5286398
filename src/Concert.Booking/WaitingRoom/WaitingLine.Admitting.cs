using Concert.Booking.Ports;

namespace Concert.Booking.WaitingRoom;

/// <content>The rounds that admit as both limits allow, and what ends in them.</content>
public sealed partial class WaitingLine
{
    /// <summary>See <see cref="IWaitingRoom.AdmitAsync"/>.</summary>
    public LineStep<AdmissionRound> Admit(RoomLimits limits, long now)
    {
        DrawIfDue(limits.Sale, now);
        BeginRound(limits, now);
        foreach (var (id, until) in _state.Ended.TakeWhile(ended => ended.Until <= now).Take(ForgottenPerRound).ToArray())
        {
            Change(new LineChange.Ended(id, until, null));
        }

        var expired = EndExpired(now);
        var silentSince = now - (long)limits.SilenceLimit.TotalMilliseconds;
        LineMember[] silent = [.. _state.LongestSilent.TakeWhile(member => member.LastSeen < silentSince)];
        foreach (var member in silent)
        {
            Remove(member, now);
        }

        LineMember[] admitted = [.. _state.Waiting.Take(Rests(limits.Sale) ? 0 : Vacancies(limits, now))];
        foreach (var member in admitted)
        {
            Change(new LineChange.Member(member, member.ActiveTo(now + (long)limits.ActiveFor.TotalMilliseconds)));
        }

        CountAdmitted(admitted.Length, limits, now);
        return Step(new AdmissionRound(admitted.Length, silent.Length, expired, _state.Active.Count, _state.Waiting.Count) { Early = _state.Early.Count });
    }

    private int Vacancies(RoomLimits limits, long now) =>
        Math.Max(0, Math.Min(limits.MaxActive - _state.Active.Count, limits.AdmitPerInterval - Recent(limits, now).Sum(admission => admission.Count)));

    private IEnumerable<LineAdmissions> Recent(RoomLimits limits, long now) =>
        _state.Record.Admissions.Where(admission => admission.At > now - (long)limits.AdmitInterval.TotalMilliseconds);

    private int EndExpired(long now)
    {
        LineMember[] expired = [.. _state.Active.TakeWhile(member => member.ActiveUntil <= now)];
        foreach (var member in expired)
        {
            Remove(member, now);
        }

        return expired.Length;
    }

    /// <summary>
    /// Members that could not poll are not silent: rounds come about every second, so a long gap between two means that nobody could be served, and it does not
    /// count as anybody's silence.
    /// </summary>
    private void BeginRound(RoomLimits limits, long now)
    {
        var gap = now - (_lastRound ?? now);
        _lastRound = now;
        if (gap > Math.Max(ShortestOutage, (long)limits.SilenceLimit.TotalMilliseconds / 2))
        {
            foreach (var member in _state.LongestSilent)
            {
                member.LastSeen = Math.Min(now, member.LastSeen + gap);
            }
        }
    }

    private void Began(long at)
    {
        if (_state.Record.Began is not { } began || at < began)
        {
            Change(new LineChange.Record(_state.Record, _state.Record with { Began = at }));
        }
    }

    private void CountAdmitted(int count, RoomLimits limits, long now)
    {
        if (count > 0)
        {
            var recent = Recent(limits, now).ToLookup(admission => admission.At == now);
            var total = new LineAdmissions(now, count + recent[true].Sum(admission => admission.Count));
            Change(new LineChange.Record(_state.Record, _state.Record with { Admissions = [.. recent[false], total] }));
        }
    }
}
