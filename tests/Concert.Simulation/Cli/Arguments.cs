using Concert.Simulation.Faults;
using Concert.Simulation.Planted;
using Concert.Simulation.Sale;

namespace Concert.Simulation.Cli;

/// <summary>The command line: what to run, and for a replay what a shrink left of it.</summary>
public sealed class Arguments
{
    public const string Usage =
        """
        dotnet run -c Release --project tests/Concert.Simulation -- --seeds 10000 [--from 1] [--parallel 2]    run seeds, stop at the first failures
        dotnet run -c Release --project tests/Concert.Simulation -- --seed N [--trace]                          run one seed, and print its timeline
                 [--faults Crash,LockLost] [--buyers 1,3] [--budget 12] [--defect NoETagCheck]                   ... or what a shrink left of it
        dotnet run -c Release --project tests/Concert.Simulation -- --planted [--limit 500] [--defect NoGrace]  how many seeds each planted defect needs
        """;

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private Arguments()
    {
    }

    public bool IsTraced => _values.ContainsKey("trace");

    public bool IsPlanted => _values.ContainsKey("planted");

    public ulong? Seed => _values.TryGetValue("seed", out var seed) ? ulong.Parse(seed) : null;

    public int Seeds => Number("seeds", 0);

    public ulong From => (ulong)Number("from", 1);

    public int Parallel => Number("parallel", 1);

    public int Limit => Number("limit", 500);

    public Defect Defect => _values.TryGetValue("defect", out var defect) ? Enum.Parse<Defect>(defect, ignoreCase: true) : Defect.None;

    /// <summary>Null when the arguments cannot be understood.</summary>
    public static Arguments? Parse(string[] args)
    {
        var parsed = new Arguments();
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                return null;
            }

            var hasValue = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal);
            parsed._values[args[i][2..]] = hasValue ? args[++i] : "";
        }

        return parsed.Seed is null && parsed.Seeds == 0 && !parsed.IsPlanted ? null : parsed;
    }

    public SalePlan Plan(ulong seed)
    {
        var plan = SalePlan.Draw(seed, Defect);
        if (_values.TryGetValue("faults", out var faults))
        {
            var kept = List(faults);
            plan = plan with { Faults = plan.Faults with { Probabilities = plan.Faults.Probabilities.Where(p => kept.Contains(p.Key.ToString())).ToDictionary(p => p.Key, p => p.Value) } };
        }

        if (_values.TryGetValue("buyers", out var buyers))
        {
            var kept = List(buyers);
            plan = plan with { Buyers = [.. plan.Buyers.Where(b => kept.Contains(b.Number.ToString()))] };
        }

        return plan with { Faults = plan.Faults with { Budget = Number("budget", int.MaxValue) } };
    }

    /// <summary>The command that runs this plan again.</summary>
    public static string Replay(SalePlan plan) =>
        $"dotnet run -c Release --project tests/Concert.Simulation -- --seed {plan.Seed} --trace --faults {(plan.Faults.Probabilities.Count == 0 ? "none" : string.Join(',', plan.Faults.Probabilities.Keys))}"
        + $" --buyers {string.Join(',', plan.Buyers.Select(b => b.Number))}"
        + (plan.Faults.Budget == int.MaxValue ? "" : $" --budget {plan.Faults.Budget}")
        + (plan.Defect == Defect.None ? "" : $" --defect {plan.Defect}");

    private static HashSet<string> List(string values) => [.. values.Split(',', StringSplitOptions.RemoveEmptyEntries)];

    private int Number(string name, int otherwise) => _values.TryGetValue(name, out var text) ? int.Parse(text) : otherwise;
}
