using System.Net.Sockets;
using System.Text;
using ConcertFunctions.Local.Hosting;
using ConcertFunctions.Local.Settings;

namespace ConcertFunctions.Local.Tests;

public sealed class HostTests
{
    [Theory]
    [InlineData("WaitingRoom:MaxActive cannot be read: a whole number is needed.", "--WaitingRoom:MaxActive=abc")]
    [InlineData("WaitingRoom:MaxActive is 0; it must be 1 to 1000000.", "--WaitingRoom:MaxActive=0")]
    [InlineData("Booking:HoldFor cannot be read: a time such as 00:05:00 is needed.", "--Booking:HoldFor=soon")]
    [InlineData("Identity:Mode cannot be read: Development or Platform is needed.", "--Identity:Mode=Open")]
    [InlineData("Identity:Mode is 7; it must be Development or Platform.", "--Identity:Mode=7")]
    [InlineData("Admin:Key must have at least 16 characters.", "--Admin:Key=short")]
    [InlineData("Api:MaxConcurrentRequests is 0; it must be 1 to 1000000.", "--Api:MaxConcurrentRequests=0")]
    [InlineData("Local:MaxConnections is 0; it must be 1 to 1000000.", "--Local:MaxConnections=0")]
    [InlineData("Embedded:MaxQueueDepth is 0; it must be 1 to 10000000.", "--Embedded:MaxQueueDepth=0")]
    [InlineData("Embedded:DrainTimeout is 00:06:00; it must be 00:00:00 to 00:05:00.", "--Embedded:DrainTimeout=00:06:00")]
    [InlineData("Embedded:LockDuration cannot be read: a time such as 00:05:00 is needed.", "--Embedded:LockDuration=soon")]
    [InlineData("--nonsense is not an option; --help lists them.", "--nonsense")]
    [InlineData("Required argument missing for option: '--urls'.", "--urls")]
    [InlineData("--WaitingRoom:MaxActive needs a value.", "--WaitingRoom:MaxActive")]
    [InlineData("abc is not an address to listen on: it must be like http://localhost:7071, with a port of at most 65535.", "--urls=abc")]
    [InlineData("http://127.0.0.1:99999 is not an address to listen on: it must be like http://localhost:7071, with a port of at most 65535.", "--urls=http://127.0.0.1:99999")]
    [InlineData("http://127.0.0.1:abc is not an address to listen on: it must be like http://localhost:7071, with a port of at most 65535.", "--urls=http://127.0.0.1:abc")]
    [InlineData("ftp://127.0.0.1:7071 begins with ftp; this host speaks http only. For https put a proxy in front of it.", "--urls=ftp://127.0.0.1:7071")]
    [InlineData("https://127.0.0.1:7071 begins with https; this host speaks http only. For https put a proxy in front of it.", "--urls=http://127.0.0.1:0;https://127.0.0.1:7071")]
    [InlineData("http://localhost:0: localhost is two addresses, so a free port cannot be chosen for it. Use http://127.0.0.1:0.", "--urls=http://localhost:0")]
    [InlineData("http://127.0.0.1:0/api has more than a host and a port.", "--urls=http://127.0.0.1:0/api")]
    public async Task Start_BadSetting_IsOneLineAndExitCode2(string line, string setting)
    {
        var (code, output, errors) = await RunAsync("--memory", setting);
        code.ShouldBe(2);
        errors.TrimEnd().ShouldBe(line);
        output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--urls=http://0.0.0.0:0")]
    [InlineData("--urls=http://+:0")]
    [InlineData("--urls=http://*:0")]
    [InlineData("--urls=http://[::]:0")]
    [InlineData("--urls=http://concert.example:0")]
    [InlineData("--urls=http://192.0.2.1:0")]
    [InlineData("--Kestrel:Endpoints:Http:Url=http://0.0.0.0:0")]
    public async Task Start_AddressOthersCanReach_MustBeMeant(string setting)
    {
        var (code, output, errors) = await RunAsync("--memory", "--Local:Demo=false", setting);
        code.ShouldBe(2);
        errors.ShouldContain("can be reached from other machines");
        errors.Trim().Split('\n').Length.ShouldBe(1);
        output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--allow-remote")]
    [InlineData("--Identity:Mode=Platform")]
    public async Task Build_AddressOthersCanReach_IsTakenWhenItIsMeant(string how)
    {
        await using var app = LocalHost.Build(LocalArguments.Parse(["--memory", "--Local:Demo=false", "--urls=http://0.0.0.0:0", how]));
        app.Services.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("--Booking:MaxSeatsPerReservation=4", true)]
    [InlineData("--Booking:MaxPerUser=3", true)]
    [InlineData("--Wallet:MaxCharge=1000000", true)]
    [InlineData("--Wallet:MaxBalance=200000", true)]
    [InlineData("--Wallet:MaxBalance=100000", false)]
    [InlineData("--Wallet:MaxCharge=1", false)]
    [InlineData("--Booking:HoldFor=00:00:00.1", null)]
    public async Task Start_EmptyStoreUnderTightLimits_HasTheDemo(string setting, bool? sellsOut)
    {
        await using var app = await LocalApp.StartOnRealTimeAsync("--Local:Demo=true", setting);
        var concerts = (await app.SendAsync("GET", "/api/concert")).Data.AsArray();
        concerts.Count.ShouldBe(3);
        var summer = concerts.Single(c => c!["name"]!.GetValue<string>() == "여름밤 콘서트")!["id"]!.GetValue<string>();
        var token = (await app.SendAsync("POST", "/api/queue/issue", new { userId = "mina", concertId = summer })).Text("token");
        var dates = (await app.SendAsync("GET", $"/api/concert/available-dates?concertId={summer}", null, ("queue-token", token))).Data.AsArray();
        var soldOut = dates.Single(d => d!["totalSeats"]!.GetValue<int>() == 16)!["reservedSeats"]!.GetValue<int>();
        if (sellsOut is { } sold)
        {
            soldOut.ShouldBe(sold ? 16 : 0);
        }
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("00:00:00")]
    [InlineData("*/7 * * * * *")]
    [InlineData("0 */5 * * * *")]
    [InlineData("2.00:00:00")]
    public async Task Start_BadTimer_IsNamed(string interval)
    {
        var (code, _, errors) = await RunAsync("--memory", "--AdmitWaitingSchedule=" + interval);
        code.ShouldBe(2);
        errors.ShouldStartWith($"AdmitWaitingSchedule is '{interval}'; it must be");
    }

    [Theory]
    [InlineData("00:00:10", 10_000)]
    [InlineData("00:00:00.5", 500)]
    [InlineData("* * * * * *", 1_000)]
    [InlineData("*/1 * * * * *", 1_000)]
    [InlineData("*/30 * * * * *", 30_000)]
    public void Timers_IntervalOfEitherHost_IsUnderstood(string text, int milliseconds) =>
        TimersOptions.Parse(text).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Fact]
    public async Task Start_Help_ListsTheOptions()
    {
        var (code, output, _) = await RunAsync("--help");
        code.ShouldBe(0);
        output.ShouldContain("--data <DIR>");
    }

    [Fact]
    public async Task Start_PortInUse_IsOneLine()
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var (code, _, errors) = await RunAsync("--memory", "--Local:Demo=false", "--urls", $"http://{taken.LocalEndpoint}");
        code.ShouldBe(LocalHost.CannotListen);
        errors.Trim().Split('\n').Length.ShouldBe(1);
        errors.ShouldContain(taken.LocalEndpoint.ToString()!);
    }

