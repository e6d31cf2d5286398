using Concert.Simulation.Sale;

namespace Concert.Simulation.Cli;

/// <summary>Takes away faults and buyers as long as the same rule still breaks, then cuts the faults after the last that is needed.</summary>
public static class Shrinker
{
    private const int MaxRuns = 400;

    /// <summary>The smallest failing run that was found; the run itself when nothing can be taken away.</summary>
    public static SaleResult Shrink(SaleResult failing)
    {
        var runs = 0;
        var best = failing;
        for (var smaller = true; smaller && runs < MaxRuns;)
        {
            smaller = false;
            foreach (var fault in best.Plan.Faults.Probabilities.Keys.ToList())
            {
                smaller |= Try(best.Plan with { Faults = best.Plan.Faults.Without(fault) });
            }

            foreach (var buyer in best.Plan.Buyers.ToList())
            {
                smaller |= best.Plan.Buyers.Count > 1 && Try(best.Plan with { Buyers = [.. best.Plan.Buyers.Where(b => b != buyer)] });
            }

            smaller |= best.Faults > 0 && best.Plan.Faults.Budget > 0 && Try(WithBudget(best.Faults / 2));
            smaller |= best.Faults > 0 && best.Plan.Faults.Budget > best.Faults - 1 && Try(WithBudget(best.Faults - 1));
        }

        return SaleRun.Run(best.Plan, record: true);

        SalePlan WithBudget(int budget) => best.Plan with { Faults = best.Plan.Faults with { Budget = budget } };

        bool Try(SalePlan plan)
        {
            if (runs++ >= MaxRuns)
            {
                return false;
            }

            var result = SaleRun.Run(plan);
            if (result.Violation?.Rule != failing.Violation!.Rule)
            {
                return false;
            }

            best = result;
            return true;
        }
    }
}
