using System.CommandLine;
using Concert.Simulation.Planted;
using Concert.Simulation.Sale;

namespace Concert.Simulation.Cli;

/// <summary>The command line: what to run, and for a replay what a shrink left of it.</summary>
public sealed class Arguments(ParseResult parsed)
{
    private static readonly Option<int> SeedsOption = new("--seeds") { Description = "Runs so many seeds and stops at the first failures." };
    private static readonly Option<ulong> FromOption = new("--from") { Description = "The first of them.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> ParallelOption = new("--parallel") { Description = "Seeds at once.", DefaultValueFactory = _ => 1 };
    private static readonly Option<ulong?> SeedOption = new("--seed") { Description = "Runs one seed." };
    private static readonly Option<bool> TraceOption = new("--trace") { Description = "Prints its timeline.", Arity = ArgumentArity.Zero };
    private static readonly Option<string?> FaultsOption = new("--faults") { Description = "Only these of its faults: Crash,LockLost", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> BuyersOption = new("--buyers") { Description = "Only these of its buyers: 1,3", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<int> BudgetOption = new("--budget") { Description = "No more faults than these.", DefaultValueFactory = _ => int.MaxValue };
    private static readonly Option<bool> PlantedOption = new("--planted") { Description = "Says how many seeds each planted defect needs.", Arity = ArgumentArity.Zero };
    private static readonly Option<int> LimitOption = new("--limit") { Description = "Seeds to try for each.", DefaultValueFactory = _ => 500 };
    private static readonly Option<Defect> DefectOption = new("--defect") { Description = "With this defect planted; of the planted, only this one.", HelpName = "NAME" };

    public bool IsTraced => parsed.GetValue(TraceOption);

    public bool IsPlanted => parsed.GetValue(PlantedOption);

    public ulong? Seed => parsed.GetValue(SeedOption);

    public int Seeds => parsed.GetValue(SeedsOption);

    public ulong From => parsed.GetValue(FromOption);

    public int Parallel => parsed.GetValue(ParallelOption);

    public int Limit => parsed.GetValue(LimitOption);

    public Defect Defect => parsed.GetValue(DefectOption);

    /// <summary>The command with its options; it runs <paramref name="run"/>, or says what is wrong with the arguments.</summary>
    public static RootCommand Command(Func<Arguments, int> run)
    {
        var root = new RootCommand("Simulates sales. Give --seeds, --seed or --planted; see docs/testing.md.")
        {
            SeedsOption, FromOption, ParallelOption, SeedOption, TraceOption, FaultsOption, BuyersOption, BudgetOption, PlantedOption, LimitOption, DefectOption,
        };
        root.Validators.Add(given =>
        {
            if (given.GetResult(SeedsOption) is null && given.GetResult(SeedOption) is null && given.GetResult(PlantedOption) is null)
            {
                given.AddError("Give --seeds, --seed or --planted.");
            }
        });
        root.SetAction(parsed => run(new Arguments(parsed)));
        return root;
    }

    /// <summary>Null when the arguments cannot be understood.</summary>
    public static Arguments? Parse(string[] args) => Command(_ => 0).Parse(args) is { Errors.Count: 0 } parsed ? new Arguments(parsed) : null;

    public SalePlan Plan(ulong seed)
    {
        var plan = SalePlan.Draw(seed, Defect);
        if (parsed.GetValue(FaultsOption) is { } faults)
        {
            var kept = List(faults);
            plan = plan with { Faults = plan.Faults with { Probabilities = plan.Faults.Probabilities.Where(p => kept.Contains(p.Key.ToString())).ToDictionary(p => p.Key, p => p.Value) } };
        }

        if (parsed.GetValue(BuyersOption) is { } buyers)
        {
            var kept = List(buyers);
            plan = plan with { Buyers = [.. plan.Buyers.Where(b => kept.Contains(b.Number.ToString()))] };
        }

        return plan with { Faults = plan.Faults with { Budget = parsed.GetValue(BudgetOption) } };
    }

    /// <summary>The command that runs this plan again.</summary>
    public static string Replay(SalePlan plan) =>
        $"dotnet run -c Release --project tests/Concert.Simulation -- --seed {plan.Seed} --trace --faults {(plan.Faults.Probabilities.Count == 0 ? "none" : string.Join(',', plan.Faults.Probabilities.Keys))}"
        + $" --buyers {string.Join(',', plan.Buyers.Select(b => b.Number))}"
        + (plan.Faults.Budget == int.MaxValue ? "" : $" --budget {plan.Faults.Budget}")
        + (plan.Defect == Defect.None ? "" : $" --defect {plan.Defect}");

    private static HashSet<string> List(string values) => [.. values.Split(',', StringSplitOptions.RemoveEmptyEntries)];
}
