using Concert.Testing.Http;
using Concert.Testing.Sales;
using Microsoft.Extensions.DependencyInjection;

namespace ConcertFunctions.Local.Tests.Support;

/// <summary>A schedule on sale: section A with seats 1 to 10 at 1,000 won, B with 1 to 3 at 2,000, and 5 standing places at 500.</summary>
internal sealed class Sale
{
    private Sale(LocalApp app, string concertId, string scheduleId, IReadOnlyList<string> a, IReadOnlyList<string> b, string inventoryId) =>
        (App, ConcertId, ScheduleId, A, B, InventoryId) = (app, concertId, scheduleId, a, b, inventoryId);

    public LocalApp App { get; }

    public string ConcertId { get; }

    public string ScheduleId { get; }

    public IReadOnlyList<string> A { get; }

    public IReadOnlyList<string> B { get; }

    public string InventoryId { get; }

    /// <param name="app">Where.</param>
    /// <param name="opensIn">From now until doors open.</param>
    /// <param name="bookingIn">From now until booking starts.</param>
    public static async Task<Sale> OpenAsync(LocalApp app, TimeSpan? opensIn = null, TimeSpan bookingIn = default)
    {
        var concert = (await app.AdminAsync("POST", "/api/admin/concert", new { name = "여름밤" })).ShouldBe(201).Text("id");
        var now = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var doors = now + (opensIn ?? TimeSpan.FromDays(10));
        var created = (await app.AdminAsync("POST", "/api/admin/schedule", Body(concert, now + bookingIn, doors))).ShouldBe(201).Data;
        var sections = created["sections"]!.AsArray();
        return new Sale(
            app,
            concert,
            created["id"]!.GetValue<string>(),
            [.. sections[0]!["seatIds"]!.AsArray().Select(id => id!.GetValue<string>())],
            [.. sections[1]!["seatIds"]!.AsArray().Select(id => id!.GetValue<string>())],
            created["inventories"]![0]!["id"]!.GetValue<string>());
    }

    public static ScheduleRequest Body(string concertId, DateTimeOffset bookingStartAt, DateTimeOffset openAt) => new SaleBuilder()
        .At(openAt - bookingStartAt, bookingIn: TimeSpan.Zero, closesBefore: TimeSpan.Zero)
        .Section("A", 10, 1_000)
        .Section("B", new SeatRequest(1, 2_000), new SeatRequest(2, 2_000), new SeatRequest(3, 2_000))
        .Standing("Standing", 5, 500)
        .Request(concertId, bookingStartAt);

    public async Task<Buyer> BuyerAsync(string user, long balance = 0)
    {
        var joined = await App.SendAsync("POST", "/api/queue/issue", new { userId = user, concertId = ConcertId });
        joined.ShouldBe(201).Text("status").ShouldBe("ACTIVE");
        var buyer = new Buyer(App, user, joined.Text("token"));
        if (balance > 0)
        {
            (await App.SendAsync("POST", "/api/user/charge", new { userId = user, amount = balance })).ShouldBe(200);
        }

        return buyer;
    }

    public Task<Reply> ReportAsync() => App.AdminAsync("GET", $"/api/admin/schedule/{ScheduleId}/report");
}

/// <summary>A user with a queue token.</summary>
internal sealed record Buyer(LocalApp App, string User, string Token)
{
    public Task<Reply> SendAsync(string method, string path, object? body = null, params (string Name, string Value)[] headers) =>
        App.SendAsync(method, path, body, [("queue-token", Token), .. headers]);

    public Task<Reply> GetAsync(string path) => SendAsync("GET", path);

    /// <summary>Asks for a hold and waits for its outcome.</summary>
    public async Task<Reply> ReserveAsync(object body)
    {
        var accepted = await SendAsync("POST", "/api/reservation", body);
        return accepted.Status == 202 ? await DecidedAsync("/api/reservation/" + accepted.Text("id")) : accepted;
    }

    /// <summary>A seat that is held now; its reservation's id.</summary>
    public async Task<string> HoldAsync(params string[] seatIds)
    {
        var held = await ReserveAsync(new { seatIds });
        held.Text("status").ShouldBe("HELD");
        return held.Text("id");
    }

    /// <summary>Pays and waits for the outcome.</summary>
    public async Task<Reply> PayAsync(object body)
    {
        var accepted = await SendAsync("POST", "/api/payment", body);
        return accepted.Status == 202 ? await DecidedAsync("/api/payment/" + accepted.Text("id")) : accepted;
    }

    /// <summary>Holds and pays; the reservation's id.</summary>
    public async Task<string> BuyAsync(params string[] seatIds)
    {
        var id = await HoldAsync(seatIds);
        (await PayAsync(new { reservationId = id })).Text("status").ShouldBe("COMPLETED");
        return id;
    }

    /// <summary>Cancels and waits until it is over.</summary>
    public async Task<Reply> CancelAsync(string id)
    {
        var asked = await SendAsync("DELETE", "/api/reservation/" + id);
        return asked.Status == 202 ? await BecomesAsync("/api/reservation/" + id, "CANCELLED") : asked;
    }

    public Task<Reply> DecidedAsync(string path) => App.UntilAsync(() => GetAsync(path), reply => reply.Text("status") is not ("PENDING" or "PAYING"));

    public Task<Reply> BecomesAsync(string path, string status) => App.UntilAsync(() => GetAsync(path), reply => reply.Text("status") == status);

    public async Task<long> BalanceAsync() => (await App.SendAsync("GET", "/api/user/check?userId=" + Uri.EscapeDataString(User))).Number("balance");
}
