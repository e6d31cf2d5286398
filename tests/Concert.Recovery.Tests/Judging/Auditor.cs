using System.Text.Json;
using Concert.Recovery.Tests.Load;
using Concert.Recovery.Tests.Sales;

namespace Concert.Recovery.Tests.Judging;

/// <summary>Waits until everything has come to an end, and then reads everything.</summary>
internal sealed class Auditor(Client client, Facts facts, IReadOnlyList<Schedule> schedules)
{
    private const int Readers = 16;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<Evidence> SettleAndReadAsync()
    {
        await SettleAsync();
        var reservations = await ForEachUserAsync(user => AllAsync("api/reservation", user.Token!, view => Reservation(user, view)));
        var payments = await ForEachUserAsync(user => AllAsync("api/payment", user.Token!, Payment));
        var wallets = await ForEachUserAsync<FinalWallet>(async user => [await WalletAsync(user)]);
        var seen = new List<FinalSchedule>();
        foreach (var schedule in schedules)
        {
            seen.Add(await ScheduleAsync(schedule));
        }

        return new Evidence(facts, reservations, payments, wallets, seen);
    }

    /// <summary>F1: within bounded time after the last crash nothing is pending, held or under way. What never ends is left for the judge to find.</summary>
    private async Task SettleAsync()
    {
        var end = DateTime.UtcNow + Patience;
        while (DateTime.UtcNow < end && !await IsSettledAsync())
        {
            await Task.Delay(Poll);
        }
    }

    private async Task<bool> IsSettledAsync()
    {
        foreach (var schedule in schedules)
        {
            var report = (await client.GetAsync($"api/admin/schedule/{schedule.Id}/report", admin: true)).Data;
            if (report.GetProperty("held").GetInt64() > 0)
            {
                return false;
            }
        }

        foreach (var user in facts.Users.Where(user => user.Token is not null))
        {
            foreach (var request in user.Requests.Where(request => request.Id is not null))
            {
                if ((await client.GetAsync($"api/reservation/{request.Id}", user.Token)).Text("status") is "PENDING" or "HELD" or "PAYING")
                {
                    return false;
                }
            }
        }

        return true;
    }

    private async Task<List<T>> ForEachUserAsync<T>(Func<UserFacts, Task<IReadOnlyList<T>>> read)
    {
        var all = new List<T>();
        foreach (var some in facts.Users.Where(user => user.Token is not null).Chunk(Readers))
        {
            all.AddRange((await Task.WhenAll(some.Select(read))).SelectMany(one => one));
        }

        return all;
    }

    private async Task<IReadOnlyList<T>> AllAsync<T>(string path, string token, Func<JsonElement, T> read)
    {
        var all = new List<T>();
        string? continuation = null;
        do
        {
            var page = (await client.GetAsync($"{path}?limit=100{(continuation is null ? "" : $"&continuation={continuation}")}", token)).Data;
            all.AddRange(page.GetProperty("items").EnumerateArray().Select(read));
            continuation = Views.TextOrNull(page, "continuation");
        }
        while (continuation is not null);
        return all;
    }

    private async Task<FinalWallet> WalletAsync(UserFacts user)
    {
        var balance = (await client.GetAsync($"api/user/check?userId={user.Id}")).Data.GetProperty("balance").GetInt64();
        var ledger = await AllAsync("api/user/history", user.Token!, Views.Ledger);
        return new FinalWallet(user, balance, [.. ledger.Reverse()]);
    }

    private async Task<FinalSchedule> ScheduleAsync(Schedule schedule)
    {
        var report = (await client.GetAsync($"api/admin/schedule/{schedule.Id}/report", admin: true)).Data;
        // The map wants an admitted visitor.
        var visitor = await client.SendAsync(HttpMethod.Post, "api/queue/issue", new { userId = "auditor", concertId = schedule.ConcertId }, key: "auditor");
        var map = await client.GetAsync($"api/concert/available-seats?concertScheduleId={schedule.Id}&include=all", visitor!.Text("token"));
        return new FinalSchedule(
            schedule, report, map.Data.GetProperty("seats").EnumerateArray().ToDictionary(s => s.GetProperty("id").GetString()!, s => s.GetProperty("status").GetString()!));
    }

    private static FinalReservation Reservation(UserFacts user, JsonElement view)
    {
        string[] seats = [.. view.GetProperty("seats").EnumerateArray().Select(seat => seat.GetProperty("id").GetString()!)];
        return new FinalReservation(
            view.GetProperty("id").GetString()!,
            user.Id,
            view.GetProperty("concertScheduleId").GetString()!,
            Views.Reservation(view),
            seats,
            seats.Length > 0 ? seats.Length : NumberOr(view, "quantity"),
            NumberOr(view, "totalAmount"));
    }

    private static FinalPayment Payment(JsonElement view) => new(
        view.GetProperty("id").GetString()!,
        view.GetProperty("reservationId").GetString()!,
        view.GetProperty("status").GetString()!,
        NumberOr(view, "totalAmount"),
        NumberOr(view, "refundAmount"));

    private static int NumberOr(JsonElement view, string property) =>
        view.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : 0;
}
