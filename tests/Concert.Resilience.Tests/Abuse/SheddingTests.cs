using System.Collections.Concurrent;
using Concert.Resilience.Tests.Abuse.Support;
using Concert.Booking.Ports;
using Concert.Embedded;
using Concert.Embedded.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concert.Resilience.Tests.Abuse;

/// <summary>More than the service can take: a quick no with the time to come back, and nothing of it left when it has passed.</summary>
[Trait("Rule", "R-503")]
public sealed class SheddingTests
{
    private const int Depth = 20;
    private const int Calls = 300;
    private const int Running = 10;

    [Fact]
    public async Task Reserve_QueueFull_IsRefusedAtOnceAndWorksWhenItEmpties()
    {
        var gate = new GatedProcessor();
        await using var host = await AbuseHost.StartAsync(builder =>
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(new EmbeddedOptions { MaxQueueDepth = Depth }));
            gate.PutBefore(builder.Services);
        });
        var venue = await Venue.OpenAsync(host, "Full", price: 10);
        var buyer = await Person.JoinAsync(host, venue, "buyer");
        using var closed = gate.Close();

        var answers = await SendAsync(host, i => Request.Of("POST", "/api/reservation", new { seatId = venue.Seat(i + 1) }, ("queue-token", buyer.Token)), Calls);

        // What the queue had room for is accepted, the rest refused while the queue stands still: nobody waited for it.
        var accepted = answers.Where(a => a.Status == 202).ToArray();
        accepted.Length.ShouldBe(Depth);
        answers.Where(a => a.Status != 202).ShouldAllBe(a => a.Status == 503 && a.Code == "unavailable" && a.Header("Retry-After") == "1");
        (await host.SendAsync("GET", "/health/ready")).ShouldBe(503);
        (await host.SendAsync("GET", "/health/live")).ShouldBe(200);
        (await host.SendAsync("POST", "/api/user/charge", new { userId = "buyer", amount = 5 })).ShouldBe(200);

        gate.Open();
        foreach (var answer in accepted)
        {
            await buyer.BecomesAsync(answer.Header("Location")!, "HELD");
        }

        (await host.SendAsync("GET", "/health/ready")).ShouldBe(200);
        // A seat whose request was refused is not left behind a closed gate.
        await buyer.HoldAsync(venue.Seat(Calls));
        var report = (await host.AdminAsync("GET", $"/api/admin/schedule/{venue.Schedule}/report")).Data;
        report["reservedSeats"]!.GetValue<long>().ShouldBe(Depth + 1);
        report["reservations"]!.AsObject().Sum(s => s.Value!.GetValue<long>()).ShouldBe(Depth + 1);
        host.Errors.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Call_DiskStandsStill_IsRefusedAtOnceAndWorksWhenItMoves()
    {
        using var folder = new DataDirectory();
        using var disk = new Disk();
        await using var host = await StartOnAsync(folder, disk);
        var venue = await Venue.OpenAsync(host, "Slow", price: 10);
        var buyer = await Person.JoinAsync(host, venue, "buyer");
        await buyer.ChargeAsync(100);
        using var stopped = disk.Stop();

        // The one that is caught by it waits, for as long as the disk takes.
        var caught = host.SendAsync("POST", "/api/user/charge", new { userId = "caught", amount = 1 });
        await AbuseHost.UntilAsync(() => host.SendAsync("GET", "/health/ready"), a => a.Status == 503);

        Func<int, Request>[] kinds =
        [
            i => Request.Of("POST", "/api/reservation", new { seatId = venue.Seat(i + 1) }, ("queue-token", buyer.Token)),
            i => Request.Of("POST", "/api/user/charge", new { userId = $"user-{i % 7}", amount = 1 }),
            i => Request.Of("POST", "/api/user/charge", new { userId = "buyer", amount = 1 }),
            i => Request.Of("POST", "/api/queue/issue", new { userId = $"late-{i}", concertId = venue.Concert }),
        ];
        foreach (var kind in kinds)
        {
            // Nothing is written meanwhile, and waiting for the disk would take an hour: these were not waiting.
            var answers = await SendAsync(host, kind, Calls);
            answers.ShouldAllBe(a => a.Status == 503 && a.Code == "unavailable" && int.Parse(a.Header("Retry-After")!) >= 1);
        }

        (await host.SendAsync("GET", "/api/concert")).ShouldBe(200);
        (await host.SendAsync("GET", "/api/user/check?userId=buyer")).Data["balance"]!.GetValue<long>().ShouldBe(100);
        caught.IsCompleted.ShouldBeFalse();

        disk.GoOn();
        (await caught).ShouldBe(200);
        await AbuseHost.UntilAsync(() => host.SendAsync("GET", "/health/ready"), a => a.Status == 200);
        (await host.SendAsync("GET", "/api/user/check?userId=user-1")).Data["balance"]!.GetValue<long>().ShouldBe(0);
        var report = (await host.AdminAsync("GET", $"/api/admin/schedule/{venue.Schedule}/report")).Data;
        report["charged"]!.GetValue<long>().ShouldBe(101);
        report["reservedSeats"]!.GetValue<long>().ShouldBe(0);
        await buyer.PayAsync(await buyer.HoldAsync(venue.Seat(1)));
        host.Errors.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Call_MoreThanMayRunAtOnce_IsTooManyRequestsAndWorksAfterwards()
    {
        var gate = new GatedProcessor();
        await using var host = await AbuseHost.StartAsync(builder => gate.PutBefore(builder.Services), $"--Api:MaxConcurrentRequests={Running}");
        var venue = await Venue.OpenAsync(host, "Many", price: 10);
        var buyer = await Person.JoinAsync(host, venue, "buyer");
        using var closed = gate.Close();

        // Ten find room and wait for an outcome that cannot come yet; the others are told at once, and that they are tells that the ten are in.
        var waiting = Enumerable.Range(1, Running + 5)
            .Select(i => buyer.SendAsync("POST", "/api/reservation", new { seatId = venue.Seat(i) }, ("Prefer", "wait=10")))
            .ToList();
        for (var refused = 0; refused < 5; refused++)
        {
            var first = await Task.WhenAny(waiting);
            (await first).ShouldFail(429, "too-many-requests");
            waiting.Remove(first);
        }

        var answers = await SendAsync(host, _ => Request.Of("GET", "/api/concert"), Calls);
        answers.ShouldAllBe(a => a.Status == 429 && a.Code == "too-many-requests" && a.Header("Retry-After") == "1");
        (await host.SendAsync("GET", "/health/live")).ShouldBe(200);

        gate.Open();
        (await Task.WhenAll(waiting)).ShouldAllBe(a => a.Status == 202 && a.Data["status"]!.GetValue<string>() == "HELD");
        (await host.SendAsync("GET", "/api/concert")).ShouldBe(200);
    }

    private static async Task<IReadOnlyCollection<Answer>> SendAsync(AbuseHost host, Func<int, Request> make, int count)
    {
        var answers = new ConcurrentBag<Answer>();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            var request = make(i);
            answers.Add(await host.SendAsync(request));
        });
        return answers;
    }

    private static Task<AbuseHost> StartOnAsync(DataDirectory folder, Disk disk) => AbuseHost.StartAsync(builder =>
    {
        var options = new EmbeddedOptions { DataFolder = folder.Path, DurabilityTimeout = TimeSpan.FromHours(1) };
        builder.Services.Replace(ServiceDescriptor.Singleton(options));
        builder.Services.Replace(ServiceDescriptor.Singleton(services =>
            EmbeddedBackend.Open(options, services.GetRequiredService<TimeProvider>(), NullLogger.Instance, disk.BeforeCommit)));
    });

    /// <summary>The real processor behind a gate: while it is closed, commands are taken off the queue and not decided.</summary>
    private sealed class GatedProcessor : ICommandProcessor, IDisposable
    {
        private volatile TaskCompletionSource _open = Opened();
        private ICommandProcessor? _inner;

        public void PutBefore(IServiceCollection services)
        {
            var inner = services.Last(s => s.ServiceType == typeof(ICommandProcessor)).ImplementationType!;
            services.AddSingleton(inner);
            services.Replace(ServiceDescriptor.Singleton<ICommandProcessor>(provider =>
            {
                _inner = (ICommandProcessor)provider.GetRequiredService(inner);
                return this;
            }));
        }

        /// <summary>Opened again at the latest by disposing of what this answers.</summary>
        public GatedProcessor Close()
        {
            _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return this;
        }

        public void Open() => _open.TrySetResult();

        public async Task<ProcessResult> ProcessAsync(CommandMessage message, int deliveryCount, CancellationToken cancellationToken)
        {
            await _open.Task.WaitAsync(cancellationToken);
            return await _inner!.ProcessAsync(message, deliveryCount, cancellationToken);
        }

        public Task<ProcessResult> DeadLetterAsync(CommandMessage message, string reason, CancellationToken cancellationToken) =>
            _inner!.DeadLetterAsync(message, reason, cancellationToken);

        public void Dispose() => _open.TrySetResult();

        private static TaskCompletionSource Opened()
        {
            var opened = new TaskCompletionSource();
            opened.SetResult();
            return opened;
        }
    }
}
