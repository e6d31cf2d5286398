using System.Diagnostics;
using System.Runtime;
using Concert.Lab.Judging;
using Concert.Lab.Ways;
using Concert.Lab.Works;

namespace Concert.Lab.Running;

/// <summary>Runs a work once and judges what is left.</summary>
internal static class RoundRunner
{
    /// <param name="way">Connected.</param>
    /// <param name="work">What to do.</param>
    /// <param name="picks">See <see cref="WayInfo.Picks"/>.</param>
    /// <param name="limit">After it nothing new begins.</param>
    /// <param name="servers">Whose time and memory count as well.</param>
    public static async Task<Round> RunAsync(Way way, Work work, bool picks, TimeSpan limit, IReadOnlyCollection<int> servers)
    {
        await way.PrepareAsync(work);
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ProcessTree.ForgetOwnPeak();

        var (answers, latencies) = (new Answer[work.Operations.Count], new double[work.Operations.Count]);
        var running = ProcessTree.Running(servers);
        var (own, server) = (Environment.CpuUsage.TotalTime, ProcessTree.ProcessorSeconds(servers));
        using var end = new CancellationTokenSource(limit);
        var watch = Stopwatch.StartNew();
        var fault = await RunAllAsync(way, work, answers, latencies, end.Token);
        var elapsed = watch.Elapsed;
        var (ownUsed, serverUsed) = ((Environment.CpuUsage.TotalTime - own).TotalSeconds, ProcessTree.ProcessorSeconds(servers) - server);
        var (memory, serverMemory) = (ProcessTree.OwnPeakMegabytes(), ProcessTree.MemoryMegabytes(servers, running));

        var verdict = Judge.Of(work, answers, await way.ReadAsync(work), picks);
        if (fault is not null)
        {
            verdict = new Verdict(false, verdict.IsCorrect ? fault : $"{verdict.Text}; {fault}");
        }

        double[] sorted = [.. latencies.Where((_, i) => answers[i] != Answer.None).Order()];
        return new Round(
            verdict.IsCorrect, verdict.Text, work.Operations.Count, sorted.Length, elapsed.TotalSeconds, Percentile(sorted, 0.5), Percentile(sorted, 0.99),
            way.Retries, ownUsed, serverUsed, memory, serverMemory);
    }

    /// <summary>All callers begin together; each makes the next call when its last one is answered. Returns the first fault in one phrase, if there was one.</summary>
    private static async Task<string?> RunAllAsync(Way way, Work work, Answer[] answers, double[] latencies, CancellationToken cancellationToken)
    {
        var (next, faults, firstFault) = (-1, 0, default(string));
        await Task.WhenAll(Enumerable.Range(0, work.Callers).Select(_ => Task.Run(
            async () =>
            {
                for (var i = Interlocked.Increment(ref next); i < answers.Length && !cancellationToken.IsCancellationRequested; i = Interlocked.Increment(ref next))
                {
                    var start = Stopwatch.GetTimestamp();
                    try
                    {
                        answers[i] = await way.DoAsync(work.Operations[i], cancellationToken) ? Answer.Done : Answer.Refused;
                        latencies[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    }
                    catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                    {
                        return;
                    }
                    catch (Exception e)
                    {
                        Interlocked.Increment(ref faults);
                        Interlocked.CompareExchange(ref firstFault, $"{e.GetType().Name}: {e.Message.Split('\n')[0].Trim()}", null);
                    }
                }
            },
            CancellationToken.None)));
        return faults > 0 ? $"{faults:N0} failed ({firstFault})" : null;
    }

    private static double Percentile(double[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
}
