using Concert.Booking.Storage;
using Concert.Booking.WaitingRoom;

namespace Concert.Booking.Tests.Support;

/// <summary>A waiting room whose members stand where the test puts them.</summary>
internal sealed class FakeRoom : IWaitingRoom
{
    public Dictionary<Guid, MemberState> Members { get; } = [];

    public Dictionary<string, AdmissionRound> Rounds { get; } = new(StringComparer.Ordinal);

    public List<TokenClaims> Ended { get; } = [];

    public List<(TokenClaims Claims, bool Poll)> Asked { get; } = [];

    public JoinResult? Joins { get; set; }

    /// <summary>How often somebody joined.</summary>
    public int Joined { get; private set; }

    /// <summary>The token with which every user is in until it has ended.</summary>
    public TokenClaims? Holder { get; set; }

    public bool Away { get; set; }

    public Task<JoinResult> JoinAsync(TokenClaims claims, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Check();
        Asked.Add((claims, false));
        Joined++;
        if (Holder is { } holder && !Ended.Contains(holder))
        {
            return Task.FromResult<JoinResult>(new JoinResult.AlreadyQueued(holder));
        }

        return Task.FromResult(Joins ?? new JoinResult.Joined(claims, Members.GetValueOrDefault(claims.Id) ?? new MemberState(MemberStatus.Waiting, 1)));
    }

    public Task<MemberState> GetAsync(TokenClaims claims, bool poll, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Check();
        Asked.Add((claims, poll));
        return Task.FromResult(Members.GetValueOrDefault(claims.Id) ?? new MemberState(MemberStatus.Ended));
    }

    public Task EndAsync(TokenClaims claims, CancellationToken cancellationToken)
    {
        Check();
        Ended.Add(claims);
        Members[claims.Id] = new MemberState(MemberStatus.Ended);
        return Task.CompletedTask;
    }

    public Task<AdmissionRound> AdmitAsync(string room, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Check();
        return Task.FromResult(Rounds[room]);
    }

    public Task<IReadOnlyList<string>> ListRoomsAsync(CancellationToken cancellationToken)
    {
        Check();
        return Task.FromResult<IReadOnlyList<string>>([.. Rounds.Keys]);
    }

    public Task CheckAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Check()
    {
        if (Away)
        {
            throw new StoreUnavailableException("the waiting room is away");
        }
    }
}
