using System.Collections.Concurrent;
using Concert.Resilience.Tests.Abuse.Generation;
using Concert.Resilience.Tests.Abuse.Support;

namespace Concert.Resilience.Tests.Abuse;

/// <summary>Bad requests made from the contract document, by somebody who has a good token and good ids.</summary>
[Trait("Rule", "R-4XX")]
public sealed class GeneratedRequestsTests(ITestOutputHelper output)
{
    private const int Senders = 8;
    private const int MostFailures = 10;

    /// <summary>What accepted requests may leave behind: documents, queue members, remembered keys.</summary>
    private const long BytesPerRequest = 1_000;
    private const long Slack = 6 << 20;

    [Fact]
    public async Task Send_ThousandsOfBadRequests_EachIsAnsweredAndNothingMoves()
    {
        await using var host = await World.StartHostAsync();
        var world = await World.CreateAsync(host);
        var generator = new CaseGenerator(world, await Contract.ReadAsync(host));
        var accounts = new Accounts();
        accounts.Begin(world.AttackersOfPlayground.Select(a => a.Held));
        var victims = await world.VictimsAsync();
        var charged = await ChargedAsync(world);
        var failures = new ConcurrentQueue<string>();
        var cases = AbuseSettings.Cases(AbuseSettings.Requests);

        // The first part warms everything up: pools, caches, compiled code. Growth is measured over the rest.
        var warm = cases.Count / 4;
        await SendAsync(generator, host, accounts, failures, [.. cases.Take(warm)]);
        var before = await Memory.LiveAsync();
        await SendAsync(generator, host, accounts, failures, [.. cases.Skip(warm)]);
        var grown = await Memory.LiveAsync() - before;

        output.WriteLine($"{cases.Count} requests of seed {AbuseSettings.Seed}: {accounts.Statuses}; {grown / 1024} KB grown");
        failures.ShouldBeEmpty(string.Join("\n\n", failures.Take(MostFailures)));
        host.Errors.Errors.ShouldBeEmpty();
        (await world.VictimsAsync()).ShouldBe(victims);
        (await ChargedAsync(world) - charged).ShouldBe(accounts.Charged);
        await AbuseHost.UntilAsync(() => ReportAsync(world), report => Sum(report) >= accounts.Reservations);
        var playground = (await ReportAsync(world)).Data;
        playground["reservations"]!.AsObject().Sum(s => s.Value!.GetValue<long>()).ShouldBe(accounts.Reservations);
        playground["reservedSeats"]!.GetValue<long>().ShouldBe(playground["held"]!.GetValue<long>());
        playground["sold"]!.GetValue<long>().ShouldBe(0);
        playground["deadLetters"]!.GetValue<long>().ShouldBe(0);
        grown.ShouldBeLessThan(Slack + (cases.Count * BytesPerRequest));
        await World.ShouldStillSellAsync(host);
    }

    private static async Task SendAsync(CaseGenerator generator, AbuseHost host, Accounts accounts, ConcurrentQueue<string> failures, IReadOnlyList<int> cases)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(async () =>
        {
            await using var line = new Line(host.Port);
            while (failures.Count < MostFailures && Interlocked.Increment(ref next) is var at && at < cases.Count)
            {
                var (operation, request) = generator.Make(cases[at]);
                if (await SendAsync(line, accounts, cases[at], request) is { } wrong)
                {
                    failures.Enqueue($"{operation.Name}: {wrong}\n{AbuseSettings.Replay(cases[at])}\n{request}");
                }
            }
        })));
    }

    private static async Task<string?> SendAsync(Line line, Accounts accounts, int number, Request request)
    {
        try
        {
            var answer = await line.SendAsync(request);
            accounts.Note(number, request, answer);
            return Judge.Wrong(request, answer) is { } wrong ? $"{wrong}: {answer}" : null;
        }
        catch (Exception fault) when (fault is TimeoutException or IOException or InvalidDataException)
        {
            return fault.Message;
        }
    }

    private static Task<Answer> ReportAsync(World world) => world.Host.AdminAsync("GET", $"/api/admin/schedule/{world.Playground.Schedule}/report");

    private static async Task<long> ChargedAsync(World world) => (await ReportAsync(world)).Data["charged"]!.GetValue<long>();

    private static long Sum(Answer report) => report.Data["reservations"]!.AsObject().Sum(s => s.Value!.GetValue<long>());
}
