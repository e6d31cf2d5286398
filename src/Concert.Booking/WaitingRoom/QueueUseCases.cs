using System.Globalization;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Microsoft.Extensions.Options;

namespace Concert.Booking.WaitingRoom;

/// <summary>Joining, polling and leaving a waiting room, and who may book.</summary>
public sealed partial class QueueUseCases(
    IWaitingRoom room,
    TokenSigner signer,
    Lots lots,
    Lines lines,
    IdempotencyClaims keys,
    IdGenerator ids,
    CatalogReader catalog,
    AdmissionMemory admissions,
    TimeProvider time,
    IOptions<WaitingRoomOptions> options,
    IOptions<IdentityOptions> identity) : IQueueUseCases
{
    private static readonly TimeSpan MinAskAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxAskAgain = TimeSpan.FromSeconds(20);

    private static readonly Refusal NoSuchLine = new(
        RefusalCode.TokenExpired, "This queue token is for a waiting room that no longer exists; join the waiting room again.");

    public async Task<Refusal?> RequireActiveAsync(TokenClaims claims, string? concertId, CancellationToken cancellationToken)
    {
        if (!lines.Has(claims.Room))
        {
            return NoSuchLine;
        }

        if (!lines.AdmitsTo(claims.Room, concertId))
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
                return new Refusal(RefusalCode.NotAdmitted, "This queue token has not been admitted yet.", AskAgainAfter(state));
            case { Status: MemberStatus.Early }:
                var opensAt = (await lines.SaleAsync(claims.Room, cancellationToken)).OpensAt ?? claims.Early?.OpensAt;
                return new Refusal(RefusalCode.NotAdmitted, "Booking is not open yet; places in the line are drawn when it opens.", AskAgainAfter(opensAt));
            default:
                admissions.Forget(claims);
                return new Refusal(RefusalCode.TokenExpired, "This queue token has ended; join the waiting room again.");
        }
    }

    public async Task<Result<QueueAnswer>> JoinAsync(string userId, string? concertId, string? idempotencyKey, CancellationToken cancellationToken)
    {
        // One line for the whole service asks no concert: what is given then changes nothing.
        if (lines.IsPerConcert && await RefuseConcertAsync(concertId, cancellationToken) is { } wrong)
        {
            return wrong;
        }

        var keyed = KeyedCall.OfUser(userId, "join", idempotencyKey, concertId ?? "");
        var known = await keys.FindAsync(keyed, cancellationToken);
        if (known.IsRefused(out var refusal))
        {
            return refusal;
        }

        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var token = new TokenClaims(ids.NewTokenId(), userId, lines.Of(concertId), now);
        if (keyed is null)
        {
            return await EnterAsync(token, null, cancellationToken);
        }

        var taken = known.Value is { } claim ? claim : await keys.TakeAsync(keyed, token.Id.ToString("D"), now, cancellationToken);
        if (taken.IsRefused(out refusal))
        {
            return refusal;
        }

        token = token with { Id = Guid.ParseExact(taken.Value.Resource, "D") };
        return taken.Value.Outcome is { } outcome ? await RepeatAsync(token, outcome, cancellationToken) : await EnterAsync(token, keyed, cancellationToken);
    }

    private async Task<Refusal?> RefuseConcertAsync(string? concertId, CancellationToken cancellationToken)
    {
        if (concertId is null)
        {
            return Refusal.Invalid("concertId is required: each concert has its own waiting room.");
        }

        return concertId.Length > SectionRef.MaxIdLength || await catalog.FindConcertAsync(concertId, cancellationToken) is null
            ? Refusal.NotYours("concert")
            : null;
    }

    public async Task<Result<QueueAnswer>> CheckAsync(TokenClaims claims, string token, CancellationToken cancellationToken)
    {
        if (!lines.Has(claims.Room))
        {
            return Answer(token, new MemberState(MemberStatus.Ended), LineSale.Unknown);
        }

        var sale = await lines.SaleAsync(claims.Room, cancellationToken);
        var state = await room.GetAsync(claims, poll: true, options.Value.Limits with { Sale = sale }, time.GetUtcNow(), cancellationToken);
        if (state is { Status: MemberStatus.Active, ExpiresAt: { } end })
        {
            admissions.Remember(claims, end);
        }

        return Answer(token, state, sale);
    }

    public async Task<Refusal?> LeaveAsync(TokenClaims claims, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var id = claims.Id.ToString("D");
        if (KeyedCall.OfUser(claims.UserId, "leave", idempotencyKey, id) is { } keyed
            && (await keys.FindOrTakeAsync(keyed, id, time.GetUtcNow(), cancellationToken)).IsRefused(out var refusal))
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
        var sale = await lines.SaleAsync(token.Room, cancellationToken);
        var limits = options.Value.Limits with { Sale = sale };
        token = token with { Early = sale.OpensAt is { } opensAt ? new EarlyEntry(opensAt, lots.Of(token.Id)) : null };
        var answer = await room.JoinAsync(token, limits, token.IssuedAt, cancellationToken);
        if (answer is JoinResult.AlreadyQueued { Holder: var lost } && (!ids.IsOfKnownKey(lost.Id) || signer.IsOutlived(lost)))
        {
            // Signed with a key that is gone, as after a leak, or too old: nobody can show that token any more, so it must not keep its user out.
            admissions.Forget(lost);
            await room.EndAsync(lost, cancellationToken);
            answer = await room.JoinAsync(token, limits, token.IssuedAt, cancellationToken);
        }

        switch (answer)
        {
            case JoinResult.Joined joined:
                token = await SettleAsync(keyed, token, joined.Claims, cancellationToken);
                return Answer(signer.Sign(token), joined.State, sale);
            case JoinResult.AlreadyQueued { Holder: var holder } when identity.Value.Mode == IdentityMode.Platform:
                // The platform vouches for who asks, so a lost token can be given back.
                holder = await SettleAsync(keyed, token, holder, cancellationToken);
                var again = await CheckAsync(holder, signer.Sign(holder), cancellationToken);
                return again.IsRefused(out var refusal) ? refusal : again.Value with { IsNew = false };
            default:
                return new Refusal(RefusalCode.AlreadyQueued, "This user is already in this waiting room.");
        }
    }

    /// <summary>Reads the state of the token that an earlier call under the same key issued.</summary>
    private async Task<Result<QueueAnswer>> RepeatAsync(TokenClaims mine, string outcome, CancellationToken cancellationToken)
    {
        var (token, isMine) = Outcome(mine, outcome);
        var answer = await CheckAsync(token, signer.Sign(token), cancellationToken);
        return answer.IsRefused(out var refusal) ? refusal : answer.Value with { IsNew = isMine };
    }

    /// <summary>Notes on the key's claim, if there is one, which token it led to. The one that stands then.</summary>
    private async Task<TokenClaims> SettleAsync(KeyedCall? keyed, TokenClaims mine, TokenClaims token, CancellationToken cancellationToken) => keyed is null
        ? token
        : Outcome(token with { Id = mine.Id }, await keys.SettleAsync(keyed, OutcomeOf(mine, token), cancellationToken)).Token;

    /// <summary>The issue time; the opening it was issued for, if it is early; and its id, if it is an earlier token of the user.</summary>
    private static string OutcomeOf(TokenClaims mine, TokenClaims token) => string.Create(
        CultureInfo.InvariantCulture,
        $"{token.IssuedAt.ToUnixTimeMilliseconds()}/{token.Early?.OpensAt.ToUnixTimeMilliseconds()}/{(token.Id == mine.Id ? "" : token.Id.ToString("D"))}");

    private (TokenClaims Token, bool IsMine) Outcome(TokenClaims mine, string outcome)
    {
        // A claim of an earlier version has the issue time alone.
        string[] parts = [.. outcome.Split('/'), "", ""];
        var id = parts[2].Length > 0 ? Guid.ParseExact(parts[2], "D") : mine.Id;
        var early = parts[1].Length > 0 ? new EarlyEntry(Time(parts[1]), lots.Of(id)) : null;
        return (mine with { Id = id, IssuedAt = Time(parts[0]), Early = early }, id == mine.Id);
    }

    private static DateTimeOffset Time(string milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture));
}
