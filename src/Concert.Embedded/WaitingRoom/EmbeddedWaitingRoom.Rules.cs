using Concert.Booking.Storage;
using Concert.Booking.WaitingRoom;

namespace Concert.Embedded.WaitingRoom;

/// <content>What each call does to its room, under the lock. First the documents, then the memory. Times are Unix milliseconds.</content>
public sealed partial class EmbeddedWaitingRoom
{
    /// <summary>A joining token is issued by the call that joins, so a beginning moves back by no more than clocks differ.</summary>
    private const long MaxClockDifference = 10_000;

    private JoinResult Join(Room room, TokenClaims claims, RoomLimits limits, long now)
    {
        EndExpired(room, now);
        if (room.Find(claims.Id) is { } known)
        {
            return new JoinResult.Joined(known.Claims, StateOf(room, known));
        }

        if (room.FindUser(claims.UserId) is { } holder)
        {
            return new JoinResult.AlreadyQueued(holder.Claims);
        }

        var member = room.NewMember(claims, byIssueTime: false);
        member.LastSeen = now;
        if (room.Waiting.Count == 0 && room.Vacancies(limits, now, room.ActiveCount) > 0)
        {
            member.ActiveUntil = now + (long)limits.ActiveFor.TotalMilliseconds;
        }

        Enter(room, member, now, Math.Max(claims.IssuedAt.ToUnixTimeMilliseconds(), now - MaxClockDifference));
        return new JoinResult.Joined(claims, StateOf(room, member));
    }

    private MemberState Get(Room room, TokenClaims claims, bool poll, long now)
    {
        if (room.Find(claims.Id) is { } member)
        {
            member.LastSeen = poll ? now : member.LastSeen;
            return member.ActiveUntil <= now ? new MemberState(MemberStatus.Ended) : StateOf(room, member);
        }

        if (!room.IsFromBefore(claims.IssuedAt.ToUnixTimeMilliseconds()) || room.HasEnded(claims.Id) || room.FindUser(claims.UserId) is not null)
        {
            return new MemberState(MemberStatus.Ended);
        }

        var lost = room.NewMember(claims, byIssueTime: true);
        if (poll)
        {
            lost.LastSeen = now;
            Enter(room, lost, now, now);
        }

        return StateOf(room, lost);
    }

    private void End(Room room, TokenClaims claims, long now)
    {
        if (room.Find(claims.Id) is { } member)
        {
            Remove(room, [member], now);
        }
        else if (room.IsFromBefore(claims.IssuedAt.ToUnixTimeMilliseconds()) && !room.HasEnded(claims.Id))
        {
            var until = now + (long)RoomDocuments.KeepEnded.TotalMilliseconds;
            Append(room, [RoomDocuments.WriteEnded(claims.Id, until)]);
            room.RememberEnded(claims.Id, until);
        }
    }

    private AdmissionRound Admit(Room room, RoomLimits limits, long now)
    {
        room.BeginRound(limits, now);
        room.ForgetEnded(now);
        var expired = EndExpired(room, now);
        var silentSince = now - (long)limits.SilenceLimit.TotalMilliseconds;
        Member[] silent = [.. room.Waiting.Where(member => member.LastSeen < silentSince)];
        Remove(room, silent, now);
        var admitted = room.Waiting.Take(room.Vacancies(limits, now, room.ActiveCount)).ToArray();
        foreach (var batch in admitted.Chunk(DocumentOperation.MaxPerBatch - 1))
        {
            Activate(room, batch, now, now + (long)limits.ActiveFor.TotalMilliseconds);
        }

        return new AdmissionRound(admitted.Length, silent.Length, expired, room.ActiveCount, room.Waiting.Count);
    }

    private static MemberState StateOf(Room room, Member member) => member.ActiveUntil is { } until
        ? new MemberState(MemberStatus.Active, null, DateTimeOffset.FromUnixTimeMilliseconds(until))
        : new MemberState(MemberStatus.Waiting, room.PositionOf(member));

    private int EndExpired(Room room, long now)
    {
        Member[] expired = [.. room.Active.TakeWhile(member => member.ActiveUntil <= now)];
        Remove(room, expired, now);
        return expired.Length;
    }

    /// <summary>Writes a new member, and the room's own document when the beginning or the admissions change with it.</summary>
    private void Enter(Room room, Member member, long now, long began)
    {
        var changes = new List<DocumentOperation> { RoomDocuments.Write(member, member.ActiveUntil) };
        var (oldBegan, isActive) = (room.Began, member.ActiveUntil is not null);
        room.Began = Math.Min(oldBegan ?? long.MaxValue, began);
        AppendWithRoom(room, changes, admitted: isActive ? 1 : 0, now, writeRoom: isActive || room.Began != oldBegan, () => room.Began = oldBegan);
        room.Add(member);
    }

    private void Activate(Room room, Member[] members, long now, long until)
    {
        var changes = members.Select(member => RoomDocuments.Write(member, until)).ToList();
        AppendWithRoom(room, changes, members.Length, now, writeRoom: true, () => { });
        foreach (var member in members)
        {
            room.Activate(member, until);
        }
    }

    private void Remove(Room room, IReadOnlyList<Member> members, long now)
    {
        foreach (var batch in members.Chunk(DocumentOperation.MaxPerBatch / 2))
        {
            var until = now + (long)RoomDocuments.KeepEnded.TotalMilliseconds;
            var fromBefore = batch.Where(member => room.IsFromBefore(member.Claims.IssuedAt.ToUnixTimeMilliseconds())).ToArray();
            Append(room, [.. batch.Select(RoomDocuments.Delete), .. fromBefore.Select(member => RoomDocuments.WriteEnded(member.Claims.Id, until))]);
            foreach (var member in batch)
            {
                room.Remove(member);
            }

            foreach (var member in fromBefore)
            {
                room.RememberEnded(member.Claims.Id, until);
            }
        }
    }

    /// <summary>Appends with the room's document as it will be; takes the room back to what it was when that fails.</summary>
    private void AppendWithRoom(Room room, List<DocumentOperation> changes, int admitted, long now, bool writeRoom, Action undo)
    {
        var isDone = false;
        try
        {
            room.Record(now, admitted);
            if (writeRoom)
            {
                changes.Add(RoomDocuments.Write(room));
            }

            Append(room, changes);
            isDone = true;
        }
        finally
        {
            if (!isDone)
            {
                room.Record(now, -admitted);
                undo();
            }
        }
    }
}
