using Concert.Simulation.Sale;

namespace Concert.Simulation.Cli;

internal static class Program
{
    private static int Main(string[] args) => Arguments.Command(Run).Parse(args).Invoke();

    private static int Run(Arguments arguments)
    {
        if (arguments.IsPlanted)
        {
            return PlantedTable.Print(arguments.Limit, Console.Out, arguments.Defect) ? 0 : 1;
        }

        return arguments.Seed is { } seed ? RunOne(arguments, seed) : RunMany(arguments);
    }

    private static int RunOne(Arguments arguments, ulong seed)
    {
        var result = SaleRun.Run(arguments.Plan(seed), arguments.IsTraced);
        foreach (var line in result.Timeline)
        {
            Console.WriteLine(line);
        }

        Console.WriteLine($"seed {seed}: {result.Steps} steps, {result.Faults} faults, {result.Facts}, history {result.Hash:x16}");
        if (result.Violation is null)
        {
            return 0;
        }

        Report(result, arguments.IsTraced);
        return 1;
    }

    private static int RunMany(Arguments arguments)
    {
        var failures = Sweep.Run(arguments.From, arguments.Seeds, arguments.Parallel, arguments.Plan, Console.Out);
        foreach (var failure in failures)
        {
            Report(failure, isTraced: false);
        }

        return failures.Count == 0 ? 0 : 1;
    }

    private static void Report(SaleResult failure, bool isTraced)
    {
        Console.WriteLine();
        Console.WriteLine($"Seed {failure.Plan.Seed} breaks {failure.Violation!.Rule}: {failure.Violation.Detail}");
        if (isTraced)
        {
            return;
        }

        var small = Shrinker.Shrink(failure);
        Console.WriteLine();
        Console.WriteLine($"The smallest run of it that breaks the same ({small.Plan.Buyers.Count} buyers, {small.Faults} faults, {small.Steps} steps):");
        foreach (var line in small.Timeline)
        {
            Console.WriteLine(line);
        }

        Console.WriteLine();
        Console.WriteLine("Again: " + Arguments.Replay(small.Plan));
    }
}
