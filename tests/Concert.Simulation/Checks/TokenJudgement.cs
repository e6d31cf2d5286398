using Concert.Booking.States;
using Concert.Booking.Wallets;
using Concert.Simulation.Buyers;
using Concert.Simulation.Engine;

namespace Concert.Simulation.Checks;

/// <summary>What a buyer was told of a token: what its status was at some moment between the call and the answer (ticks).</summary>
public sealed record TokenSighting(string Token, string UserId, long AskedAt, long AnsweredAt, bool IsEnded, DateTimeOffset? ExpiresAt);

/// <summary>From outside: a token that was in and is ENDED was left, or has paid, or was silent, or outlived its time.</summary>
public sealed class TokenJudgement(World world, ClientLog log)
{
    /// <summary>A waiting token may be silent for 60 s, by clocks that are up to 10 s apart.</summary>
    private static readonly TimeSpan NeverSilent = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(11);

    public void Judge()
    {
        foreach (var token in log.Tokens.GroupBy(t => t.Token, StringComparer.Ordinal))
        {
            TokenSighting? last = null;
            foreach (var seen in token.OrderBy(t => t.AnsweredAt))
            {
                if (seen.IsEnded && last is not null && last.AnsweredAt <= seen.AskedAt && IsInTime(last, seen) && !HasAReason(seen))
                {
                    world.Fail("token", $"A token of {seen.UserId} was {(last.ExpiresAt is null ? "WAITING" : "ACTIVE")} and is ENDED; it was not left and has not paid");
                }

                last = seen.IsEnded ? last : seen;
            }
        }
    }

    private bool IsInTime(TokenSighting last, TokenSighting ended) => last.ExpiresAt is { } expiresAt
        ? world.TimeAt(ended.AnsweredAt) < expiresAt - ClockDifference
        : ended.AnsweredAt - last.AskedAt < NeverSilent.Ticks;

    /// <summary>Left, or paid; a payment of which nobody knows the end may have paid.</summary>
    private bool HasAReason(TokenSighting ended) =>
        log.Left.Exists(l => l.Token == ended.Token && l.AskedAt <= ended.AnsweredAt)
        || log.Reservations.Where(r => r.Token == ended.Token).SelectMany(r => r.Payments).Any(p => p.AskedAt <= ended.AnsweredAt
            && (p.Id is null || p.Views.Count == 0 || p.Views[^1].Value.Status != PaymentStatus.Failed));
}
