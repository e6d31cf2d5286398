using Concert.Resilience.Tests.Crashes.Load;

namespace Concert.Resilience.Tests.Crashes.Sales;

/// <summary>Puts concerts on sale.</summary>
internal static class Box
{
    public const long Price = 10_000;

    /// <param name="client">Whose.</param>
    /// <param name="sections">Seats of each section.</param>
    /// <param name="inventories">Places of each inventory.</param>
    public static Task<OpenSale> OpenAsync(CrashClient client, int[] sections, int[] inventories)
    {
        var builder = new SaleBuilder();
        foreach (var (i, seats) in sections.Index())
        {
            builder.Section($"S{i}", seats, Price);
        }

        foreach (var (i, places) in inventories.Index())
        {
            builder.Standing($"G{i}", places, Price);
        }

        return builder.OpenAsync(client.Api, "Crashes", Guid.NewGuid().ToString("N"), DateTimeOffset.UtcNow, CancellationToken.None);
    }
}
