using System.Net;
using System.Text.Json.Nodes;
using Shouldly;

namespace ConcertFunctions.Tests.Worker;

/// <summary>How the built worker starts, refuses to start, and ends.</summary>
public sealed class LifetimeTests : IDisposable
{
    private const string Emulator = "Endpoint=sb://localhost;SharedAccessKeyName=any;SharedAccessKey=any;UseDevelopmentEmulator=true;";
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("concert-worker-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>One line that says which setting and what it may be, marked as an error for the host, and a code that is not a crash's.</summary>
    [Theory]
    [InlineData("Concert:Backend", "Cloud", "Concert:Backend is 'Cloud'; it must be Azure or Embedded.")]
    [InlineData("WaitingRoom:SigningKey", "short", "WaitingRoom:SigningKey must have at least 32 characters.")]
    [InlineData("WaitingRoom:MaxActive", "0", "WaitingRoom:MaxActive")]
    [InlineData("Booking:HoldFor", "00:00:00", "Booking:HoldFor")]
    [InlineData("Admin:Key", "", "Admin:Key")]
    [InlineData("Cors:AllowedOrigins:0", "not an origin", "Cors:AllowedOrigins")]
    [InlineData("WEBSITE_SITE_NAME", "sale", "Identity:Mode must be Platform in Azure")]
    public async Task Start_WrongSetting_EndsWithOneLine(string name, string value, string line)
    {
        var settings = Settings.Embedded(_folder).Where(s => s.Name != name).Append((name, value));

        var (code, errors) = await FunctionsHost.RunToItsEndAsync([.. settings]);

        code.ShouldBe(2, errors);
        errors.Split('\n').ShouldHaveSingleItem().ShouldStartWith($"error: {line}");
    }

    [Theory]
    [InlineData("ServiceBusConnection", "", "Set exactly one of ServiceBusConnection:fullyQualifiedNamespace")]
    [InlineData("ServiceBusConnection", "nonsense", "ServiceBusConnection cannot be read")]
    [InlineData("Redis:configuration", "", "Set exactly one of Redis:Endpoint")]
    [InlineData("Cosmos:Database", "a/b", "Cosmos:Database")]
    public async Task Start_WrongSettingOfAzure_EndsWithOneLine(string name, string value, string line)
    {
        var settings = Azure().Where(s => s.Name != name).Append((name, value));

        var (code, errors) = await FunctionsHost.RunToItsEndAsync([.. settings]);

        code.ShouldBe(2, errors);
        errors.Split('\n').ShouldHaveSingleItem().ShouldStartWith($"error: {line}");
    }

    /// <summary>It starts where nothing is there yet, and readiness has asked each: with real clients, in the time that a prober has.</summary>
    [Fact]
    public async Task Ready_OnAzureWithNothingThere_NamesEachDependencyOnEveryPoll()
    {
        await using var host = await FunctionsHost.StartAsync([.. Azure()]);
        for (var poll = 0; poll < 3; poll++)
        {
            using var response = await host.SendAsync("Ready", new HttpRequestMessage(HttpMethod.Get, "health/ready"));

            response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            var checks = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["checks"]!.AsArray();
            checks.Select(c => (string?)c!["name"]).ShouldBe(["documents", "queue", "waiting-room"]);
            checks.ShouldAllBe(c => (string?)c!["status"] == "down" || (string?)c["status"] == "slow");
        }
    }

    [Fact]
    public async Task Terminate_Idle_EndsWithinTheGrace()
    {
        await using var host = await FunctionsHost.StartAsync(Settings.Embedded(_folder));

        host.Terminate(Grace);

        (await host.Process.EndAsync(Grace)).ShouldBe((0, ""));
    }

    /// <summary>Whoever comes next can use the folder at once.</summary>
    [Fact]
    public async Task Terminate_AfterRequests_LeavesTheFolderFree()
    {
        await using (var host = await FunctionsHost.StartAsync(Settings.Embedded(_folder)))
        {
            var requests = Enumerable.Range(0, 20).Select(_ => host.SendAsync("ListConcerts", new HttpRequestMessage(HttpMethod.Get, "api/concert"))).ToList();
            foreach (var response in await Task.WhenAll(requests))
            {
                response.Dispose();
            }

            host.Terminate(Grace);
            (await host.Process.EndAsync(Grace)).Code.ShouldBe(0);
        }

        await using var next = await FunctionsHost.StartAsync(Settings.Embedded(_folder));
        using var ready = await next.SendAsync("Ready", new HttpRequestMessage(HttpMethod.Get, "health/ready"));
        ready.IsSuccessStatusCode.ShouldBeTrue();
    }

    private IEnumerable<(string Name, string Value)> Azure() => Settings.Embedded(_folder).Where(s => s.Name != "Concert:Backend").Concat(
    [
        ("Concert:Backend", "Azure"), ("ServiceBusConnection", Emulator), ("Redis:configuration", "localhost:1"),
        ("Cosmos:ConnectionString", "AccountEndpoint=https://localhost:1/;AccountKey=YW55"),
    ]);
}
