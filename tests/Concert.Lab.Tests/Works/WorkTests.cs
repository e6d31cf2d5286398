using Concert.Lab.Works;
using Shouldly;
using Xunit;

namespace Concert.Lab.Tests.Works;

public sealed class WorkTests
{
    [Theory]
    [InlineData(Work.Wallet, 6_000, 6_000)]
    [InlineData(Work.BigWallet, 60_000, 6_000)]
    [InlineData(Work.OneSeat, 1_000, 1_000)]
    [InlineData(Work.Places, 1_000, 1_000)]
    [InlineData(Work.Seats, 10_000, 10_000)]
    [InlineData(Work.Carts, 1_000, 1_000)]
    public void Create_FullSize_AsManyAsItsTitleSays(string id, int operations, int callers)
    {
        var work = Work.Create(id);
        work.Operations.Count.ShouldBe(operations);
        work.Callers.ShouldBe(callers);
        work.Operations.Select(operation => operation.Id).Distinct().Count().ShouldBe(operations);
    }

    [Fact]
    public void Create_Wallet_EnoughForEveryUseWhateverTheOrder()
    {
        var work = Work.Create(Work.Wallet);
        work.OpeningBalance.ShouldBe(-work.Operations.Where(operation => operation.Amount < 0).Sum(operation => operation.Amount));
    }

    [Fact]
    public void Create_Carts_OverlapAndRunBothWays()
    {
        var work = Work.Create(Work.Carts);
        work.Operations.ShouldAllBe(operation => operation.Seats.Length == 4 && operation.Seats.Distinct().Count() == 4 && operation.Seats.All(seat => seat >= 1 && seat <= work.SeatCount));
        work.Operations.Count(operation => operation.Seats[0] < operation.Seats[1]).ShouldBeInRange(400, 600);
        work.Operations.SelectMany(operation => operation.Seats).GroupBy(seat => seat).Average(some => some.Count()).ShouldBeGreaterThan(10);
    }

    [Fact]
    public void Create_Seats_EveryBuyerHasASeatOfHisOwn() =>
        Work.Create(Work.Seats).Operations.SelectMany(operation => operation.Seats).Distinct().Count().ShouldBe(10_000);

    [Fact]
    public void Create_UnknownWork_SaysWhichThereAre() => Should.Throw<ArgumentException>(() => Work.Create("nothing")).Message.ShouldContain(Work.Carts);
}
