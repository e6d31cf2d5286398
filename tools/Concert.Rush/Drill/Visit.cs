using Concert.Rush.Api;
using Concert.Rush.Observation;

namespace Concert.Rush.Drill;

/// <summary>
/// One user in one concert's waiting room: joins, waits, books, leaves. Every POST has one key through all its retries; a step cut off by the end
/// of the time is noted as unanswered, never taken for done or not done.
/// </summary>
public sealed class Visit(DrillContext drill, string userId, string concertId)
{
    private const string Ended = "ENDED";
    private const int MostReadmissions = 5;
    private static readonly TimeSpan LongestAlreadyQueued = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    private string? _token;
    private bool _queued;
    private bool _active;
    private int _keys;

    public string Token => _token ?? throw new InvalidOperationException("The user has not joined.");

    /// <summary>Waits or is active, as far as this visit knows.</summary>
    public bool IsInside => _queued || _active;

    /// <summary>Takes a token. True when it is active at once.</summary>
    public async Task<bool> JoinAsync(CancellationToken cancellationToken)
    {
        var started = drill.Time.GetTimestamp();
        while (true)
        {
            var answer = await drill.Api.IssueAsync(userId, concertId, NextKey("join"), cancellationToken);
            if (answer.Code == "already-queued" && drill.Time.GetElapsedTime(started) < LongestAlreadyQueued)
            {
                // The end of the last token may still be on its way.
                await Task.Delay(Again, drill.Time, cancellationToken);
                continue;
            }

            var token = answer.Require("Joining the waiting room");
            _token = token.Token ?? throw new ApiException("The waiting room gave no token.");
            drill.Seen.Knows(userId, _token);
            Place(token.Status);
            return _active;
        }
    }

    /// <summary>Polls as often as the room asks until the token is active; joins anew when the room has dropped it.</summary>
    public async Task AwaitActiveAsync(CancellationToken cancellationToken)
    {
        if (_active)
        {
            return;
        }

        var started = drill.Time.GetTimestamp();
        while (!_active)
        {
            var answer = await drill.Api.CheckAsync(Token, cancellationToken);
            if (answer.Code == "token-expired" || answer.Data?.Status == Ended)
            {
                await JoinAsync(cancellationToken);
                continue;
            }

            Place(answer.Require("Polling the waiting room").Status);
            if (!_active)
            {
                await Task.Delay(RetryPolicy.Delay(1, answer.RetryAfter ?? TimeSpan.FromSeconds(1), Random.Shared.NextDouble()), drill.Time, cancellationToken);
            }
        }

        drill.Seen.RoomWaits.Enqueue(drill.Time.GetElapsedTime(started));
    }

