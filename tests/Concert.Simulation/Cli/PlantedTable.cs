using Concert.Simulation.Planted;
using Concert.Simulation.Sale;

namespace Concert.Simulation.Cli;

/// <summary>How many seeds it takes to find a planted defect.</summary>
public static class PlantedTable
{
    public static IEnumerable<Defect> Defects => Enum.GetValues<Defect>().Where(d => d != Defect.None);

    /// <summary>The first seed from 1 that fails with the defect, and what broke; null when none up to the limit does.</summary>
    public static (int Seeds, string Rule)? Find(Defect defect, int limit)
    {
        for (var seed = 1; seed <= limit; seed++)
        {
            if (SaleRun.Run(SalePlan.Draw((ulong)seed, defect)).Violation is { } violation)
            {
                return (seed, violation.Rule);
            }
        }

        return null;
    }

    /// <summary>Prints the table; false when one was missed.</summary>
    public static bool Print(int limit, TextWriter output, Defect only = Defect.None)
    {
        var all = true;
        output.WriteLine("| planted defect | seeds needed | seen as |");
        output.WriteLine("|---|---|---|");
        foreach (var defect in only == Defect.None ? Defects : [only])
        {
            var found = Find(defect, limit);
            all &= found is not null;
            output.WriteLine($"| {defect} | {(found is { } f ? f.Seeds.ToString() : $"not in {limit}")} | {found?.Rule} |");
        }

        return all;
    }
}
