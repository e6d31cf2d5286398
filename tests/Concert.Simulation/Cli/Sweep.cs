using System.Collections.Concurrent;
using System.Diagnostics;
using Concert.Simulation.Sale;

namespace Concert.Simulation.Cli;

/// <summary>Runs many seeds, some at once: each on a thread of its own, for a run must not leave its thread.</summary>
public static class Sweep
{
    private const int EnoughFailures = 5;

    public static IReadOnlyList<SaleResult> Run(ulong from, int count, int parallel, Func<ulong, SalePlan> plan, TextWriter? progress)
    {
        var failures = new ConcurrentBag<SaleResult>();
        var next = -1;
        long done = 0, faults = 0, steps = 0, confirmed = 0, cancelled = 0;
        var watch = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, parallel).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        progress?.WriteLine(Progress());
        return [.. failures.OrderBy(f => f.Plan.Seed)];

        void Work()
        {
            while (failures.Count < EnoughFailures && Interlocked.Increment(ref next) is var n && n < count)
            {
                var result = SaleRun.Run(plan(from + (ulong)n));
                Interlocked.Add(ref faults, result.Faults);
                Interlocked.Add(ref steps, result.Steps);
                Interlocked.Add(ref confirmed, result.Facts.Confirmed);
                Interlocked.Add(ref cancelled, result.Facts.Cancelled);
                if (result.Violation is not null)
                {
                    failures.Add(result);
                }

                if (Interlocked.Increment(ref done) % 500 == 0)
                {
                    progress?.WriteLine(Progress());
                }
            }
        }

        string Progress() =>
            $"{done,6} seeds in {watch.Elapsed.TotalSeconds,5:0} s, {watch.Elapsed.TotalMilliseconds / Math.Max(1, done):0.0} ms each; "
            + $"{steps / Math.Max(1, done)} steps, {(double)faults / Math.Max(1, done):0} faults, {(double)confirmed / Math.Max(1, done):0.0} sold and "
            + $"{(double)cancelled / Math.Max(1, done):0.0} cancelled a seed; {failures.Count} failed";
    }
}
