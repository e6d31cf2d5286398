using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ConcertFunctions.Tests.Metadata;
using ConcertFunctions.Tests.Worker.Rpc;
using Shouldly;

namespace ConcertFunctions.Tests.Worker;

/// <summary>The built worker under the host's protocol, on the embedded backend.</summary>
public sealed class WorkerTests(RunningWorker worker) : IClassFixture<RunningWorker>
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    public static TheoryData<string> Timers => [.. BuiltApp.Functions.Where(f => f.TriggerType == "timerTrigger").Select(f => f.Name)];

    /// <summary>Every operation with every method that it takes.</summary>
    public static TheoryData<string, string, string> Operations
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var function in BuiltApp.Functions.Where(f => f.TriggerType == "httpTrigger"))
            {
                foreach (var method in function.Trigger["methods"]!.AsArray())
                {
                    data.Add(function.Name, method!.GetValue<string>(), function.Text("route"));
                }
            }

            return data;
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Worker_Started_NamesAndLoadsEveryFunction()
    {
        worker.Host.Functions.Select(f => f.Name).ShouldBe(BuiltApp.Functions.Select(f => f.Name), ignoreOrder: true);
        worker.Host.Functions.ShouldAllBe(f => f.EntryPoint == BuiltApp.Functions.Single(b => b.Name == f.Name).EntryPoint);
        worker.Host.Loaded.Where(f => f.Value.Status != Result.Types.Status.Success).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Operation_Invoked_IsAnsweredByThePipeline(string function, string method, string route)
    {
        var path = route.Replace("{id}", "none", StringComparison.Ordinal).Replace("{asset}", "start.js", StringComparison.Ordinal)
            .Replace("{*path}", "nothing/here", StringComparison.Ordinal);

        using var response = await worker.Host.SendAsync(function, new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), path));

        ((int)response.StatusCode).ShouldBeLessThan(500);
        if (!response.IsSuccessStatusCode && method != "head")
        {
            var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
            ((bool)problem["success"]!).ShouldBeFalse();
            ((string?)problem["code"]).ShouldNotBeNullOrEmpty();
        }
    }

    [Fact]
    public async Task Sale_OverTheWorker_HoldsPaysAndReports()
    {
        var concert = await DataAsync("CreateConcert", HttpMethod.Post, "api/admin/concert", new { name = "Worker" });
        var schedule = await DataAsync("CreateSchedule", HttpMethod.Post, "api/admin/schedule", new
        {
            concertId = (string?)concert["id"],
            openAt = Now.AddDays(30),
            closeAt = Now.AddDays(30).AddHours(3),
            bookingStartAt = Now.AddHours(-1),
            bookingEndAt = Now.AddDays(29),
            sections = new[] { new { name = "A", seats = new { from = 1, to = 4, price = 50_000 } } },
        });
        var token = (string)(await DataAsync("IssueToken", HttpMethod.Post, "api/queue/issue", new { userId = "kim", concertId = (string?)concert["id"] }))["token"]!;
        await DataAsync("ChargeWallet", HttpMethod.Post, "api/user/charge", new { userId = "kim", amount = 70_000 });

        var held = await DataAsync(
            "RequestReservation", HttpMethod.Post, "api/reservation", new { seatId = (string?)schedule["sections"]![0]!["seatIds"]![0] }, token);
        var paid = await DataAsync("RequestPayment", HttpMethod.Post, "api/payment", new { reservationId = (string?)held["id"] }, token);
        var balance = await DataAsync("CheckBalance", HttpMethod.Get, "api/user/check?userId=kim", null);
        var report = await DataAsync("ReportSchedule", HttpMethod.Get, $"api/admin/schedule/{schedule["id"]}/report", null);

        ((string?)held["status"], (string?)paid["status"], (long)balance["balance"]!, (int)report["sold"]!).ShouldBe(("HELD", "COMPLETED", 20_000, 1));
    }

    [Theory]
    [MemberData(nameof(Timers))]
    public async Task Timer_Fired_Succeeds(string timer) => (await worker.Host.FireAsync(timer)).Status.ShouldBe(Result.Types.Status.Success);

    /// <summary>Six lines a request were half of what the app's telemetry cost. Warnings go on coming.</summary>
    [Fact]
    public async Task Requests_ThatGoWell_LogNothing()
    {
        const int requests = 20;
        var before = worker.Host.Logs.Count;
        for (var i = 0; i < requests; i++)
        {
            using var response = await worker.Host.SendAsync("ListConcerts", new HttpRequestMessage(HttpMethod.Get, "api/concert"));
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        worker.Host.Logs.Skip(before).Count(l => l.Level <= LogLine.Types.Level.Information).ShouldBeLessThan(requests);
    }

    private async Task<JsonNode> DataAsync(string function, HttpMethod method, string path, object? body, string? token = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("x-admin-key", Settings.AdminKey);
        request.Headers.Add("Prefer", "wait=5");
        request.Headers.Add("queue-token", token is null ? [] : [token]);
        using var response = await worker.Host.SendAsync(function, request);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        response.IsSuccessStatusCode.ShouldBeTrue($"{function}: {text}");
        return JsonNode.Parse(text)!["data"]!;
    }
}
