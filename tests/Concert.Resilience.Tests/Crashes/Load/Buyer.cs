using System.Globalization;

namespace Concert.Resilience.Tests.Crashes.Load;

/// <summary>What a buyer can do. Every answer is noted before anything else happens.</summary>
internal sealed class Buyer(CrashClient client, Facts facts, UserFacts user, Random random)
{
    private const int NewestEntries = 20;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(15);

    /// <summary>Who waits longer leaves it to the judge, who looks when all has settled.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private int _keys;

    /// <summary>The token of the room joined last; null when the join was not answered.</summary>
    public string? Token { get; private set; }

    public Task JoinAsync(string concertId) => JoinAsync(concertId, NewKey("join"));

    /// <summary>Joins with a key, so that there is a token in the end.</summary>
    public Task JoinSurelyAsync(string concertId) => JoinAsync(concertId, Key("join"));

    /// <summary>The token has ended.</summary>
    public async Task<bool> IsOutAsync() => (await client.ReadAsync("check", (api, end) => api.CheckAsync(Token!, end))).Status == Status.Ended;

    private async Task JoinAsync(string concertId, string? key)
    {
        var answer = await client.AskAsync((api, end) => api.IssueAsync(user.Id, concertId, key, end));
        if (Expect(answer, "join", 201))
        {
            Token = user.Token = answer!.Data!.Token;
        }
    }

    /// <param name="about">Won, give or take a few.</param>
    public async Task ChargeAsync(long about)
    {
        var charge = user.NewCharge(about);
        var key = NewKey("charge");
        var answer = await client.AskAsync((api, end) => api.ChargeAsync(null, user.Id, charge.Amount, key, end));
        if (Expect(answer, "charge", 200))
        {
            charge.Balance = answer!.Data!.Balance;
        }
    }

    public async Task ReadWalletAsync()
    {
        user.Balances.Enqueue((await client.ReadAsync("balance", (api, end) => api.BalanceAsync(null, user.Id, end))).Balance);
        await foreach (var entry in client.Api.LedgerAsync(user.Token!, CancellationToken.None).Take(NewestEntries))
        {
            user.Ledger.Enqueue(AnswerFacts.Of(entry));
        }
    }

    /// <summary>Asks for places and follows the request to its outcome. Null when it was refused at once or never answered.</summary>
    public async Task<Request?> ReserveAsync(IReadOnlyList<string> seats, string? inventoryId = null, int quantity = 0)
    {
        var request = new Request(user.Id, seats, quantity, NewKey("reserve"));
        user.Requests.Enqueue(request);
        var answer = await client.AskAsync((api, end) => inventoryId is null
            ? api.ReserveAsync(Token!, seats, request.Key, end)
            : api.ReservePlacesAsync(Token!, inventoryId, quantity, request.Key, end));
        if (answer is null)
        {
            return null;
        }

        if (answer.Status == 409)
        {
            request.Refusal = answer.Code;
            return null;
        }

        if (!Expect(answer, "reserve", 202))
        {
            return null;
        }

        request.Id = answer.Data!.Id;
        await FollowAsync(request, status => status != Status.Pending);
        return request;
    }

    /// <summary>Pays and follows the payment to its outcome.</summary>
    public async Task<string?> PayAsync(Request request)
    {
        var payment = new PaymentRequest();
        request.Payments.Enqueue(payment);
        var key = NewKey("pay");
        var answer = await client.AskAsync((api, end) => api.PayAsync(Token!, request.Id!, key, end));
        // Lost and asked again without its key: it is paid already, and its outcome is the reservation's.
        if (answer is null or { Status: 409 })
        {
            await FollowAsync(request, status => status != Status.Paying);
            return null;
        }

        // Without an answer to its charge, the buyer may have less than it thinks.
        if (answer.Status == 402 && user.Charges.Any(charge => charge.Balance is null))
        {
            return null;
        }

        if (!Expect(answer, "pay", 202))
        {
            return null;
        }

        payment.Id = answer.Data!.Id;
        var status = Status.Pending;
        for (var end = DateTime.UtcNow + Patience; status == Status.Pending && DateTime.UtcNow < end; await Task.Delay(Poll))
        {
            status = (await client.ReadAsync("payment", (api, token) => api.PaymentAsync(user.Token!, payment.Id, null, token))).Status;
            payment.Seen.Enqueue(status);
        }

        await ReadAsync(request);
        return status;
    }

    /// <summary>Cancels and follows the reservation until it is over, or until the cancellation was refused.</summary>
    public async Task CancelAsync(Request request)
    {
        var key = NewKey("cancel");
        var answer = await client.AskAsync((api, end) => api.CancelAsync(user.Token!, request.Id!, key, end));
        if (answer is null or { Status: 409 } || !Expect(answer, "cancel", 202))
        {
            return;
        }

        request.CancelAccepted = true;
        await FollowAsync(request, status => status is Status.Cancelled or Status.Expired or Status.Rejected);
    }

    private async Task FollowAsync(Request request, Func<string, bool> isOver)
    {
        var end = DateTime.UtcNow + Patience;
        while (!isOver(await ReadAsync(request)) && DateTime.UtcNow < end)
        {
            await Task.Delay(Poll);
        }
    }

    private async Task<string> ReadAsync(Request request)
    {
        var answer = await client.AskAsync((api, end) => api.ReservationAsync(user.Token!, request.Id!, null, end));
        if (!Expect(answer, $"read of {request.Id}", 200))
        {
            throw new InvalidOperationException($"An accepted reservation cannot be read: {request.Id}");
        }

        request.Seen.Enqueue(AnswerFacts.Of(answer!.Data!, user.Id));
        return answer.Data!.Status;
    }

    /// <summary>Most calls carry a key. The others show what a client without one can and cannot know after a crash.</summary>
    private string? NewKey(string call) => random.NextDouble() < 0.8 ? Key(call) : null;

    private string Key(string call) =>
        string.Create(CultureInfo.InvariantCulture, $"{call}-{user.Id}-{Interlocked.Increment(ref _keys)}-{random.Next():x8}");

    private bool Expect<T>(ApiAnswer<T>? answer, string call, int status)
        where T : class
    {
        if (answer is not null && answer.Status != status)
        {
            facts.Faults.Enqueue($"{user.Id}: {call} was answered with {answer.Status} {answer.Code}");
        }

        return answer?.Status == status;
    }
}
