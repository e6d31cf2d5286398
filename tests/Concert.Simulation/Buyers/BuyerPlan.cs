using Concert.Simulation.Engine;
using Concert.Simulation.Sale;

namespace Concert.Simulation.Buyers;

/// <summary>What a buyer sets out to do. Its smaller choices come from its own stream, so that another buyer's absence does not change them.</summary>
public sealed record BuyerPlan(int Number, string UserId, TimeSpan StartsAfter, int Rounds, IReadOnlyList<long> Charges)
{
    public static BuyerPlan Draw(ulong seed, int number, SaleSettings settings)
    {
        var random = SimRandom.Stream(seed, "buyer plan", number);

        // Some are second devices of the first user: one wallet from many sides.
        var user = number > 1 && random.Chance(0.2) ? UserOf(1) : UserOf(number);
        var charges = new long[random.Between(0, 4)];
        for (var i = 0; i < charges.Length; i++)
        {
            charges[i] = 50 * random.Between(1, 12);
        }

        return new BuyerPlan(
            number,
            user,
            random.Chance(0.7) ? TimeSpan.FromMilliseconds(random.Between(0, 200)) : settings.HoldFor * (2 * random.NextDouble()),
            random.Between(1, 5),
            charges);
    }

    // Composed; devices that top up write it decomposed.
    private static string UserOf(int number) => $"us\u00E9r{number}";
}
