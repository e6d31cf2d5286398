using System.Text.Json.Nodes;

namespace ConcertFunctions.Local.Tests;

/// <summary>Names and user ids as they come in over HTTP.</summary>
[Trait("Rule", "R-TEXT")]
public sealed class TextTests
{
    private const string Composed = "Zo\u00EB \uAC15";
    private const string Decomposed = "Zoe\u0308 \u1100\u1161\u11BC";

    [Fact]
    public async Task UserId_InTwoForms_IsOneWalletOneTurnAndOneKey()
    {
        await using var app = await LocalApp.StartAsync();
        (await ChargeAsync(app, Composed, 1_000, "k")).Number("balance").ShouldBe(1_000);
        (await ChargeAsync(app, Decomposed, 1_000, "k")).Number("balance").ShouldBe(1_000);
        (await ChargeAsync(app, $"  {Decomposed}\u3000", 500, "k2")).Number("balance").ShouldBe(1_500);
        (await app.SendAsync("GET", "/api/user/check?userId=" + Uri.EscapeDataString(Decomposed))).Number("balance").ShouldBe(1_500);
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = Composed })).ShouldBe(201);
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = Decomposed })).ShouldFail(409, "already-queued");
    }

    [Fact]
    public async Task Platform_UserInTwoForms_IsOne()
    {
        await using var app = await LocalApp.StartAsync("--Identity:Mode=Platform");
        var composed = await PlatformAsync(app, "POST", "/api/user/charge", Composed, new { userId = Decomposed, amount = 700 });
        composed.ShouldBe(200).Number("balance").ShouldBe(700);
        (await PlatformAsync(app, "GET", "/api/user/check?userId=" + Uri.EscapeDataString(Composed), Decomposed)).ShouldBe(200).Number("balance").ShouldBe(700);
        var token = (await PlatformAsync(app, "POST", "/api/queue/issue", Decomposed, new { userId = Composed })).ShouldBe(201).Text("token");
        (await PlatformAsync(app, "GET", "/api/queue/check", Composed, null, token)).ShouldBe(200).Text("status").ShouldBe("ACTIVE");
        (await PlatformAsync(app, "GET", "/api/user/history", "kim\u200B")).ShouldFail(401, "no-token");
    }

    [Fact]
    public async Task UserId_Of64CodePointsOutsideTheFirstPlane_CanBook()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var user = string.Concat(Enumerable.Repeat("\U0001F3B5", 64));
        var buyer = await sale.BuyerAsync(user, 10_000);
        (await buyer.BuyAsync(sale.A[0])).ShouldNotBeEmpty();
        (await buyer.BalanceAsync()).ShouldBe(9_000);
        (await ChargeAsync(app, user + "x", 1, null)).ShouldFail(400, "invalid-request");
    }

    [Theory]
    [InlineData("\u200B")]
    [InlineData("kim\u200B")]
    [InlineData("kim\n")]
    [InlineData("\u0301")]
    [InlineData("\u3164")]
    [InlineData("\u3000")]
    [InlineData("kim\uE000")]
    public async Task UserId_ThatIsNoText_IsInvalidAndChangesNothing(string user)
    {
        await using var app = await LocalApp.StartAsync();
        (await ChargeAsync(app, user, 1, null)).ShouldFail(400, "invalid-request");
        (await app.SendAsync("GET", "/api/user/check?userId=" + Uri.EscapeDataString(user))).ShouldFail(400, "invalid-request");
        (await app.SendAsync("POST", "/api/queue/issue", new { userId = user })).ShouldFail(400, "invalid-request");
        (await app.SendAsync("GET", "/api/user/check?userId=kim")).Number("balance").ShouldBe(0);
    }

    [Fact]
    public async Task Names_InNfd_AreKeptInNfcAndTrimmed()
    {
        await using var app = await LocalApp.StartAsync();
        var first = (await app.AdminAsync("POST", "/api/admin/concert", new { name = $" {Decomposed}\u00A0" }, ("Idempotency-Key", "k"))).ShouldBe(201);
        first.Text("name").ShouldBe(Composed);
        var again = (await app.AdminAsync("POST", "/api/admin/concert", new { name = Composed }, ("Idempotency-Key", "k"))).ShouldBe(201);
        again.Text("id").ShouldBe(first.Text("id"));

        (await CreateAsync(app, first.Text("id"), Decomposed, "B")).ShouldBe(201).Data["sections"]![0]!["name"]!.GetValue<string>().ShouldBe(Composed);
        (await CreateAsync(app, first.Text("id"), Decomposed, Composed)).ShouldFail(400, "invalid-request");
        (await CreateAsync(app, first.Text("id"), "A", "A\u200B")).ShouldFail(400, "invalid-request");
    }

    [Theory]
    [InlineData("\U0001F3B5", 100, 201)]
    [InlineData("\U0001F3B5", 101, 400)]
    [InlineData("e\u0301", 100, 201)]
    [InlineData("\u200B", 1, 400)]
    [InlineData("\u3164", 5, 400)]
    [InlineData("\u0301", 5, 400)]
    public async Task ConcertName_Length_IsOfWhatCanBeSeen(string part, int times, int status)
    {
        await using var app = await LocalApp.StartAsync();
        (await app.AdminAsync("POST", "/api/admin/concert", new { name = string.Concat(Enumerable.Repeat(part, times)) })).ShouldBe(status);
    }

    private static Task<Reply> ChargeAsync(LocalApp app, string user, long amount, string? key) =>
        app.SendAsync("POST", "/api/user/charge", new { userId = user, amount }, key is null ? [] : [("Idempotency-Key", key)]);

    private static Task<Reply> PlatformAsync(LocalApp app, string method, string path, string user, object? body = null, string? token = null) =>
        app.SendAsync(method, path, body, [("X-MS-CLIENT-PRINCIPAL-ID", user), .. token is null ? Array.Empty<(string, string)>() : [("queue-token", token)]]);

    private static Task<Reply> CreateAsync(LocalApp app, string concert, string section, string inventory)
    {
        var now = app.Time.GetUtcNow();
        return app.AdminAsync("POST", "/api/admin/schedule", new JsonObject
        {
            ["concertId"] = concert,
            ["openAt"] = now.AddDays(10),
            ["closeAt"] = now.AddDays(11),
            ["bookingStartAt"] = now,
            ["bookingEndAt"] = now.AddDays(9),
            ["sections"] = new JsonArray(new JsonObject { ["name"] = section, ["seats"] = new JsonObject { ["from"] = 1, ["to"] = 2, ["price"] = 5 } }),
            ["inventories"] = new JsonArray(new JsonObject { ["name"] = inventory, ["quantity"] = 5, ["price"] = 5 }),
        });
    }
}
