using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Concert.Azure.Redis;
using Concert.Booking.Ports;
using Concert.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concert.Bench.Lines;

/// <summary>What a line of one size could do.</summary>
/// <param name="Joins">A second, of the last tenth that joined.</param>
/// <param name="Polls">A second.</param>
/// <param name="PollP50">Milliseconds.</param>
/// <param name="PollP99">Milliseconds.</param>
/// <param name="Admissions">A second, in rounds of 5,000.</param>
/// <param name="Round">Milliseconds of a round that admits 50.</param>
/// <param name="Memory">MB of the process that keeps the line.</param>
/// <param name="BytesOfMember">By how much that grew, for each who waits.</param>
internal sealed record LineValues(double Joins, double Polls, double PollP50, double PollP99, double Admissions, double Round, double Memory, double BytesOfMember);

/// <summary>One waiting room with so many in it, in a process of its own.</summary>
internal static class LinePoint
{
    private const int AtOnce = 256;
    private const int MostPolls = 50_000;
    private const int SmallRounds = 5;
    private const int SmallRound = 50;
    private const int LargeRound = 5_000;
    private const int MostAdmissions = 50_000;

    private static readonly RoomLimits Limits = new(1, 1, TimeSpan.FromSeconds(10), TimeSpan.FromHours(12), TimeSpan.FromHours(12));

    /// <param name="target">A data folder, or the port of a Redis.</param>
    /// <param name="server">The process that keeps the line; 0 for this one.</param>
    /// <param name="size">How many wait.</param>
    public static async Task MeasureAsync(string target, int server, int size)
    {
        if (server == 0)
        {
            using var backend = EmbeddedBackend.Open(new EmbeddedOptions { DataFolder = target }, TimeProvider.System, NullLogger.Instance);
            Print(await MeasureAsync(backend.WaitingRoom, server, size));
            return;
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Redis:Configuration"] = $"127.0.0.1:{target}" }).Build();
        await using var services = new ServiceCollection().AddLogging().AddConcertRedis(configuration).BuildServiceProvider();
        Print(await MeasureAsync(services.GetRequiredService<IWaitingRoom>(), server, size));
    }

    private static void Print(LineValues values) => Console.WriteLine(JsonSerializer.Serialize(values));

    private static async Task<LineValues> MeasureAsync(IWaitingRoom room, int server, int size)
    {
        var random = new Random(size);
        await WarmUpAsync(room);
        var before = Memory(server);
        var members = new TokenClaims[size];
        var most = size - Math.Max(1, size / 10);

        // One is let in at once: the first, who is not asked about.
        await JoinAsync(0, 1);
        await JoinAsync(1, most);
        var joins = await PerSecondAsync(size - most, () => JoinAsync(most, size));
        var memory = Memory(server);
        if (size >= 100_000)
        {
            Console.Error.WriteLine($"           {size:N0} wait");
        }

        TokenClaims[] asking = [.. Enumerable.Range(0, Math.Min(size, MostPolls)).Select(_ => members[random.Next(1, size)])];
        var latencies = new double[asking.Length];
        var polls = await PerSecondAsync(asking.Length, () => EachAsync(0, asking.Length, async i =>
        {
            var start = Stopwatch.GetTimestamp();
            var state = await room.GetAsync(asking[i], poll: true, Limits, TimeProvider.System.GetUtcNow(), CancellationToken.None);
            latencies[i] = state.Status == MemberStatus.Waiting
                ? Stopwatch.GetElapsedTime(start).TotalMilliseconds
                : throw new InvalidOperationException($"{asking[i].UserId} does not wait: {state}");
        }));
        Array.Sort(latencies);

        // Each round is an interval later, as its clock has it.
        var now = TimeProvider.System.GetUtcNow();
        var rounds = new double[SmallRounds];
        for (var i = 0; i < SmallRounds; i++)
        {
            rounds[i] = await TimeAsync(() => AdmitAsync(SmallRound)) * 1000;
        }

        var large = Math.Min(LargeRound, size / 10);
        var admitting = Math.Min(MostAdmissions, size / 2) / large;
        var admissions = await PerSecondAsync(admitting * large, async () =>
        {
            for (var i = 0; i < admitting; i++)
            {
                await AdmitAsync(large);
            }
        });

        return new LineValues(
            joins, polls, latencies[latencies.Length / 2], latencies[latencies.Length * 99 / 100], admissions, rounds.Order().ElementAt(SmallRounds / 2), memory / 1048576.0,
            (memory - before) / (double)size);

        Task JoinAsync(int from, int to) => EachAsync(from, to, async i =>
        {
            var at = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            members[i] = new TokenClaims(Guid.NewGuid(), $"user-{i}", TokenClaims.General, at);
            await room.JoinAsync(members[i], Limits, at, CancellationToken.None);
        });

        async Task AdmitAsync(int count)
        {
            now += Limits.AdmitInterval + TimeSpan.FromSeconds(1);
            var round = await room.AdmitAsync(TokenClaims.General, Limits with { MaxActive = int.MaxValue / 2, AdmitPerInterval = count }, now, CancellationToken.None);
            if (round.Admitted != count)
            {
                throw new InvalidOperationException($"{count} were to be admitted: {round}");
            }
        }
    }

    /// <summary>Compiled code, in a room of its own.</summary>
    private static Task WarmUpAsync(IWaitingRoom room) => EachAsync(0, 5_000, async i =>
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        var claims = new TokenClaims(Guid.NewGuid(), $"user-{i}", "warm-up", now);
        await room.JoinAsync(claims, Limits, now, CancellationToken.None);
        await room.GetAsync(claims, poll: true, Limits, now, CancellationToken.None);
    });

    private static Task EachAsync(int from, int to, Func<int, Task> call) =>
        Parallel.ForAsync(from, to, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => await call(i));

    private static async Task<double> PerSecondAsync(int count, Func<Task> work) => count / await TimeAsync(work);

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Bytes of the process that keeps the line.</summary>
    private static long Memory(int server)
    {
        if (server == 0)
        {
            GC.Collect();
            return Environment.WorkingSet;
        }

        var line = File.ReadLines($"/proc/{server}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
