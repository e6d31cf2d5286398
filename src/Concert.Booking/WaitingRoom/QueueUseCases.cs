using System.Globalization;
using Concert.Booking.Catalog;
using Concert.Booking.Idempotency;
using Concert.Booking.Identity;
using Concert.Booking.Shared;
using Concert.Booking.Storage;
using Microsoft.Extensions.Options;

namespace Concert.Booking.WaitingRoom;

/// <summary>Joining, polling and leaving a waiting room, and who may book.</summary>
public sealed class QueueUseCases(
    IWaitingRoom room,
    TokenSigner signer,
    ClaimRegister register,
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

        var keyed = KeyedCall.OfUser(userId, "join", idempotencyKey, concertId ?? "");
        var known = await register.FindAsync(keyed, cancellationToken);
        if (known.IsRefused(out var refusal))
        {
            return refusal;
        }

        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var token = new TokenClaims(minter.NewTokenId(), userId, concertId ?? TokenClaims.General, now);
        if (keyed is null)
        {
            return await EnterAsync(token, null, cancellationToken);
        }

        var taken = known.Value is { } claim ? claim : await register.TakeAsync(keyed, token.Id.ToString("D"), now, cancellationToken);
        if (taken.IsRefused(out refusal))
        {
            return refusal;
        }

        token = token with { Id = Guid.ParseExact(taken.Value.Resource, "D") };
        if (taken.Value.Outcome is not { } joinedAt)
        {
            return await EnterAsync(token, keyed, cancellationToken);
        }

        token = IssuedAt(token, joinedAt);
        return await CheckAsync(token, signer.Sign(token), cancellationToken);
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

    public async Task<Refusal?> LeaveAsync(TokenClaims claims, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var id = claims.Id.ToString("D");
        if (KeyedCall.OfUser(claims.UserId, "leave", idempotencyKey, id) is { } keyed
            && (await register.FindOrTakeAsync(keyed, id, time.GetUtcNow(), cancellationToken)).IsRefused(out var refusal))
        {
            return refusal;
        }

        admissions.Forget(claims);
        await room.EndAsync(claims, cancellationToken);
        return null;
    }

    /// <summary>
    /// Joins, and notes on the key's claim that it did: from then on a repeat asks where the token stands and never brings one back that has ended.
    /// </summary>
    private async Task<Result<QueueAnswer>> EnterAsync(TokenClaims token, KeyedCall? keyed, CancellationToken cancellationToken)
    {
        var answer = await room.JoinAsync(token, options.Value.Limits, token.IssuedAt, cancellationToken);
        if (answer is JoinResult.AlreadyQueued { Holder: var lost } && !minter.IsOfKnownKey(lost.Id))
        {
            // Signed with a key that is gone, as after a leak: nobody can show that token any more, so it must not keep its user out.
            admissions.Forget(lost);
            await room.EndAsync(lost, cancellationToken);
            answer = await room.JoinAsync(token, options.Value.Limits, token.IssuedAt, cancellationToken);
        }

        if (answer is not JoinResult.Joined joined)
        {
            return new Refusal(RefusalCode.AlreadyQueued, "This user is in this waiting room already.");
        }

        token = joined.Claims;
        if (keyed is not null)
        {
            var at = token.IssuedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
            token = IssuedAt(token, await register.SettleAsync(keyed, at, cancellationToken));
        }

        return Answer(signer.Sign(token), joined.State);
    }

    private static TokenClaims IssuedAt(TokenClaims token, string milliseconds) =>
        token with { IssuedAt = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture)) };

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
