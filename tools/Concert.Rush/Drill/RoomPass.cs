using Concert.Rush.Observation;
using Concert.Testing.Http;

namespace Concert.Rush.Drill;

/// <summary>
/// One user's place in the line of a concert, through as many tokens as it takes. Where the service has one line for all concerts, its passes share the
/// user's one token: who finds the user in the line already goes on with the token that brought it there, until it has ended for all of them.
/// </summary>
public sealed class RoomPass(DrillContext drill, string userId, string concertId)
{
    /// <summary>A shared token ends with each payment of its user, in the middle of what the others are doing.</summary>
    private const int MostReadmissions = 100;
    private static readonly TimeSpan LongestAlreadyQueued = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    private string? _token;
    private string? _firstToken;
    private bool _queued;
    private bool _active;
    private int _joins;

    /// <summary>The latest token; genuine also when it has ended.</summary>
    public string Token => _token ?? throw new InvalidOperationException("The user has not joined.");

    /// <summary>The one that the user first joined with.</summary>
    public string FirstToken => _firstToken ?? Token;

    public bool IsActive => _active;

    /// <summary>Waits or is active, as far as this side knows.</summary>
    public bool IsInside => _queued || _active;

    /// <summary>Takes a token. True when it is active at once.</summary>
    public async Task<bool> JoinAsync(CancellationToken cancellationToken)
    {
        var started = drill.Time.GetTimestamp();
        while (true)
        {
            var asked = drill.Time.GetUtcNow();
            var answer = await drill.Api.IssueAsync(userId, concertId, $"{userId}-{concertId}-join-{++_joins}-{drill.RunId}", cancellationToken);
            if (answer.Code == "already-queued" && await ShareAsync(cancellationToken))
            {
                return _active;
            }

            if (answer.Code == "already-queued" && drill.Time.GetElapsedTime(started) < LongestAlreadyQueued)
            {
                // The end of the last token may still be on its way.
                await Task.Delay(Again, drill.Time, cancellationToken);
                continue;
            }

            var token = answer.Require("Joining the waiting room");
            _token = token.Token ?? throw new ApiException("The waiting room gave no token.");
            _firstToken ??= _token;
            drill.Seen.Knows(userId, _token);
            Saw(asked, token);
            Place(token.Status);
            return _active;
        }
    }

    /// <summary>Goes on with the token with which another pass of the same user is in the line. False when none is.</summary>
    private async Task<bool> ShareAsync(CancellationToken cancellationToken)
    {
        if (!drill.Seen.Tokens.TryGetValue(userId, out var token) || token == _token
            || await drill.Api.CheckAsync(token, cancellationToken) is not { Data: { Status: Status.Early or Status.Waiting or Status.Active } shared })
        {
            return false;
        }

        _token = token;
        Place(shared.Status);
        return true;
    }

    /// <summary>Asks once: the position, 0 when it is active, -1 when it is neither active nor has a position.</summary>
    public async Task<long> LookAsync(CancellationToken cancellationToken)
    {
        var (_, data) = await CheckAsync(cancellationToken);
        if (data is not null)
        {
            Place(data.Status);
        }

        return data?.Status switch
        {
            Status.Active => 0,
            Status.Waiting => data.Position ?? -1,
            _ => -1,
        };
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
            var (answer, data) = await CheckAsync(cancellationToken);
            if (data?.Status == Status.Ended)
            {
                await JoinAsync(cancellationToken);
                continue;
            }

            Place(answer.Require("Polling the waiting room").Status);
            if (!_active)
            {
                await Task.Delay(RetryPolicy.Default.Delay(1, answer.RetryAfter ?? TimeSpan.FromSeconds(1), Random.Shared.NextDouble()), drill.Time, cancellationToken);
            }
        }

        drill.Seen.RoomWaits.Enqueue(drill.Time.GetElapsedTime(started));
    }

    /// <summary>Gives the place in the room to the next; harmless when it has ended.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        if (_active || _queued)
        {
            Ending();
            await drill.Api.LeaveAsync(Token, cancellationToken);
            Place(Status.Ended);
        }
    }

    /// <summary>The service has ended the token: it was paid with.</summary>
    public void HasEnded() => Place(Status.Ended);

    /// <summary>
    /// Sends with an active token; when the room says it is not (any more), gets one and sends the same request again: same key, same effect.
    /// A payment whose answer was lost comes back here, because paying ended its token.
    /// </summary>
    public async Task<ApiAnswer<T>> AdmittedAsync<T>(Func<string, Task<ApiAnswer<T>>> send, CancellationToken cancellationToken)
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

            await Task.Delay(RetryPolicy.Default.Delay(attempt, answer.RetryAfter, Random.Shared.NextDouble()), drill.Time, cancellationToken);
            Place(Status.Waiting);
        }
    }

    /// <summary>What is sent next may end the token.</summary>
    public void Ending() => drill.Seen.Line?.Ends(Token, drill.Time.GetUtcNow());

    /// <summary>A token that is refused as ended counts as one that is shown so.</summary>
    private async Task<(ApiAnswer<TokenAnswer> Answer, TokenAnswer? Data)> CheckAsync(CancellationToken cancellationToken)
    {
        var asked = drill.Time.GetUtcNow();
        var answer = await drill.Api.CheckAsync(Token, cancellationToken);
        var data = answer.Code == "token-expired" ? new TokenAnswer(Token, Status.Ended, null, null) : answer.Data;
        if (data is not null)
        {
            Saw(asked, data);
        }

        return (answer, data);
    }

    private void Saw(DateTimeOffset asked, TokenAnswer token)
    {
        var now = drill.Time.GetUtcNow();
        drill.Seen.Line?.Saw(userId, Token, new LineSighting(asked, now, token.Status, token.Position, token.ExpiresAt - (drill.Api.Client.ServerNow - now)));
    }

    private void Place(string status)
    {
        Move(ref _queued, status is Status.Early or Status.Waiting, Stage.Queued);
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
