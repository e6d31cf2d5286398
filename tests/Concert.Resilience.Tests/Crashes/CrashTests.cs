using Concert.Resilience.Tests.Crashes.Sales;

namespace Concert.Resilience.Tests.Crashes;

/// <summary>SIGKILL at random moments in each of the four sales. CONCERT_KILLS sets the number over all of them, CONCERT_SEED the moments.</summary>
[Trait("Rule", "S1"), Trait("Rule", "S3"), Trait("Rule", "L1"), Trait("Rule", "F1"), Trait("Rule", "R-EVERY")]
public sealed class CrashTests
{
    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("CONCERT_SEED"), out var given) ? given : Random.Shared.Next();

    [Fact]
    public async Task Kill_WhileManyBuyPlaces_LosesNothing()
    {
        await using var drill = new CrashDrill(Seed);
        await drill.RunAsync(new PlacesSale(drill.Client, drill.Facts), CrashDrill.KillsPerSale);
    }

    [Fact]
    public async Task Kill_WhileEverybodyWantsOneSeat_LosesNothing()
    {
        await using var drill = new CrashDrill(Seed);
        await drill.RunAsync(new OneSeatSale(drill.Client, drill.Facts), CrashDrill.KillsPerSale);
    }

    [Fact]
    public async Task Kill_WhileCartsOverlap_LosesNothing()
    {
        await using var drill = new CrashDrill(Seed);
        await drill.RunAsync(new CartsSale(drill.Client, drill.Facts), CrashDrill.KillsPerSale);
    }

    [Fact]
    public async Task Kill_WhileOneWalletIsUsedFromManySides_LosesNothing()
    {
        await using var drill = new CrashDrill(Seed);
        await drill.RunAsync(new WalletSale(drill.Client, drill.Facts), CrashDrill.KillsPerSale);
    }
}
