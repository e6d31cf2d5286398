using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concert.Rush.Options;
using Concert.Rush.Tests.Support;
using Shouldly;
using Spectre.Console;
using Xunit;

namespace Concert.Rush.Tests;

/// <summary>The whole drill over HTTP against the real host: it passes, and with somebody in between who makes it look wrong each wrong is found.</summary>
[Trait("Rule", "R-BEST")]
public sealed class DrillTests(RealHost host) : IClassFixture<RealHost>
{
    private static readonly string[] Places = ["--scenario", "places", "--buyers", "60", "--places", "20", "--pay-share", "0.6", "--cancel-share", "0.4"];
    private static readonly string[] Carts = ["--scenario", "carts", "--buyers", "60", "--places", "14"];
    private static readonly string[] Best = ["--scenario", "best", "--buyers", "60", "--places", "41"];
    private static readonly string[] CallOff = ["--scenario", "call-off", "--buyers", "40", "--places", "20", "--pay-share", "0.6"];
    private static readonly string[] Early = ["--scenario", "early", "--buyers", "40", "--places", "20", "--opens-in", "00:00:10", "--max-active", "10"];
    private static readonly string[] OneSeat = ["--scenario", "one-seat", "--buyers", "50", "--pay-share", "1"];
    private static readonly string[] Wallet = ["--scenario", "wallet", "--uses", "24", "--charges", "40", "--rooms", "4", "--cancel-share", "0.2"];

    /// <summary>What is done to the service's answers → how the drill is run and the verdict that must turn red.</summary>
    private static readonly Dictionary<string, (string[] Drill, string Verdict, Func<DelegatingHandler> Tamper)> Wrongs = new()
    {
        ["the one seat sold twice"] = (OneSeat, "No seat sold twice", () => new SellsTwice()),
        ["a cart sold twice"] = (Carts, "No seat sold twice", () => new SellsTwice()),
        ["more reserved than there is"] = (Places, "Never oversold", () => Report(r => Add(r, "reservedSeats", 1))),
        ["a free seat refused"] = (Places, "Exactly the right number", () => Swallows.Refusing("reservation", HttpStatusCode.Conflict, "booking-closed")),
        ["another number held"] = (OneSeat, "Exactly the right number", () => new Lie("admin/schedule", r => Add(r, "held", 1), everywhere: true)),
        ["a cart without one of its seats"] = (Carts, "All places or none", () => new Lie("reservation/", r => Was(r, "HELD") && Drop(r["seats"]!))),
        ["a four refused while seats are left"] = (Best, "Exactly the right number", () => Swallows.Refusing("reservation", HttpStatusCode.Conflict, "sold-out")),
        ["a call-off that keeps some of the money"] = (CallOff, "Everybody has everything back", () => new Lie("reservation/", r => r["cancellation"] is { } c && c["refundAmount"]!.GetValue<long>() > 0 && Add(c, "refundAmount", -1))),
        ["a call-off that leaves somebody"] = (CallOff, "Everybody has everything back", () => Report(r => r["callOff"] is { } c && c["finishedAt"] is not null && Add(c, "left", 1))),
        ["a request never decided"] = (Places, "Nothing accepted was lost", () => new Lie("reservation/", r => Set(r, "status", "PENDING"))),
        ["an accepted request lost"] = (Places, "Nothing accepted was lost", () => new Forgets()),
        ["a payment that never ends"] = (Places, "Nothing accepted was lost", () => new Lie("payment/", p => Set(p, "status", "PENDING"))),
        ["a history without its beginning"] = (Places, "Nothing was taken back", () => new Lie("reservation/", r => Drop(r["history"]!))),
        ["a refused buyer who holds"] = (Places, "Refusals left nothing behind", () => new HoldsWhatItRefuses()),
        ["another number sold"] = (Places, "Report agrees with buyers", () => Report(r => Add(r, "sold", 1))),
        ["another number among the dates"] = (Places, "Dates agree with report", () => new Lie("concert/available-dates", d => Add(d[0]!, "reservedSeats", 1), everywhere: true)),
        ["a seat shown wrong"] = (Places, "Seat map agrees", () => new Lie("concert/available-seats", m => Set(m["seats"]![0]!, "status", m["seats"]![0]!["status"]!.GetValue<string>() == "SOLD" ? "AVAILABLE" : "SOLD"))),
        ["sold and not paid"] = (Places, "Sold means paid once", () => new Lie("payment/", p => p["status"]!.GetValue<string>() is "COMPLETED" or "REFUNDED" && Add(p, "totalAmount", -1))),
        ["a payment refused without a reason"] = (Places, "Payments and cancellations succeeded", () => Swallows.Refusing("payment", HttpStatusCode.PaymentRequired, "insufficient-balance")),
        ["a charge lost"] = (Wallet, "No money lost or invented", Swallows.Charging),
        ["a payment debited twice"] = (Wallet, "No money lost or invented", () => new Lie("user/history", l => Twice(l["items"]!, "PAYMENT"), everywhere: true)),
        ["a balance that is not the sum"] = (Wallet, "Ledgers add up", () => new Lie("user/check", b => Add(b, "balance", 1), everywhere: true)),
        ["a refund above the payment"] = (Places, "Refunds within payments", () => new Lie("reservation/", r => r["cancellation"] is { } c && c["refundAmount"]!.GetValue<long>() > 0 && Add(c, "refundAmount", 1))),
        ["other money in the report"] = (Places, "Report agrees on money", () => Report(r => Add(r, "paid", 1))),
    };

