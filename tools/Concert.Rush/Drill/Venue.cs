using Concert.Testing.Sales;

namespace Concert.Rush.Drill;

/// <summary>Puts what this drill buys on sale.</summary>
public static class Venue
{
    public const long BasePrice = 10_000;

    public static string SectionName(int number) => $"R{number}";

    /// <summary>A concert with one schedule whose sections cost 1,000 won more one after the other; booking is open, or opens in so long.</summary>
    public static Task<OpenSale> CreateAsync(DrillContext drill, string name, int places, int sectionSize, CancellationToken cancellationToken, TimeSpan? opensIn = null)
    {
        var builder = new SaleBuilder();
        if (opensIn is { } bookingIn)
        {
            builder.At(TimeSpan.FromDays(30), bookingIn, TimeSpan.FromDays(1));
        }

        for (var i = 0; i * sectionSize < places; i++)
        {
            builder.Section(SectionName(i + 1), Math.Min(sectionSize, places - (i * sectionSize)), BasePrice + (1000L * (i % 50)));
        }

        return builder.OpenAsync(drill.Api, $"Rush {drill.RunId} {name}", $"{drill.RunId}-{name}", drill.Api.Client.ServerNow, cancellationToken);
    }
}
