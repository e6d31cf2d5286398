using System.Globalization;
using System.Text.Json;

namespace Concert.Recovery.Tests.Load;

/// <summary>What a buyer can do. Every answer is noted before anything else happens.</summary>
internal sealed class Buyer(Client client, Facts facts, UserFacts user, Random random)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(15);

    /// <summary>Who waits longer leaves it to the judge, who looks when all has settled.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private int _keys;

    /// <summary>The token of the room joined last; null when the join was not answered.</summary>
    public string? Token { get; private set; }

    public Task JoinAsync(string concertId) => JoinAsync(concertId, NewKey("join"));

    /// <summary>Joins with a key, so that there is a token in the end.</summary>
    public Task JoinSurelyAsync(string concertId) => JoinAsync(concertId, Key("join"));

    private async Task JoinAsync(string concertId, string? key)
    {
        var answer = await client.SendAsync(HttpMethod.Post, "api/queue/issue", new { userId = user.Id, concertId }, key: key);
        if (Expect(answer, "join", 201))
        {
            Token = user.Token = answer!.Text("token");
        }
    }

    /// <param name="about">Won, give or take a few.</param>
    public async Task ChargeAsync(long about)
    {
        var charge = user.NewCharge(about);
        var answer = await client.SendAsync(HttpMethod.Post, "api/user/charge", new { userId = user.Id, amount = charge.Amount }, key: NewKey("charge"));
        if (Expect(answer, "charge", 200))
        {
            charge.Balance = answer!.Data.GetProperty("balance").GetInt64();
        }
    }

    public async Task ReadWalletAsync()
    {
        var balance = await client.GetAsync($"api/user/check?userId={user.Id}");
        user.Balances.Enqueue(balance.Data.GetProperty("balance").GetInt64());
        foreach (var entry in (await client.GetAsync("api/user/history?limit=20", user.Token)).Data.GetProperty("items").EnumerateArray())
        {
            user.Ledger.Enqueue(Views.Ledger(entry));
        }
    }

    /// <summary>Asks for places and follows the request to its outcome. Null when it was refused at once or never answered.</summary>
    public async Task<RequestFact?> ReserveAsync(string scheduleId, IReadOnlyList<string> seats, string? inventoryId = null, int quantity = 0)
    {
        var request = new RequestFact(scheduleId, seats, quantity, NewKey("reserve"));
        user.Requests.Enqueue(request);
        object body = inventoryId is null ? new { seatIds = seats } : new { inventoryId, quantity };
        var answer = await client.SendAsync(HttpMethod.Post, "api/reservation", body, Token, request.Key);
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

        request.Id = answer.Text("id");
        await FollowAsync(request, status => status != "PENDING");
        return request;
    }

    /// <summary>Pays and follows the payment to its outcome.</summary>
    public async Task<string?> PayAsync(RequestFact request)
    {
        var payment = new PaymentFact(NewKey("pay"));
        request.Payments.Enqueue(payment);
        var answer = await client.SendAsync(HttpMethod.Post, "api/payment", new { reservationId = request.Id }, Token, payment.Key);
        // Lost and asked again without its key: it is paid already, and its outcome is the reservation's.
        if (answer is null or { Status: 409 })
        {
            await FollowAsync(request, status => status != "PAYING");
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

        payment.Id = answer.Text("id");
        var status = "PENDING";
        for (var end = DateTime.UtcNow + Patience; status == "PENDING" && DateTime.UtcNow < end; await Task.Delay(Poll))
        {
            status = (await client.GetAsync($"api/payment/{payment.Id}", user.Token)).Text("status");
            payment.Seen.Enqueue(status);
        }

        await ReadAsync(request);
        return status;
    }

    /// <summary>Cancels and follows the reservation until it is over, or until the cancellation was refused.</summary>
    public async Task CancelAsync(RequestFact request)
    {
        var answer = await client.SendAsync(HttpMethod.Post, $"api/reservation/{request.Id}/cancel", token: user.Token, key: NewKey("cancel"));
        if (answer is null or { Status: 409 } || !Expect(answer, "cancel", 202))
        {
            return;
        }

        request.CancelAccepted = true;
        await FollowAsync(request, status => status is "CANCELLED" or "EXPIRED" or "REJECTED");
    }

    private async Task FollowAsync(RequestFact request, Func<string, bool> isOver)
    {
        var end = DateTime.UtcNow + Patience;
        while (!isOver(await ReadAsync(request)) && DateTime.UtcNow < end)
        {
            await Task.Delay(Poll);
        }
    }

    private async Task<string> ReadAsync(RequestFact request)
    {
        var answer = await client.GetAsync($"api/reservation/{request.Id}", user.Token);
        if (!Expect(answer, $"read of {request.Id}", 200))
        {
            throw new InvalidOperationException($"An accepted reservation cannot be read: {request.Id}");
        }

        var seen = Views.Reservation(answer.Data);
        request.Seen.Enqueue(seen);
        return seen.Status;
    }

    /// <summary>Most calls carry a key. The others show what a client without one can and cannot know after a crash.</summary>
    private string? NewKey(string call) => random.NextDouble() < 0.8 ? Key(call) : null;

    private string Key(string call) =>
        string.Create(CultureInfo.InvariantCulture, $"{call}-{user.Id}-{Interlocked.Increment(ref _keys)}-{random.Next():x8}");

    private bool Expect(Answer? answer, string call, int status)
    {
        if (answer is not null && answer.Status != status)
        {
            facts.Faults.Enqueue($"{user.Id}: {call} was answered with {answer.Status} {answer.Code}");
        }

        return answer?.Status == status;
    }
}

/// <summary>Reads what the API shows.</summary>
internal static class Views
{
    public static ReservationSeen Reservation(JsonElement view) => new(
        view.GetProperty("status").GetString()!,
        [.. view.GetProperty("history").EnumerateArray().Select(line => new HistoryLine(
            line.GetProperty("at").GetDateTimeOffset(), line.GetProperty("status").GetString()!, TextOrNull(line, "reason")))]);

    public static LedgerSeen Ledger(JsonElement entry) => new(
        entry.GetProperty("id").GetString()!,
        entry.GetProperty("kind").GetString()!,
        entry.GetProperty("amount").GetInt64(),
        entry.GetProperty("balanceAfter").GetInt64(),
        entry.GetProperty("reference").GetString()!,
        entry.GetProperty("createdAt").GetDateTimeOffset());

    public static string? TextOrNull(JsonElement view, string property) =>
        view.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
