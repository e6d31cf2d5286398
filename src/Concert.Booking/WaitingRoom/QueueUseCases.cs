using Concert.Booking.Catalog;
using Concert.Booking.Identity;
using Concert.Booking.Shared;
using Concert.Booking.Storage;
using Microsoft.Extensions.Options;

namespace Concert.Booking.WaitingRoom;

/// <summary>Joining, polling and leaving a waiting room, and who may book.</summary>
public sealed class QueueUseCases(
    IWaitingRoom room,
    TokenSigner signer,
    IdMinter minter,
    CatalogReader catalog,
    AdmissionMemory admissions,
    TimeProvider time,
    IOptions<WaitingRoomOptions> options) : IQueueUseCases
{
    private static readonly TimeSpan MinAskAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxAskAgain = TimeSpan.FromSeconds(20);

    public Result<TokenClaims> Verify(string token) => signer.Verify(token);

    public async Task<Refusal?> RequireActiveAsync(TokenClaims claims, string? concertId, CancellationToken cancellationToken)
    {
        if (concertId is not null && claims.Room != TokenClaims.General && claims.Room != concertId)
        {
            return new Refusal(RefusalCode.NotAdmitted, "This queue token is for another concert's waiting room.", MaxAskAgain);
        }

        MemberState state;
        try
        {
            state = await room.GetAsync(claims, poll: false, options.Value.Limits, time.GetUtcNow(), cancellationToken);
        }
        catch (StoreUnavailableException) when (admissions.IsActive(claims))
        {
            return null;
        }

        switch (state)
        {
            case { Status: MemberStatus.Active, ExpiresAt: { } end }:
                admissions.Remember(claims, end);
                return null;
            case { Status: MemberStatus.Waiting }:
                return new Refusal(RefusalCode.NotAdmitted, "This queue token still waits to be admitted.", AskAgainAfter(state));
            default:
                admissions.Forget(claims);
                return new Refusal(RefusalCode.TokenExpired, "This queue token has ended; join the waiting room again.");
        }
    }

    public async Task<Result<QueueAnswer>> JoinAsync(string userId, string? concertId, string? idempotencyKey, CancellationToken cancellationToken)
    {
        if (concertId is not null && (concertId.Length > SectionRef.MaxIdLength || await catalog.FindConcertAsync(concertId, cancellationToken) is null))
        {
            return Refusal.NotYours("concert");
        }

        var roomName = concertId ?? TokenClaims.General;
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var claims = new TokenClaims(minter.NewTokenId(userId, roomName, idempotencyKey), userId, roomName, now);
        return await room.JoinAsync(claims, options.Value.Limits, now, cancellationToken) switch
        {
            JoinResult.Joined joined => Answer(signer.Sign(joined.Claims), joined.State),
            _ => new Refusal(RefusalCode.AlreadyQueued, "This user is in this waiting room already."),
        };
    }

    public async Task<Result<QueueAnswer>> CheckAsync(TokenClaims claims, string token, CancellationToken cancellationToken)
    {
        var state = await room.GetAsync(claims, poll: true, options.Value.Limits, time.GetUtcNow(), cancellationToken);
        if (state is { Status: MemberStatus.Active, ExpiresAt: { } end })
        {
            admissions.Remember(claims, end);
        }

        return Answer(token, state);
    }

    public async Task<Refusal?> LeaveAsync(TokenClaims claims, CancellationToken cancellationToken)
    {
        admissions.Forget(claims);
        await room.EndAsync(claims, cancellationToken);
        return null;
    }

    private QueueAnswer Answer(string token, MemberState state)
    {
        var waiting = state.Status == MemberStatus.Waiting;
        var view = new QueueTokenView(
            token,
            state.Status.ToString().ToUpperInvariant(),
            state.Position,
            waiting ? (long)Math.Ceiling(EstimatedWait(state).TotalSeconds) : null,
            state.ExpiresAt);
        return new QueueAnswer(view, waiting ? AskAgainAfter(state) : null);
    }

    /// <summary>As if the line moved at the rate of admission; active buyers who stay longer make it longer.</summary>
    private TimeSpan EstimatedWait(MemberState state)
    {
        var rounds = ((state.Position ?? 1) + options.Value.AdmitPerInterval - 1) / options.Value.AdmitPerInterval;
        return options.Value.AdmitInterval * rounds;
    }

    /// <summary>Longer the further back, but well within the time after which a silent member loses the place.</summary>
    private TimeSpan AskAgainAfter(MemberState state)
    {
        var max = options.Value.SilenceLimit / 3 < MaxAskAgain ? options.Value.SilenceLimit / 3 : MaxAskAgain;
        var after = EstimatedWait(state) / 10 < max ? EstimatedWait(state) / 10 : max;
        return after < MinAskAgain ? MinAskAgain : after;
    }
}