    /// <summary>Asks for the seats and waits for the outcome.</summary>
    public async Task<Ask> HoldAsync(string scheduleId, IReadOnlyList<string> seats, CancellationToken cancellationToken)
    {
        var ask = new Ask(userId, scheduleId, seats);
        drill.Board.Up(Stage.Asked);
        try
        {
            var key = NextKey("hold");
            var answer = await AdmittedAsync(token => drill.Api.ReserveAsync(token, seats, key, cancellationToken), cancellationToken);
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

        drill.Board.Up(ask.WasHeld ? Stage.Held : Stage.Refused);
        return ask;
    }

    /// <summary>Tops the wallet up.</summary>
    public Task<bool> ChargeAsync(long amount, CancellationToken cancellationToken) =>
        ChargeAsync(drill, _token, userId, amount, NextKey("charge"), cancellationToken);

    /// <summary>Tops a wallet up and notes what the service said yes to.</summary>
    public static async Task<bool> ChargeAsync(DrillContext drill, string? token, string userId, long amount, string key, CancellationToken cancellationToken)
    {
        var outcome = "no answer";
        try
        {
            var answer = await drill.Api.ChargeAsync(token, userId, amount, key, cancellationToken);
            outcome = answer.Code;
            if (answer.Succeeded)
            {
                drill.Seen.Charges.Enqueue(new Charge(userId, amount));
                drill.Board.Up(Stage.Charged);
            }

            return answer.Succeeded;
        }
        finally
        {
            if (outcome is not null)
            {
                drill.Seen.NeverAnswered(userId, $"charge of {amount} ({outcome})");
            }
        }
    }

    /// <summary>Pays the hold and waits for the outcome. True when it is completed.</summary>
    public async Task<bool> PayAsync(Ask ask, CancellationToken cancellationToken)
    {
        var reservationId = ask.ReservationId!;
        var attempt = new PaymentAttempt(userId, reservationId, null, null);
        var key = NextKey("pay");
        string? payingWith = null;
        try
        {
            var answer = await AdmittedAsync(PayWithAsync, cancellationToken);
            attempt = attempt with { AcceptLatency = answer.Latency, Refusal = answer.Code };
            if (answer.Succeeded)
            {
                var accepted = answer.Require("Paying");
                attempt = attempt with { PaymentId = accepted.Id };
                var accepting = drill.Time.GetTimestamp();
                var outcome = await Outcome.AwaitAsync(
                    drill, accepted, p => p.Status != Status.Pending, wait => drill.Api.PaymentAsync(Token, accepted.Id, wait, cancellationToken), cancellationToken);
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
        if (Token == payingWith)
        {
            Place(Ended);
        }
        else
        {
            // The payment ended the token it was first sent with; the one its repetition needed is given back.
            await LeaveAsync(cancellationToken);
        }

        return true;

        Task<ApiAnswer<PaymentAnswer>> PayWithAsync(string token)
        {
            payingWith ??= token;
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
            var answer = await drill.Api.CancelAsync(Token, reservationId, NextKey("cancel"), cancellationToken);
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
            drill, null, r => r.Status is Status.Cancelled or Status.Expired, _ => drill.Api.ReservationAsync(Token, reservationId, null, cancellationToken), cancellationToken) : null;
        if (gone is not null)
        {
            drill.Board.Up(Stage.Cancelled);
        }
    }

    /// <summary>Gives the place in the room to the next; harmless when it has ended.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        if (_active || _queued)
        {
            await drill.Api.LeaveAsync(Token, cancellationToken);
            Place(Ended);
        }
    }

    private async Task<Ask> DecidedAsync(Ask ask, ReservationAnswer accepted, CancellationToken cancellationToken)
    {
        var accepting = drill.Time.GetTimestamp();
        var outcome = await Outcome.AwaitAsync(
            drill, accepted, r => r.Status != Status.Pending, wait => drill.Api.ReservationAsync(Token, accepted.Id, wait, cancellationToken), cancellationToken);
        return outcome is null ? ask : ask with
        {
            Outcome = outcome.Status,
            Reason = outcome.Reason,
            TotalAmount = outcome.TotalAmount,
            HoldExpiresAt = outcome.HoldExpiresAt,
            OutcomeDelay = drill.Time.GetElapsedTime(accepting),
        };
    }

    /// <summary>
    /// Sends with an active token; when the room says it is not (any more), gets one and sends the same request again: same key, same effect.
    /// A payment whose answer was lost comes back here, because paying ended its token.
    /// </summary>
    private async Task<ApiAnswer<T>> AdmittedAsync<T>(Func<string, Task<ApiAnswer<T>>> send, CancellationToken cancellationToken)
        where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            await AwaitActiveAsync(cancellationToken);
            var answer = await send(Token);
            if (answer.Code is not ("not-admitted" or "token-expired") || attempt >= MostReadmissions)
            {
                return answer;
            }

            await Task.Delay(RetryPolicy.Delay(attempt, answer.RetryAfter, Random.Shared.NextDouble()), drill.Time, cancellationToken);
            Place(Status.Waiting);
        }
    }

    private string NextKey(string step) => $"{userId}-{concertId}-{step}-{Interlocked.Increment(ref _keys)}-{drill.RunId}";

    private void Place(string status)
    {
        Move(ref _queued, status == Status.Waiting, Stage.Queued);
        Move(ref _active, status == Status.Active, Stage.Active);
    }

    private void Move(ref bool isThere, bool shouldBe, Stage stage)
    {
        if (isThere == shouldBe)
        {
            return;
        }

        isThere = shouldBe;
        if (shouldBe)
        {
            drill.Board.Up(stage);
        }
        else
        {
            drill.Board.Down(stage);
        }
    }
}
