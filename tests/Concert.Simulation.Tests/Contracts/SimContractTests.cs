using Concert.Contracts;
using Xunit;

namespace Concert.Simulation.Tests.Contracts;

/// <summary>The simulated ports without faults keep the contracts of the real ones: what holds over them is a proof about the service, not about a model.</summary>
public sealed class SimContractTests
{
    /// <summary>The order of what happens at once, and how long the network takes, are another with each.</summary>
    private static readonly ulong[] Seeds = [1, 2, 3];

    public static TheoryData<string> StoreFacts => SimBench.FactsOf<DocumentStoreContract>();

    public static TheoryData<string> QueueFacts => SimBench.FactsOf<CommandQueueContract>();

    public static TheoryData<string> GateFacts => SimBench.FactsOf<SeatGateContract>();

    public static TheoryData<string> RoomFacts => SimBench.FactsOf<WaitingRoomContract>();

    public static TheoryData<string> CacheFacts => SimBench.FactsOf<SeatMapCacheContract>();

    [Theory]
    [MemberData(nameof(StoreFacts))]
    public void Store_WithoutFaults_KeepsTheContract(string fact) => Run(fact, bench => new SimStoreContract(bench));

    [Theory]
    [MemberData(nameof(QueueFacts))]
    public void Queue_WithoutFaults_KeepsTheContract(string fact) => Run(fact, bench => new SimQueueContract(bench));

    [Theory]
    [MemberData(nameof(GateFacts))]
    public void Gate_WithoutFaults_KeepsTheContract(string fact) => Run(fact, bench => new SimGateContract(bench));

    [Theory]
    [MemberData(nameof(RoomFacts))]
    public void Room_WithoutFaults_KeepsTheContract(string fact) => Run(fact, bench => new SimRoomContract(bench));

    [Theory]
    [MemberData(nameof(CacheFacts))]
    public void Cache_WithoutFaults_KeepsTheContract(string fact) => Run(fact, bench => new SimCacheContract(bench));

    private static void Run(string fact, Func<SimBench, object> contract)
    {
        foreach (var seed in Seeds)
        {
            var bench = new SimBench(seed);
            bench.Run(contract(bench), fact);
        }
    }
}