    [Fact]
    public async Task Keys_NotSet_AreMadeOnceAndOnlyTheOwnerMayReadThem()
    {
        using var folder = new TemporaryFolder();
        string made;
        await using (var first = LocalHost.Build(LocalArguments.Parse(["--data", folder.Path])))
        {
            made = first.Services.GetService(typeof(MadeKeys)).ShouldBeOfType<MadeKeys>().AdminKey.ShouldNotBeNull();
        }

        made.Length.ShouldBeGreaterThanOrEqualTo(32);
        File.ReadAllText(Path.Combine(folder.Path, "admin-key")).Trim().ShouldBe(made);
        if (!OperatingSystem.IsWindows())
        {
            foreach (var name in new[] { "admin-key", "signing-key" })
            {
                File.GetUnixFileMode(Path.Combine(folder.Path, name)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }

        await using var second = LocalHost.Build(LocalArguments.Parse(["--data", folder.Path]));
        second.Services.GetService(typeof(MadeKeys)).ShouldBeOfType<MadeKeys>().AdminKey.ShouldBeNull();
        second.Configuration["Admin:Key"].ShouldBe(made);
    }

    [Fact]
    public async Task Start_DataFolderInUse_IsOneLineAndExitCode3()
    {
        using var folder = new TemporaryFolder();
        await using var running = LocalHost.Build(LocalArguments.Parse(["--data", folder.Path]));
        foreach (var args in new[] { new[] { "--data", folder.Path }, ["--data", folder.Path, "--fresh"] })
        {
            var (code, output, errors) = await RunAsync(args);
            code.ShouldBe(3);
            errors.Trim().Split('\n').Length.ShouldBe(1);
            errors.ShouldContain("in use");
            output.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Start_DamagedDatabase_IsOneLineAndExitCode3()
    {
        using var folder = new TemporaryFolder();
        await using (var app = await LocalApp.StartDurableAsync(folder.Path))
        {
            await Sale.OpenAsync(app);
        }

        var file = Path.Combine(folder.Path, "concert.db");
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[100] ^= 0x20;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var (code, _, errors) = await RunAsync("--data", folder.Path);
        code.ShouldBe(3);
        errors.Trim().Split('\n').Length.ShouldBe(1);
        errors.ShouldContain("concert.db");
    }

    [Fact]
    public async Task Start_FolderOfAnOlderVersion_IsOneLineAndExitCode2()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "journal-0000000000000000001.log"), "x", TestContext.Current.CancellationToken);
        var (code, _, errors) = await RunAsync("--data", folder.Path);
        code.ShouldBe(2);
        errors.Trim().Split('\n').Length.ShouldBe(1);
        errors.ShouldContain("older version");
    }

    [Fact]
    public async Task Restart_DataFolder_KeepsWhatWasAccepted()
    {
        using var folder = new TemporaryFolder();
        string reservation, token, schedule;
        await using (var app = await LocalApp.StartDurableAsync(folder.Path))
        {
            var sale = await Sale.OpenAsync(app);
            var mina = await sale.BuyerAsync("mina", 5_000);
            (reservation, token, schedule) = (await mina.HoldAsync(sale.A[0]), mina.Token, sale.ScheduleId);
        }

        await using var again = await LocalApp.StartDurableAsync(folder.Path);
        var buyer = new Buyer(again, "mina", token);
        (await buyer.GetAsync("/api/reservation/" + reservation)).Text("status").ShouldBe("HELD");
        (await buyer.PayAsync(new { reservationId = reservation })).Text("status").ShouldBe("COMPLETED");
        (await buyer.BalanceAsync()).ShouldBe(4_000);
        (await again.AdminAsync("GET", $"/api/admin/schedule/{schedule}/report")).Number("sold").ShouldBe(1);
    }

    [Fact]
    public void Fresh_FolderWithSomethingElse_IsLeftAlone()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "thesis.txt"), "years of work");
        File.WriteAllText(Path.Combine(folder.Path, "admin-key"), "k");
        Should.Throw<BadSettingException>(() => DataFolder.Empty(folder.Path)).Message.ShouldContain("thesis.txt");
        Directory.GetFiles(folder.Path).Length.ShouldBe(2);
    }

    [Fact]
    public void Fresh_OurFolder_IsEmptied()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "admin-key", "signing-key", "concert.db", "concert.db-wal", "concert.db-shm", "journal-0000000000000000001.log", "snapshot-0000000000000000001.snap" })
        {
            File.WriteAllText(Path.Combine(folder.Path, name), "x");
        }

        DataFolder.Empty(folder.Path);
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).ShouldBe(["lock"]);
    }

    [Fact]
    public async Task Demo_EmptyStore_GetsACatalogueForEverySituation()
    {
        await using var app = await LocalApp.StartOnRealTimeAsync("--Local:Demo=true", "--WaitingRoom:MaxActive=1000");
        var concerts = (await app.SendAsync("GET", "/api/concert")).Data.AsArray();
        concerts.Count.ShouldBe(3);
        var looker = await JoinAsync(app, "looker");
        var situations = new List<string>();
        foreach (var concert in concerts)
        {
            foreach (var date in (await looker.GetAsync("/api/concert/available-dates?concertId=" + concert!["id"])).Data.AsArray())
            {
                // A token each, because paying ends it.
                situations.Add(await SituationAsync(await JoinAsync(app, $"user{situations.Count}"), date!["id"]!.GetValue<string>()));
            }
        }

        situations.ShouldContain("seats at 2 prices in 1 sections");
        situations.ShouldContain("seats at 3 prices in 2 sections");
        situations.ShouldContain("500 places");
        situations.ShouldContain("sold out");
        situations.ShouldContain("booking-closed");
        situations.ShouldContain("too near to cancel");
    }

    [Fact]
    public async Task System_HealthDocsAndContract_AreServed()
    {
        await using var app = await LocalApp.StartAsync();
        foreach (var root in new[] { "", "/api" })
        {
            (await app.SendAsync("GET", root + "/health/live")).ShouldBe(200);
            (await app.SendAsync("GET", root + "/health/ready")).Data["checks"]!.AsArray().Count.ShouldBe(3);
            (await app.SendAsync("GET", root + "/openapi/v1.json")).Json["openapi"]!.GetValue<string>().ShouldStartWith("3.1");
            (await app.SendAsync("GET", root + "/docs")).ShouldBe(200);
            (await app.SendAsync("GET", root + "/docs/")).ShouldBe(200);
            (await app.SendAsync("GET", root + "/docs/swagger-ui.css")).ShouldBe(200);
            (await app.SendAsync("GET", root + "/docs/appsettings.json")).ShouldFail(404, "invalid-request");
        }
    }

    [Fact]
    public async Task Http_WhatNoOperationTakes_IsAProblem()
    {
        await using var app = await LocalApp.StartAsync();
        (await app.SendAsync("GET", "/nothing.txt")).ShouldFail(404, "invalid-request");
        (await app.SendAsync("POST", "/")).ShouldFail(404, "invalid-request");
        (await app.SendAsync("PUT", "/api/reservation", new { })).ShouldFail(405, "invalid-request").ContentHeaders.Allow.Order().ShouldBe(["GET", "HEAD", "POST"]);
        (await app.SendAsync("POST", "/api/user/charge", new string('x', 70_000))).ShouldFail(413, "invalid-request");
        (await app.SendAsync("POST", "/api/user/charge", "{\"a\":1,")).ShouldFail(400, "invalid-request");
        using var text = new StringContent("{}", Encoding.UTF8, "text/plain");
        (await app.Http.PostAsync("/api/user/charge", text, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(System.Net.HttpStatusCode.UnsupportedMediaType);
        using var chunked = new StreamContent(new MemoryStream(new byte[200_000]));
        chunked.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/user/charge") { Content = chunked };
        request.Headers.TransferEncodingChunked = true;
        (await app.Http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(System.Net.HttpStatusCode.RequestEntityTooLarge);
    }

    private static async Task<Buyer> JoinAsync(LocalApp app, string user)
    {
        (await app.SendAsync("POST", "/api/user/charge", new { userId = user, amount = 1_000_000 })).ShouldBe(200);
        return new Buyer(app, user, (await app.SendAsync("POST", "/api/queue/issue", new { userId = user })).Text("token"));
    }

    private static async Task<string> SituationAsync(Buyer buyer, string schedule)
    {
        var map = (await buyer.GetAsync($"/api/concert/available-seats?concertScheduleId={schedule}&include=all")).Data;
        var free = map["seats"]!.AsArray().Where(s => s!["status"]!.GetValue<string>() == "AVAILABLE").ToList();
        if (map["inventories"]!.AsArray() is [var inventory])
        {
            return $"{inventory!["available"]} places";
        }

        if (free.Count == 0)
        {
            return "sold out";
        }

        var held = await buyer.ReserveAsync(new { seatId = free[0]!["id"]!.GetValue<string>() });
        if (held.Status != 200)
        {
            return held.Json["code"]!.GetValue<string>();
        }

        (await buyer.PayAsync(new { reservationId = held.Text("id") })).Text("status").ShouldBe("COMPLETED");
        var near = (await buyer.SendAsync("DELETE", "/api/reservation/" + held.Text("id"))).Status == 409;
        return near
            ? "too near to cancel"
            : $"seats at {free.Select(s => (long)s!["price"]!).Distinct().Count()} prices in {free.Select(s => (string)s!["section"]!).Distinct().Count()} sections";
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] args)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        return (await LocalHost.RunAsync(args, output, errors), output.ToString(), errors.ToString());
    }
}
