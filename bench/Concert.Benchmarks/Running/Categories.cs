namespace Concert.Benchmarks.Running;

internal static class Categories
{
    /// <summary>Its time is that of the disk: compared by the synced write instead of by the processor's work.</summary>
    public const string Disk = "disk";

    /// <summary>Several threads work on it, so that its allocations are not the same to the byte.</summary>
    public const string Concurrent = "concurrent";
}
