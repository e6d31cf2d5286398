using Concert.Simulation.Buyers;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;
using Concert.Simulation.Sale;

namespace Concert.Simulation.Checks;

/// <summary>Judges a finished sale by what its clients saw, and by nothing else.</summary>
public sealed class OutsideJudgement(World world, ClientLog log, SimQueue queue, SimCaches caches, SaleSettings settings, int places)
{
    public void Judge()
    {
        foreach (var broken in AllPromises.Settled(ClientEvidence.Of(log, settings, places, queue.Buried.Count > 0)))
        {
            world.Fail(broken.Rule, broken.Detail);
        }

        foreach (var seat in Enumerable.Range(1, settings.Seats).Concat(Enumerable.Range(House.FirstMore, settings.MoreSeats)))
        {
            if (!log.Blocks.Exists(b => b.Seat == seat && b.IsUnsure) && Linearizer.Explain(SeatHistory.Of(log, caches, seat), SeatHistory.Start) is { } why)
            {
                world.Fail("linearizable-seat", $"No order of what clients saw of seat {seat} makes sense:\n{why}");
            }
        }

        foreach (var user in log.Balances.Select(b => b.Value.UserId).Distinct(StringComparer.Ordinal))
        {
            if (Linearizer.Explain(WalletHistory.Of(log, user), 0L) is { } why)
            {
                world.Fail("linearizable-wallet", $"No order of what clients saw of the wallet of {user} makes sense:\n{why}");
            }
        }
    }
}
