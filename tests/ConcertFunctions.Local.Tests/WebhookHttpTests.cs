using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ConcertFunctions.Local.Tests;

[Trait("Rule", "R-WEBHOOK")]
public sealed class WebhookHttpTests
{
    [Fact]
    public async Task Sale_WithAReceiver_IsToldOverHttp()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = await LocalApp.StartOnRealTimeAsync("--Webhooks:AllowPrivate=true", "--DeliverWebhooksSchedule=00:00:00.2");
        var registered = (await app.AdminAsync("POST", "/api/admin/webhook", new { url = receiver.Url, events = new[] { "reservation.confirmed", "reservation.cancelled" } })).ShouldBe(201);
        registered.Text("secret").ShouldStartWith("whsec_");
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 5_000);
        var id = await mina.BuyAsync(sale.A[0]);
        await mina.CancelAsync(id);
        await receiver.UntilAsync(2);
        receiver.Got.Select(g => g["type"]!.GetValue<string>()).ShouldBe(["reservation.confirmed", "reservation.cancelled"]);
        receiver.Got.ShouldAllBe(g => g["data"]!["reservation"]!["id"]!.GetValue<string>() == id && g["data"]!["userId"]!.GetValue<string>() == "mina");
    }

    [Fact]
    public async Task Webhooks_ListedRemovedAndAskedForFailures_AnswerAsTheContractSays()
    {
        await using var app = await LocalApp.StartAsync();
        var made = (await app.AdminAsync("POST", "/api/admin/webhook", new { url = "https://shop.example.com/x" }, ("Idempotency-Key", "k1"))).ShouldBe(201);
        var again = (await app.AdminAsync("POST", "/api/admin/webhook", new { url = "https://shop.example.com/x" }, ("Idempotency-Key", "k1"))).ShouldBe(201);
        again.Text("secret").ShouldBe(made.Text("secret"));
        var path = "/api/admin/webhook/" + made.Text("id");
        var listed = (await app.AdminAsync("GET", "/api/admin/webhook")).Data.AsArray().ShouldHaveSingleItem()!;
        listed["url"]!.GetValue<string>().ShouldBe("https://shop.example.com/x");
        listed.AsObject().ContainsKey("secret").ShouldBeFalse();
        (await app.AdminAsync("GET", path + "/failures")).Data["items"]!.AsArray().ShouldBeEmpty();
        (await app.AdminAsync("POST", path + "/resend", new { })).Number("resent").ShouldBe(0);
        (await app.AdminAsync("DELETE", path)).ShouldBe(204);
        (await app.AdminAsync("DELETE", path)).ShouldFail(404, "not-yours");
        (await app.AdminAsync("GET", path + "/failures")).ShouldFail(404, "not-yours");
        (await app.AdminAsync("POST", path + "/resend", new { })).ShouldFail(404, "not-yours");
    }

    [Theory]
    [InlineData("https://127.0.0.1/hook")]
    [InlineData("https://169.254.169.254/")]
    [InlineData("http://shop.example.com/")]
    [InlineData("nowhere")]
    public async Task Register_AddressThatMayNotBeCalled_Is400(string url)
    {
        await using var app = await LocalApp.StartAsync();
        (await app.AdminAsync("POST", "/api/admin/webhook", new { url })).ShouldFail(400, "invalid-request");
        (await app.AdminAsync("GET", "/api/admin/webhook")).Data.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Webhooks_WithoutTheAdminKey_AreRefused()
    {
        await using var app = await LocalApp.StartAsync();
        (await app.SendAsync("POST", "/api/admin/webhook", new { url = "https://shop.example.com/" })).ShouldBe(401);
        (await app.SendAsync("GET", "/api/admin/webhook")).ShouldBe(401);
        (await app.SendAsync("DELETE", "/api/admin/webhook/wabc")).ShouldBe(401);
    }

    /// <summary>Another system on a loopback port.</summary>
    private sealed class Receiver : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly ConcurrentQueue<JsonNode> _got = new();

        private Receiver(WebApplication app) => _app = app;

        public IReadOnlyList<JsonNode> Got => [.. _got];

        public string Url => _app.Urls.First() + "/hook";

        public static async Task<Receiver> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var receiver = new Receiver(builder.Build());
            receiver._app.Run(async http => receiver._got.Enqueue((await JsonNode.ParseAsync(http.Request.Body))!));
            await receiver._app.StartAsync();
            return receiver;
        }

        public async Task UntilAsync(int count)
        {
            for (var i = 0; i < 3_000 && _got.Count < count; i++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
            }

            _got.Count.ShouldBe(count);
        }

        public async ValueTask DisposeAsync() => await _app.DisposeAsync();
    }
}
