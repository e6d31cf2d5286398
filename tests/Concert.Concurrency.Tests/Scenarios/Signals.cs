using System.Collections.Concurrent;
using Concert.Embedded.Messaging;

namespace Concert.Concurrency.Tests.Scenarios;

/// <summary>The signal that wakes the pump.</summary>
public static class Signals
{
    /// <summary>A signal that got lost leaves the one who waits asleep with work to do, which Coyote reports as a deadlock.</summary>
    public static async Task NothingSetInBetweenIsMissed()
    {
        var signal = new WorkSignal();
        var work = new ConcurrentQueue<int>();
        var done = 0;
        var worker = Task.Run(async () =>
        {
            while (done < 2)
            {
                var next = signal.Next;
                if (work.TryDequeue(out _))
                {
                    done++;
                    continue;
                }

                await next;
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 2).Select(i => Task.Run(() =>
        {
            work.Enqueue(i);
            signal.Set();
        })));
        await worker;
    }
}