    public static TheoryData<string> WrongNames => [.. Wrongs.Keys];

    [Theory]
    [MemberData(nameof(WrongNames))]
    public async Task Wrong_Answers_AreFoundByTheirVerdict(string name)
    {
        var (arguments, verdict, tamper) = Wrongs[name];

        var (exit, output, json) = await DrillAsync(host, arguments, tamper());

        exit.ShouldBe(1, output);
        json.GetProperty("verdicts").EnumerateArray()
            .Where(v => !v.GetProperty("kept").GetBoolean())
            .Select(v => v.GetProperty("name").GetString())
            .ShouldContain(verdict, output);
    }

    [Fact]
    public async Task Listening_HearsOfEveryOutcome()
    {
        var (exit, output, json) = await DrillAsync(host, [.. Places, "--listen", "http://127.0.0.1:0"]);

        exit.ShouldBe(0, output);
        json.GetProperty("verdicts").EnumerateArray().Select(v => v.GetProperty("name").GetString()).ShouldContain("Every outcome was told", output);
    }

    [Fact]
    public async Task Places_WithRoomForEverybody_SellsEachSeatOnce()
    {
        var (exit, output, json) = await DrillAsync(host, Places);

        exit.ShouldBe(0, output);
        json.GetProperty("held").GetInt32().ShouldBe(20);
        json.GetProperty("refused").GetProperty("seat-taken").GetInt32().ShouldBe(40);
        json.GetProperty("rolling").GetBoolean().ShouldBeFalse();
        json.GetProperty("paid").GetInt32().ShouldBeGreaterThan(0);
        json.GetProperty("cancelled").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Best_MoreBuyersThanSeats_SeatsEverybodyWhoCanBeSeated()
    {
        var (exit, output, json) = await DrillAsync(host, Best);

        exit.ShouldBe(0, output);
        json.GetProperty("held").GetInt32().ShouldBe(10);
        json.GetProperty("refused").GetProperty("sold-out").GetInt32().ShouldBe(50);
    }

    [Fact]
    public async Task Best_HouseOfSeveralSections_SeatsEverybodyWhoCanBeSeated()
    {
        var (exit, output, json) = await DrillAsync(host, ["--scenario", "best", "--buyers", "60", "--places", "50", "--sections", "3"]);

        // Four of 17, of 17 and of 16.
        exit.ShouldBe(0, output);
        json.GetProperty("held").GetInt32().ShouldBe(12);
        json.GetProperty("refused").GetProperty("sold-out").GetInt32().ShouldBe(48);
    }

    [Fact]
    public async Task CallOff_InTheMiddleOfTheSale_GivesEverythingBackAndShowsHowFarItCame()
    {
        var (exit, output, json) = await DrillAsync(host, CallOff);

        exit.ShouldBe(0, output);
        json.GetProperty("paid").GetInt32().ShouldBeGreaterThan(0);
        var last = json.GetProperty("callOff").EnumerateArray().Last().GetProperty("progress");
        (last.GetProperty("left").GetInt32(), last.GetProperty("refunded").GetInt32() > 0).ShouldBe((0, true));
        output.ShouldContain("Call-off, as the report told it");
    }

    [Fact]
    public async Task Early_BuyersWaitForTheOpening_DrawsOnceAndAdmitsByIt()
    {
        await using var resting = await RestingAsync();

        var (exit, output, json) = await DrillAsync(resting, Early);

        exit.ShouldBe(0, output);
        var start = json.GetProperty("fairStart");
        (start.GetProperty("early").GetInt32(), start.GetProperty("admittedFirst").GetInt32(), start.GetProperty("waiting").GetInt32(), start.GetProperty("late").GetInt32())
            .ShouldBe((36, 10, 26, 4));
        start.GetProperty("correlationZ").ValueKind.ShouldBe(JsonValueKind.Number);
        output.ShouldContain("Fair start, opening");
    }

    [Theory]
    [InlineData("a position before the opening", "Nobody in before the opening")]
    [InlineData("two with one position", "One draw, by lot")]
    public async Task Early_WrongLine_IsFoundByItsVerdict(string lie, string verdict)
    {
        await using var resting = await RestingAsync();
        Lie wrong = lie[0] == 'a'
            ? new("queue/check", t => t["status"]!.GetValue<string>() == "EARLY" && Set(t, "position", 1))
            : new("queue/check", t => t["status"]!.GetValue<string>() == "WAITING" && t["position"]!.GetValue<long>() == 2 && Set(t, "position", 1));

        var (exit, output, json) = await DrillAsync(resting, Early, wrong);

        exit.ShouldBe(1, output);
        json.GetProperty("verdicts").EnumerateArray().Where(v => !v.GetProperty("kept").GetBoolean()).Select(v => v.GetProperty("name").GetString()).ShouldContain(verdict, output);
    }

    [Fact]
    public async Task Early_SomethingElseOfTheLineIsOnSale_IsUnusable()
    {
        await using var resting = await RestingAsync("--WaitingRoom:Scope=Service");
        (await DrillAsync(resting, OneSeat)).Exit.ShouldBe(0);

        var (exit, output, _) = await DrillAsync(resting, Early);

        exit.ShouldBe(2, output);
        output.ShouldContain("WaitingRoom:Scope=Concert");
    }

    [Fact]
    public async Task Places_BehindWaitingRoom_RollsAndNamesTheBottleneck()
    {
        await using var crowded = await CrowdedAsync();

        var (exit, output, json) = await DrillAsync(crowded, Places);

        exit.ShouldBe(0, output);
        json.GetProperty("rolling").GetBoolean().ShouldBeTrue();
        json.GetProperty("held").GetInt32().ShouldBeGreaterThanOrEqualTo(20);
        output.ShouldContain("WaitingRoom:MaxActive");
        output.ShouldContain("WaitingRoom:AdmitPerInterval");
    }

    [Fact]
    public async Task Places_BehindWaitingRoomWithRollingOff_KeepsTheBarrier()
    {
        await using var crowded = await CrowdedAsync();

        var (exit, output, json) = await DrillAsync(crowded, [.. Places, "--rolling", "off"]);

        exit.ShouldBe(0, output);
        json.GetProperty("rolling").GetBoolean().ShouldBeFalse();
        json.GetProperty("held").GetInt32().ShouldBe(20);
        json.GetProperty("paid").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Places_WhenHoldsEndDuringTheRush_IsStillConsistent()
    {
        await using var crowded = await CrowdedAsync("--Booking:HoldFor=00:00:00.4", "--Booking:ReleaseGrace=00:00:00.1", "--ReleaseExpiredHoldsSchedule=00:00:00.2");

        var (exit, output, _) = await DrillAsync(crowded, ["--scenario", "places", "--buyers", "60", "--places", "20", "--pay-share", "0"]);

        exit.ShouldBe(0, output);
    }

    [Fact]
    public async Task OneSeat_FiftyBuyers_OneHolds()
    {
        var (exit, output, json) = await DrillAsync(host, OneSeat);

        exit.ShouldBe(0, output);
        json.GetProperty("held").GetInt32().ShouldBe(1);
        json.GetProperty("refused").GetProperty("seat-taken").GetInt32().ShouldBe(49);
    }

    [Fact]
    public async Task Carts_Overlapping_AreWholeOrRefused()
    {
        var (exit, output, json) = await DrillAsync(host, Carts);

        exit.ShouldBe(0, output);
        json.GetProperty("held").GetInt32().ShouldBeInRange(1, 3);
    }

    [Fact]
    public async Task Wallet_ChargedAndUsedAtOnce_IsExact()
    {
        var (exit, output, json) = await DrillAsync(host, Wallet);

        exit.ShouldBe(0, output);
        json.GetProperty("paid").GetInt32().ShouldBe(24);
    }

    [Theory]
    [InlineData("places")]
    [InlineData("carts")]
    [InlineData("wallet")]
    public async Task Flaky_ServiceThatKeepsItsPromises_IsGood(string scenario)
    {
        var (exit, output, json) = await DrillAsync(host, scenario switch { "carts" => Carts, "wallet" => Wallet, _ => Places }, new Flaky());

        exit.ShouldBe(0, output);
        json.GetProperty("unknownOutcomes").GetInt64().ShouldBeGreaterThan(0);
        json.GetProperty("unavailable").GetInt64().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Unreachable_Service_IsUnusable()
    {
        using var console = new StringWriter();

        var exit = await RushCommand.InvokeAsync(["--url", "http://127.0.0.1:1", "--admin-key", "k"], Plain(console), CancellationToken.None);

        exit.ShouldBe(2, console.ToString());
    }

    [Fact]
    public async Task WrongAdminKey_IsUnusable()
    {
        using var console = new StringWriter();

        var exit = await RushCommand.InvokeAsync(["--url", host.Url.ToString(), "--admin-key", "wrong"], Plain(console), CancellationToken.None);

        exit.ShouldBe(2, console.ToString());
    }

    private static Task<RealHost> CrowdedAsync(params string[] settings) => RealHost.StartAsync(
        ["--WaitingRoom:MaxActive=10", "--WaitingRoom:AdmitPerInterval=10", "--WaitingRoom:AdmitInterval=00:00:00.1", "--AdmitWaitingSchedule=00:00:00.1", .. settings]);

    /// <summary>A line for each concert, so that what other drills sell does not open it.</summary>
    private static Task<RealHost> RestingAsync(params string[] settings) => RealHost.StartAsync(
        ["--WaitingRoom:Scope=Concert", "--WaitingRoom:MaxActive=10", "--WaitingRoom:AdmitPerInterval=10", "--WaitingRoom:AdmitInterval=00:00:01", .. settings]);

    private static async Task<(int Exit, string Output, JsonElement Json)> DrillAsync(RealHost service, string[] arguments, DelegatingHandler? through = null)
    {
        using var console = new StringWriter();
        var file = Path.GetTempFileName();
        try
        {
            string[] common = ["--url", service.Url.ToString(), "--admin-key", RealHost.AdminKey, "--seed", "7", "--json", file, "--settle", "0:0:0",
                "--outcome-timeout", "00:00:02", "--timeout", "00:01:00", "--connections", "64"];
            var exit = await RushCommand.InvokeAsync([.. common, .. arguments], Plain(console), TestContext.Current.CancellationToken, through);
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            return (exit, console.ToString(), text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Lie Report(Func<JsonNode, bool> change) => new("admin/schedule", change, everywhere: true);

    private static bool Was(JsonNode reservation, string status) => reservation["history"]!.AsArray().Any(h => h!["status"]!.GetValue<string>() == status);

    private static bool Add(JsonNode node, string field, long amount) => Set(node, field, node[field]!.GetValue<long>() + amount);

    private static bool Set(JsonNode node, string field, JsonNode value)
    {
        node[field] = value;
        return true;
    }

    private static bool Drop(JsonNode items)
    {
        items.AsArray().RemoveAt(0);
        return true;
    }

    /// <summary>The first entry of that kind once more; those above it keep what they said.</summary>
    private static bool Twice(JsonNode items, string kind)
    {
        var entry = items.AsArray().FirstOrDefault(e => e!["kind"]!.GetValue<string>() == kind);
        items.AsArray().Add(entry?.DeepClone());
        return entry is not null;
    }

    private static IAnsiConsole Plain(StringWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 200;
        return console;
    }
}
