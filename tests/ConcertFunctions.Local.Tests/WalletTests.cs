namespace ConcertFunctions.Local.Tests;

[Trait("Rule", "L1"), Trait("Rule", "R-PLATFORM"), Trait("Rule", "R-EVERY"), Trait("Rule", "R-MAXBALANCE")]
public sealed class WalletTests
{
    [Fact]
    public async Task Charge_AddsUpAndIsInTheLedger()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("미나");
        (await mina.BalanceAsync()).ShouldBe(0);
        (await app.SendAsync("POST", "/api/user/charge", new { userId = "미나", amount = 1 })).ShouldBe(200).Number("balance").ShouldBe(1);
        (await app.SendAsync("POST", "/api/user/charge", new { userId = "미나", amount = 10_000_000 })).Number("balance").ShouldBe(10_000_001);
        (await mina.BalanceAsync()).ShouldBe(10_000_001);
        var newest = (await mina.GetAsync("/api/user/history?limit=1")).Data;
        newest["continuation"].ShouldNotBeNull();
        var entry = newest["items"]!.AsArray().Single()!;
        entry["kind"]!.GetValue<string>().ShouldBe("CHARGE");
        entry["amount"]!.GetValue<long>().ShouldBe(10_000_000);
        entry["balanceAfter"]!.GetValue<long>().ShouldBe(10_000_001);
        entry["id"].ShouldNotBeNull();
        entry["reference"].ShouldNotBeNull();
        entry["createdAt"].ShouldNotBeNull();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("10000001")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData("1.5")]
    [InlineData("\"1\"")]
    [InlineData("null")]
    public async Task Charge_AmountOutsideTheLimits_IsInvalidAndChangesNothing(string amount)
    {
        await using var app = await LocalApp.StartAsync();
        (await app.SendAsync("POST", "/api/user/charge", $$"""{"userId":"mina","amount":{{amount}}}""")).ShouldFail(400, "invalid-request");
        (await app.SendAsync("GET", "/api/user/check?userId=mina")).Number("balance").ShouldBe(0);
    }

    [Fact]
    public async Task Charge_OverTheWalletsLimit_IsRefused()
    {
        await using var app = await LocalApp.StartAsync("--Wallet:MaxBalance=100");
        (await app.SendAsync("POST", "/api/user/charge", new { userId = "mina", amount = 60 })).ShouldBe(200);
        (await app.SendAsync("POST", "/api/user/charge", new { userId = "mina", amount = 41 })).ShouldFail(409, "limit-reached");
        (await app.SendAsync("POST", "/api/user/charge", new { userId = "mina", amount = 40 })).Number("balance").ShouldBe(100);
    }

    [Fact]
    public async Task Charge_SameIdempotencyKey_CountsOnce()
    {
        await using var app = await LocalApp.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ =>
            app.SendAsync("POST", "/api/user/charge", new { userId = "mina", amount = 70 }, ("Idempotency-Key", "k"))));
        answers.ShouldAllBe(a => a.Status == 200 && a.Number("balance") == 70);
        (await app.SendAsync("POST", "/api/user/charge", new { userId = "mina", amount = 71 }, ("Idempotency-Key", "k"))).ShouldFail(422, "idempotency-mismatch");
        (await app.SendAsync("POST", "/api/user/charge", new { userId = "jun", amount = 71 }, ("Idempotency-Key", "k"))).Number("balance").ShouldBe(71);
        (await app.SendAsync("GET", "/api/user/check?userId=mina")).Number("balance").ShouldBe(70);
    }

    [Fact]
    public async Task Charge_ManyAtOnce_EveryOneCountsAndTheLedgerAgrees()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        await Task.WhenAll(Enumerable.Range(1, 300).Select(async i =>
            (await app.SendAsync("POST", "/api/user/charge", new { userId = "mina", amount = i })).ShouldBe(200)));
        (await mina.BalanceAsync()).ShouldBe(300 * 301 / 2);
        var sum = 0L;
        var entries = 0;
        string? continuation = null;
        do
        {
            var page = (await mina.GetAsync("/api/user/history?limit=100" + (continuation is null ? "" : "&continuation=" + Uri.EscapeDataString(continuation)))).Data;
            var items = page["items"]!.AsArray();
            sum += items.Sum(e => e!["amount"]!.GetValue<long>());
            entries += items.Count;
            continuation = (string?)page["continuation"];
        }
        while (continuation is not null);
        entries.ShouldBe(300);
        sum.ShouldBe(300 * 301 / 2);
    }

    [Fact]
    public async Task Platform_OnlyTheSignedInUsersWalletIsThere()
    {
        await using var app = await LocalApp.StartAsync("--Identity:Mode=Platform");
        (string, string) mina = ("X-MS-CLIENT-PRINCIPAL-ID", "mina");
        (await app.SendAsync("POST", "/api/user/charge", new { userId = "mina", amount = 5 })).ShouldFail(401, "no-token");
        (await app.SendAsync("POST", "/api/user/charge", new { userId = "jun", amount = 5 }, mina)).ShouldFail(404, "not-yours");
        (await app.SendAsync("POST", "/api/user/charge", new { userId = "mina", amount = 5 }, mina)).Number("balance").ShouldBe(5);
        (await app.SendAsync("GET", "/api/user/history", null, mina)).Data["items"]!.AsArray().Count.ShouldBe(1);
        (await app.SendAsync("GET", "/api/reservation", null, mina)).ShouldBe(200);
    }
}
