using System.Text.Json;
using Concert.Rush.Options;
using Concert.Rush.Tests.Fake;
using Shouldly;
using Spectre.Console;
using Xunit;

namespace Concert.Rush.Tests;

/// <summary>The whole drill over HTTP against the fake: right services pass, each wrong one is found.</summary>
public sealed class DrillTests
{
    private static readonly string[] Places = ["--scenario", "places", "--buyers", "60", "--places", "20", "--pay-share", "0.6", "--cancel-share", "0.4"];
    private static readonly string[] Carts = ["--scenario", "carts", "--buyers", "60", "--places", "14"];
    private static readonly string[] OneSeat = ["--scenario", "one-seat", "--buyers", "50", "--pay-share", "1"];
    private static readonly string[] Wallet = ["--scenario", "wallet", "--uses", "60", "--charges", "80", "--rooms", "4", "--cancel-share", "0.2"];

    [Fact]
    public async Task Places_WithRoomForEverybody_SellsEachSeatOnce()
    {
        var (exit, output, json) = await DrillAsync(new FakeSettings(), Places);

        exit.ShouldBe(0, output);
        json.GetProperty("held").GetInt32().ShouldBe(20);
        json.GetProperty("refused").GetProperty("seat-taken").GetInt32().ShouldBe(40);
        json.GetProperty("rolling").GetBoolean().ShouldBeFalse();
        json.GetProperty("paid").GetInt32().ShouldBeGreaterThan(0);
        json.GetProperty("cancelled").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Places_BehindWaitingRoom_RollsAndNamesTheBottleneck()
    {
        var (exit, output, json) = await DrillAsync(new FakeSettings { MaxActive = 10, AdmitPerInterval = 5 }, Places);

        exit.ShouldBe(0, output);
        json.GetProperty("rolling").GetBoolean().ShouldBeTrue();
        json.GetProperty("held").GetInt32().ShouldBeGreaterThanOrEqualTo(20);
        output.ShouldContain("WaitingRoom:MaxActive");
        output.ShouldContain("WaitingRoom:AdmitPerInterval");
    }

    [Fact]
    public async Task Places_BehindWaitingRoomWithRollingOff_KeepsTheBarrier()
    {
        var (exit, output, json) = await DrillAsync(new FakeSettings { MaxActive = 10, AdmitPerInterval = 10 }, [.. Places, "--rolling", "off"]);

        exit.ShouldBe(0, output);
        json.GetProperty("rolling").GetBoolean().ShouldBeFalse();
        json.GetProperty("held").GetInt32().ShouldBe(20);
        json.GetProperty("paid").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Places_WhenHoldsEndDuringTheRush_IsStillConsistent()
    {
        var settings = new FakeSettings { MaxActive = 10, AdmitPerInterval = 5, HoldFor = TimeSpan.FromMilliseconds(400) };

        var (exit, output, _) = await DrillAsync(settings, ["--scenario", "places", "--buyers", "60", "--places", "20", "--pay-share", "0"]);

        exit.ShouldBe(0, output);
    }

    [Fact]
    public async Task OneSeat_FiftyBuyers_OneHolds()
    {
        var (exit, output, json) = await DrillAsync(new FakeSettings(), OneSeat);

        exit.ShouldBe(0, output);
        json.GetProperty("held").GetInt32().ShouldBe(1);
        json.GetProperty("refused").GetProperty("seat-taken").GetInt32().ShouldBe(49);
    }

    [Fact]
    public async Task Carts_Overlapping_AreWholeOrRefused()
    {
        var (exit, output, json) = await DrillAsync(new FakeSettings(), Carts);

        exit.ShouldBe(0, output);
        json.GetProperty("held").GetInt32().ShouldBeInRange(1, 3);
    }

    [Fact]
    public async Task Wallet_ChargedAndUsedAtOnce_IsExact()
    {
        var (exit, output, json) = await DrillAsync(new FakeSettings(), Wallet);

        exit.ShouldBe(0, output);
        json.GetProperty("paid").GetInt32().ShouldBe(60);
    }

    [Theory]
    [InlineData("places")]
    [InlineData("carts")]
    [InlineData("wallet")]
    public async Task Flaky_ServiceThatKeepsItsPromises_IsGood(string scenario)
    {
        var (exit, output, json) = await DrillAsync(new FakeSettings(FakeFault.Flaky), ArgumentsOf(scenario));

        exit.ShouldBe(0, output);
        json.GetProperty("unknownOutcomes").GetInt64().ShouldBeGreaterThan(0);
        json.GetProperty("unavailable").GetInt64().ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(FakeFault.Oversells, "places", "No seat sold twice")]
    [InlineData(FakeFault.Oversells, "one-seat", "No seat sold twice")]
    [InlineData(FakeFault.Oversells, "carts", "No seat sold twice")]
    [InlineData(FakeFault.RefusesFreeSeat, "places", "Exactly the right number")]
    [InlineData(FakeFault.SplitsCarts, "carts", "All places or none")]
    [InlineData(FakeFault.NeverDecides, "places", "Nothing accepted was lost")]
    [InlineData(FakeFault.ForgetsReservation, "places", "Nothing accepted was lost")]
    [InlineData(FakeFault.HoldsWhatItRefuses, "places", "Refusals left nothing behind")]
    [InlineData(FakeFault.LosesCharge, "wallet", "No won lost or made up")]
    [InlineData(FakeFault.DebitsTwice, "wallet", "No won lost or made up")]
    [InlineData(FakeFault.MiscountsBalance, "wallet", "Ledgers add up")]
    [InlineData(FakeFault.RefundsTooMuch, "places", "Refunds within payments")]
    [InlineData(FakeFault.KeepsCancelledSeats, "places", "Seat map agrees")]
    [InlineData(FakeFault.MiscountsDates, "places", "Dates agree with report")]
    [InlineData(FakeFault.MisreportsMoney, "places", "Report's money agrees")]
    public async Task Broken_Service_IsFoundByItsVerdict(FakeFault fault, string scenario, string verdict)
    {
        var (exit, output, json) = await DrillAsync(new FakeSettings(fault), ArgumentsOf(scenario));

        exit.ShouldBe(1, output);
        json.GetProperty("verdicts").EnumerateArray()
            .Where(v => !v.GetProperty("kept").GetBoolean())
            .Select(v => v.GetProperty("name").GetString())
            .ShouldContain(verdict, output);
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
        await using var service = await FakeService.StartAsync(new FakeSettings());
        using var console = new StringWriter();

        var exit = await RushCommand.InvokeAsync(["--url", service.Url.ToString(), "--admin-key", "wrong"], Plain(console), CancellationToken.None);

        exit.ShouldBe(2, console.ToString());
    }

    private static string[] ArgumentsOf(string scenario) => scenario switch
    {
        "carts" => Carts,
        "one-seat" => OneSeat,
        "wallet" => Wallet,
        _ => Places,
    };

    private static async Task<(int Exit, string Output, JsonElement Json)> DrillAsync(FakeSettings settings, string[] arguments)
    {
        await using var service = await FakeService.StartAsync(settings);
        using var console = new StringWriter();
        var file = Path.GetTempFileName();
        try
        {
            string[] common = ["--url", service.Url.ToString(), "--admin-key", FakeService.AdminKey, "--seed", "7", "--json", file, "--settle", "0:0:0",
                "--outcome-timeout", "00:00:02", "--timeout", "00:01:00", "--connections", "64"];
            var exit = await RushCommand.InvokeAsync([.. common, .. arguments], Plain(console), TestContext.Current.CancellationToken);
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            return (exit, console.ToString(), text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static IAnsiConsole Plain(StringWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 200;
        return console;
    }
}
