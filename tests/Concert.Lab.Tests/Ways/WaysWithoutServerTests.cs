using Concert.Lab.Judging;
using Concert.Lab.Running;
using Concert.Lab.Servers;
using Concert.Lab.Ways;
using Concert.Lab.Ways.Guards;
using Concert.Lab.Works;
using Shouldly;
using Xunit;

namespace Concert.Lab.Tests.Ways;

public sealed class WaysWithoutServerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("concert-lab-tests-");

    public static TheoryData<string> Ids => [.. WayCatalog.All.Where(way => way.Needs.Length == 0).Select(way => way.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public Task EveryWork_SmallRun_Correct(string id) => SmallRuns.EveryWorkIsCorrectAsync(WayCatalog.Find(id), Context);

    [Fact]
    public async Task SpinLock_SmallRun_Correct()
    {
        var spin = new WayInfo("spin", "spin lock · SQLite", [], null, _ => Task.FromResult<Way>(new GuardedRows(new SpinLocks(), Rows())));
        await SmallRuns.EveryWorkIsCorrectAsync(spin, Context);
    }

    /// <summary>The lab would show no loss if its own works and rows had none to show. Everybody reads before anybody writes.</summary>
    [Theory]
    [InlineData(Work.Wallet, "lost 599 of 600")]
    [InlineData(Work.OneSeat, "100 owners of 1 seat")]
    [InlineData(Work.Places, "sold 100 of 50 places; 1 counted, 100 reserved")]
    [InlineData(Work.Carts, "400 owners of 20 seats")]
    public async Task NothingAtAll_AllReadBeforeOneWrites_LossIsShown(string id, string loss)
    {
        var work = Work.Create(id, 0.1);
        await using var way = new GuardedRows(null, new AllReadFirst(Rows(), work.Operations.Count));
        var round = await RoundRunner.RunAsync(way, work, picks: false, TimeSpan.FromSeconds(60), []);
        round.IsCorrect.ShouldBeFalse();
        round.Verdict.ShouldBe(loss);
    }

    [Fact]
    public async Task Round_TimeLimit_WhatWasAnsweredIsCorrect()
    {
        await using var way = new GuardedRows(new ProcessLock(), Rows());
        var work = Work.Create(Work.BigWallet) with { Callers = 50 };
        var round = await RoundRunner.RunAsync(way, work, picks: false, TimeSpan.FromMilliseconds(300), []);
        round.Verdict.ShouldBe(Verdict.Correct.Text);
        round.IsCut.ShouldBeTrue();
    }

    [Fact]
    public async Task Round_CallFails_IsNoCorrectRound()
    {
        await using var way = new Failing();
        var round = await RoundRunner.RunAsync(way, Work.Create(Work.Wallet, 0.01), picks: false, TimeSpan.FromSeconds(60), []);
        round.IsCorrect.ShouldBeFalse();
        round.Verdict.ShouldContain("60 failed (InvalidOperationException: away)");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private WayContext Context => new(new Endpoints([]), _folder.FullName);

    private SqliteRows Rows() => new(Path.Combine(_folder.FullName, "rows.db"));

    private sealed class Failing : Way
    {
        public override Task<bool> DoAsync(Operation operation, CancellationToken cancellationToken) => throw new InvalidOperationException("away");

        public override Task<Evidence> ReadAsync(Work work) => Task.FromResult(Evidence.OfWallet(work.OpeningBalance, 0, []));

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        protected override Task ResetAsync(Work work) => Task.CompletedTask;
    }
}
