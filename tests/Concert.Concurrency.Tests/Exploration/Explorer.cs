using System.Globalization;
using System.Reflection;
using Microsoft.Coyote;
using Microsoft.Coyote.SystematicTesting;

namespace Concert.Concurrency.Tests.Exploration;

/// <summary>What an exploration found, or that it found nothing.</summary>
/// <param name="Bug">Null when there is none.</param>
/// <param name="Schedules">Run in the pass that found it, or in the last one.</param>
/// <param name="Before">Run in the pass before.</param>
internal sealed record Finding(string? Bug, int Schedules, int Before = 0);

/// <summary>
/// Runs a scenario under many schedules: some random, some by priorities, as Coyote's portfolio deals them. The seed decides all of them, so the same seed finds
/// the same bug in the same schedule.
/// </summary>
internal static class Explorer
{
    private static readonly uint Seed = Setting("CONCERT_RACE_SEED", 1);
    private static readonly uint Schedules = Setting("CONCERT_RACE_SCHEDULES", 150);

    /// <summary>A scenario ends within a few hundred; one that goes on is caught in a loop.</summary>
    private const uint MaxSteps = 20_000;

    public static IReadOnlyList<string> Scenarios { get; } =
    [
        .. typeof(Explorer).Assembly.GetTypes()
            .Where(t => t is { IsAbstract: true, IsSealed: true, IsPublic: true, Namespace: ScenarioNamespace })
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(m => m.ReturnType == typeof(Task) && m.GetParameters().Length == 0)
                .Select(m => $"{t.Name}.{m.Name}")),
    ];

    private const string ScenarioNamespace = "Concert.Concurrency.Tests.Scenarios";

    /// <summary>
    /// First with tasks, locks and atomic operations as the points where another may go on, then with every access to shared memory too:
    /// the first reaches deep, the second finds what is read or written without a lock.
    /// </summary>
    public static Finding Explore(Assembly explored, string scenario)
    {
        var coarse = Explore(explored, scenario, everyAccess: false);
        return coarse.Bug is not null ? coarse : Explore(explored, scenario, everyAccess: true) with { Before = coarse.Schedules };
    }

    /// <summary>For the failing test's message.</summary>
    public static string Describe(string scenario, Finding finding) => $"""
        {scenario} breaks under schedule {finding.Before + finding.Schedules} of seed {Seed}: {finding.Bug}
        Again: CONCERT_RACE_SEED={Seed} dotnet test tests/Concert.Concurrency.Tests --filter "DisplayName~{scenario}"
        """;

    private static Finding Explore(Assembly explored, string scenario, bool everyAccess)
    {
        var parts = scenario.Split('.');
        var run = explored.GetType($"{ScenarioNamespace}.{parts[0]}", throwOnError: true)!.GetMethod(parts[1])!.CreateDelegate<Func<Task>>();
        var configuration = Configuration.Create()
            .WithTestingIterations(everyAccess ? Math.Max(1, Schedules / 3) : Schedules)
            .WithRandomGeneratorSeed(Seed)
            .WithMaxSchedulingSteps(MaxSteps)
            .WithMemoryAccessRaceCheckingEnabled(everyAccess)
            // A scenario that left the scheduler's hands would prove less than it says.
            .WithPartiallyControlledConcurrencyAllowed(false)
            // A busy machine is no deadlock; the scheduler itself knows when nobody can go on.
            .WithDeadlockTimeout(60_000)
            .WithConsoleLoggingEnabled(false)
            .WithTelemetryEnabled(false);
        using var engine = TestingEngine.Create(configuration, run);
        engine.Run();
        var report = engine.TestReport;
        return new Finding(
            report.BugReports.FirstOrDefault() ?? report.InternalErrors.FirstOrDefault(), report.NumOfExploredFairPaths + report.NumOfExploredUnfairPaths);
    }

    private static uint Setting(string name, uint otherwise) =>
        uint.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
