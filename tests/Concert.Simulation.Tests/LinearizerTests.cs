using Concert.Simulation.Checks;
using Shouldly;
using Xunit;

namespace Concert.Simulation.Tests;

public sealed class LinearizerTests
{
    private static Operation<long> Add(long from, long to, long amount, long? answer = null) =>
        new($"add {amount}", from, to, balance => answer is null || balance + amount == answer ? balance + amount : null, MayNever: to == long.MaxValue);

    private static Operation<long> Take(long from, long to, long amount) =>
        new($"take {amount}", from, to, balance => balance >= amount ? balance - amount : null);

    private static Operation<long> Read(long from, long to, long value) =>
        new($"read {value}", from, to, balance => balance == value ? balance : null, IsRead: true);

    [Fact]
    public void Explain_OverlappingAdds_FindsTheirOrder() =>
        Linearizer.Explain([Add(0, 10, 5, answer: 8), Add(1, 9, 3, answer: 3), Read(11, 12, 8)], 0L).ShouldBeNull();

    [Fact]
    public void Explain_LostUpdate_IsNotLinearizable() =>
        Linearizer.Explain([Add(0, 10, 5), Add(1, 9, 3), Read(11, 12, 5)], 0L).ShouldNotBeNull().ShouldContain("NOT");

    [Fact]
    public void Explain_StaleRead_IsNotLinearizable() =>
        Linearizer.Explain([Add(0, 1, 5), Read(2, 3, 5), Read(4, 5, 0)], 0L).ShouldNotBeNull();

    [Fact]
    public void Explain_StaleReadThatOverlaps_IsLinearizable() =>
        Linearizer.Explain([Add(0, 10, 5), Read(2, 3, 0), Read(4, 5, 5)], 0L).ShouldBeNull();

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Explain_UnknownOutcome_MayHaveHappenedOrNot(long seen) =>
        Linearizer.Explain([Add(0, long.MaxValue, 5), Read(20, 21, seen)], 0L).ShouldBeNull();

    [Fact]
    public void Explain_UnknownOutcomeSeenAndUnseen_IsNotLinearizable() =>
        Linearizer.Explain([Add(0, long.MaxValue, 5), Read(20, 21, 5), Read(22, 23, 0)], 0L).ShouldNotBeNull();

    [Fact]
    public void Explain_TakeBeforeThereWasEnough_IsNotLinearizable() =>
        Linearizer.Explain([Take(0, 1, 5), Add(2, 3, 5), Read(4, 5, 0)], 0L).ShouldNotBeNull();
}
