using System.Reflection;
using System.Runtime.ExceptionServices;
using Concert.Simulation.Engine;
using Concert.Simulation.Faults;
using Shouldly;
using Xunit;

namespace Concert.Simulation.Tests.Contracts;

/// <summary>
/// Runs the facts of a contract suite inside a world without faults: test, port and network share its one thread and its virtual time, so that a fact
/// goes the same way each time, and another one under another seed.
/// </summary>
public sealed class SimBench
{
    private static readonly DateTimeOffset Start = new(2030, 5, 1, 20, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public SimBench(ulong seed)
    {
        World = new World(seed, Start, FaultPlan.None, record: false);
        Process = new SimProcess(World, 1, "bench", TimeSpan.Zero) { IsStrict = false };
    }

    public World World { get; }

    /// <summary>Where the fact runs, and what calls the port.</summary>
    public SimProcess Process { get; }

    /// <summary>Every fact and each case of every theory of a suite.</summary>
    public static TheoryData<string> FactsOf<TContract>()
    {
        var facts = new TheoryData<string>();
        foreach (var method in typeof(TContract).GetMethods().Where(IsFact))
        {
            var cases = method.GetCustomAttributes<InlineDataAttribute>().Count();
            string[] names = cases == 0 ? [method.Name] : [.. Enumerable.Range(0, cases).Select(i => $"{method.Name}/{i}")];
            facts.AddRange(names);
        }

        return facts;
    }

    /// <summary>Runs one fact as the test framework would, in virtual time.</summary>
    public void Run(object contract, string fact) => Run(async () =>
    {
        var (name, data) = fact.Split('/') is [var theory, var number] ? (theory, int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)) : (fact, -1);
        var method = contract.GetType().GetMethod(name)!;
        var arguments = data < 0 ? [] : method.GetCustomAttributes<InlineDataAttribute>().ElementAt(data).Data;
        await (contract is IAsyncLifetime begins ? begins.InitializeAsync() : ValueTask.CompletedTask);
        await (Task)method.Invoke(contract, arguments)!;
        await (contract is IAsyncLifetime ends ? ends.DisposeAsync() : ValueTask.CompletedTask);
    });

    private static bool IsFact(MethodInfo method) => method.GetCustomAttributes().Any(a => a is FactAttribute);

    private void Run(Func<Task> work)
    {
        Task? running = null;
        World.Schedule(Process, TimeSpan.Zero, () => running = work());
        var ended = World.Run(() => running is { IsCompleted: true }, Longest);
        if (running?.Exception?.InnerException is { } thrown)
        {
            ExceptionDispatchInfo.Throw(thrown);
        }

        World.Violation.ShouldBeNull();
        ended.ShouldBeTrue("the fact came to no end in a virtual day");
    }
}
