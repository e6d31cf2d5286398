using Concert.Booking.Ports;

namespace Concert.Testing.Fakes;

/// <summary>The waiting rooms by the service's own rules; a test can put words into their mouth, and send them away.</summary>
public sealed class FakeRoom(TimeProvider time) : IWaitingRoom
{
    private readonly MemoryRooms _rooms = new(time.GetUtcNow);

    /// <summary>What is said of a token, whatever the rules would say.</summary>
    public Dictionary<Guid, MemberState> Said { get; } = [];

    /// <summary>What a round of a room is said to have done.</summary>
    public Dictionary<string, AdmissionRound> SaidRounds { get; } = new(StringComparer.Ordinal);

    public List<TokenClaims> Ended { get; } = [];

    public List<(TokenClaims Claims, bool Poll)> Asked { get; } = [];

    public bool Away { get; set; }

    /// <summary>How often somebody joined.</summary>
    public int Joined { get; private set; }

    /// <summary>The token with which every user is in until it has ended; null for the rules' own answer.</summary>
    public TokenClaims? Holder { get; set; }

    public Task<JoinResult> JoinAsync(TokenClaims claims, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken) =>
        Answer(
            () =>
            {
                Note(claims, poll: false);
                Joined++;
                return Holder is { } holder && !Ended.Contains(holder) ? new JoinResult.AlreadyQueued(holder) : _rooms.Join(claims, limits, now);
            },
            cancellationToken);

    public Task<MemberState> GetAsync(TokenClaims claims, bool poll, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken) =>
        Answer(
            () =>
            {
                Note(claims, poll);
                return Said.GetValueOrDefault(claims.Id) ?? _rooms.Get(claims, poll, limits, now);
            },
            cancellationToken);

    public Task EndAsync(TokenClaims claims, CancellationToken cancellationToken) =>
        Answer(
            () =>
            {
                lock (Ended)
                {
                    Ended.Add(claims);
                }

                Said.Remove(claims.Id);
                return _rooms.End(claims);
            },
            cancellationToken);

    public Task<AdmissionRound> AdmitAsync(string room, RoomLimits limits, DateTimeOffset now, CancellationToken cancellationToken) =>
        Answer(() => SaidRounds.GetValueOrDefault(room) ?? _rooms.Admit(room, limits, now), cancellationToken);

    public Task<IReadOnlyList<string>> ListRoomsAsync(CancellationToken cancellationToken) =>
        Answer<IReadOnlyList<string>>(() => [.. _rooms.List().Union(SaidRounds.Keys, StringComparer.Ordinal)], cancellationToken);

    public Task CheckAsync(CancellationToken cancellationToken) => Answer(() => true, cancellationToken);

    private void Note(TokenClaims claims, bool poll)
    {
        lock (Asked)
        {
            Asked.Add((claims, poll));
        }
    }

    private Task<T> Answer<T>(Func<T> ask, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? Task.FromCanceled<T>(cancellationToken)
        : Away ? Task.FromException<T>(new StoreUnavailableException("the waiting room is away"))
        : Task.FromResult(ask());
}
