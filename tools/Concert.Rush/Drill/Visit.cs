using Concert.Rush.Observation;
using Concert.Testing.Http;

namespace Concert.Rush.Drill;

/// <summary>
/// One user who books at one concert: holds, pays, cancels. Every POST has one key through all its retries; a step cut off by the end
/// of the time is noted as unanswered, never taken for done or not done.
/// </summary>
public sealed class Visit(DrillContext drill, string userId, string concertId)
{
    private int _keys;

    public RoomPass Pass { get; } = new(drill, userId, concertId);

    /// <summary>Asks for the seats and waits for the outcome.</summary>
    public Task<Ask> HoldAsync(string scheduleId, IReadOnlyList<string> seats, CancellationToken cancellationToken) =>
        HoldAsync(new Ask(userId, scheduleId, seats), (token, key) => drill.Api.ReserveAsync(token, seats, key, cancellationToken), cancellationToken);

    /// <summary>Asks for the best places, of one section or of all, and waits for the outcome.</summary>
    public Task<Ask> HoldBestAsync(string scheduleId, string? section, int count, CancellationToken cancellationToken) => HoldAsync(
        new Ask(userId, scheduleId, []) { Places = count },
        (token, key) => drill.Api.ReserveBestAsync(token, scheduleId, section, count, key, cancellationToken),
        cancellationToken);

    private async Task<Ask> HoldAsync(Ask ask, Func<string, string, Task<ApiAnswer<ReservationAnswer>>> reserve, CancellationToken cancellationToken)
    {
        drill.Board.Up(Stage.Asked);
        try
        {
            var key = NextKey("hold");
            var answer = await Pass.AdmittedAsync(token => reserve(token, key), cancellationToken);
            ask = ask with { AcceptLatency = answer.Latency, Refusal = answer.Code };
            if (answer.Succeeded)
            {
                drill.Board.Up(Stage.Accepted);
                var accepted = answer.Require("Reserving");
                ask = ask with { ReservationId = accepted.Id };
                ask = await DecidedAsync(ask, accepted, cancellationToken);
            }
        }
        finally
        {
            drill.Seen.Asks.Enqueue(ask);
            if (ask is { Accepted: false, Refusal: null })
            {
                drill.Seen.NeverAnswered(userId, "hold");
            }
        }

        if (ask.WasHeld)
        {
            drill.Board.Up(Stage.Held);
        }
        else if (ask.RefusedBecause is not null)
        {
            drill.Board.Up(Stage.Refused);
        }

        return ask;
    }

    /// <summary>Tops the wallet up.</summary>
    public Task<bool> ChargeAsync(long amount, CancellationToken cancellationToken) =>
        Till.ChargeAsync(drill, userId, amount, NextKey("charge"), cancellationToken);

    /// <summary>Pays the hold and waits for the outcome. True when it is completed.</summary>
    public async Task<bool> PayAsync(Ask ask, CancellationToken cancellationToken)
    {
        var reservationId = ask.ReservationId!;
        var attempt = new PaymentAttempt(userId, reservationId, null, null);
        var key = NextKey("pay");
        string? payingWith = null;
        try
        {
            var answer = await Pass.AdmittedAsync(PayWithAsync, cancellationToken);
            attempt = attempt with { AcceptLatency = answer.Latency, Refusal = answer.Code };
            if (answer.Succeeded)
            {
                var accepted = answer.Require("Paying");
                attempt = attempt with { PaymentId = accepted.Id };
                var accepting = drill.Time.GetTimestamp();
                var outcome = await Outcome.AwaitAsync(
                    drill, accepted, p => p.Status != Status.Pending, wait => drill.Api.PaymentAsync(Pass.Token, accepted.Id, wait, cancellationToken), cancellationToken);
                attempt = outcome is null ? attempt : attempt with { Outcome = outcome.Status, Reason = outcome.Reason, OutcomeDelay = drill.Time.GetElapsedTime(accepting) };
            }
        }
        finally
        {
            drill.Seen.Payments.Enqueue(attempt);
            if (attempt is { PaymentId: null, Refusal: null })
            {
                drill.Seen.NeverAnswered(userId, $"payment of {reservationId}");
            }
        }

        if (attempt.Outcome != Status.Completed)
        {
            return false;
        }

        drill.Board.Up(Stage.Paid);
        if (Pass.Token == payingWith)
        {
            Pass.HasEnded();
        }
        else
        {
            // The payment ended the token it was first sent with; the one its repetition needed is given back.
            await Pass.LeaveAsync(cancellationToken);
        }

        return true;

        Task<ApiAnswer<PaymentAnswer>> PayWithAsync(string token)
        {
            payingWith ??= token;
            Pass.Ending();
            return drill.Api.PayAsync(token, reservationId, key, cancellationToken);
        }
    }

    /// <summary>Cancels and waits until it is. Needs a genuine token only, active or not.</summary>
    public async Task CancelAsync(Ask ask, CancellationToken cancellationToken)
    {
        var reservationId = ask.ReservationId!;
        CancelAttempt? attempt = null;
        try
        {
            var answer = await drill.Api.CancelAsync(Pass.Token, reservationId, NextKey("cancel"), cancellationToken);
            attempt = new CancelAttempt(userId, reservationId, answer.Succeeded, answer.Code);
        }
        finally
        {
            if (attempt is null)
            {
                drill.Seen.NeverAnswered(userId, $"cancel of {reservationId}");
            }
            else
            {
                drill.Seen.Cancels.Enqueue(attempt);
            }
        }

        var gone = attempt.Accepted ? await Outcome.AwaitAsync(
            drill, null, r => r.Status is Status.Cancelled or Status.Expired, _ => drill.Api.ReservationAsync(Pass.Token, reservationId, null, cancellationToken), cancellationToken) : null;
        if (gone is not null)
        {
            drill.Board.Up(Stage.Cancelled);
        }
    }

    private async Task<Ask> DecidedAsync(Ask ask, ReservationAnswer accepted, CancellationToken cancellationToken)
    {
        var accepting = drill.Time.GetTimestamp();
        var outcome = await Outcome.AwaitAsync(
            drill, accepted, r => r.Status != Status.Pending, wait => drill.Api.ReservationAsync(Pass.Token, accepted.Id, wait, cancellationToken), cancellationToken);
        return outcome is null ? ask : ask with
        {
            Outcome = outcome.Status,
            Reason = outcome.Reason,
            TotalAmount = outcome.TotalAmount ?? 0,
            HoldExpiresAt = outcome.HoldExpiresAt,
            OutcomeDelay = drill.Time.GetElapsedTime(accepting),
        };
    }

    private string NextKey(string step) => $"{userId}-{concertId}-{step}-{Interlocked.Increment(ref _keys)}-{drill.RunId}";
}
