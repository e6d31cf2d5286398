namespace Concert.Resilience.Tests.Abuse.Support;

internal static class Memory
{
    /// <summary>Bytes that live after everything that can be collected was.</summary>
    public static async Task<long> LiveAsync()
    {
        // What ends a little after its answer (closing connections, pooled buffers) is let go first.
        var least = long.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            least = Math.Min(least, GC.GetTotalMemory(forceFullCollection: true));
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }

        return least;
    }
}
