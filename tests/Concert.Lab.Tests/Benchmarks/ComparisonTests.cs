using Concert.Benchmarks.Reporting;
using Shouldly;
using Xunit;
using BenchmarkReport = Concert.Benchmarks.Reporting.Report;

namespace Concert.Lab.Tests.Benchmarks;

/// <summary>A comparison of benchmarks sees what got worse, on this machine and on another, and nothing else.</summary>
public sealed class ComparisonTests
{
    private static readonly Benchmark Loop = new("Reference.FixedLoop", 4_000, 3_950, 4_050, 4_000, 0);
    private static readonly Benchmark Echo = new("Reference.JsonEcho", 1_000, 990, 1_010, 1_000, 400);
    private static readonly Benchmark Sync = new("DiskReference.SyncedWrite", 250_000, 240_000, 260_000, 20_000, 0, IsDisk: true);
    private static readonly Benchmark Verify = new("Token.Verify", 2_000, 1_980, 2_020, 2_000, 1_500);
    private static readonly Benchmark Commit = new("Commit.CommitAlone", 400_000, 380_000, 420_000, 60_000, 9_000, IsDisk: true);
    private static readonly Benchmark Accept = new("Accept.AcceptWithItsHold", 80_000, 78_000, 82_000, 100_000, 20_000, IsDisk: true, IsConcurrent: true);

    private static readonly BenchmarkReport Committed = Of(Loop, Echo, Sync, Verify, Commit, Accept);

    [Fact]
    public void Of_TheSameReport_NothingGotWorse()
    {
        var comparison = Comparison.Of(Committed, Committed, isPart: false);
        comparison.GotWorse.ShouldBeFalse();
        comparison.Benchmarks.ShouldAllBe(compared => compared.Verdict == Verdict.Same);
        comparison.MachineRatio.ShouldBe(1, 0.001);
    }

    [Theory]
    [InlineData(1.25, nameof(Verdict.Same))]
    [InlineData(1.35, nameof(Verdict.Worse))]
    [InlineData(0.7, nameof(Verdict.Better))]
    public void Of_TimeBeyondTheLimit_IsSeen(double times, string expected) => VerdictOf(Slower(Verify, times)).ToString().ShouldBe(expected);

    [Fact]
    public void Of_TimeBeyondTheLimitWithinTheNoise_IsTheSame() => VerdictOf(Verify with { Median = 2_800, Lower = 1_900, Upper = 3_700 }).ShouldBe(Verdict.Same);

    [Theory]
    [InlineData(1_570, nameof(Verdict.Same))]
    [InlineData(1_580, nameof(Verdict.Worse))]
    [InlineData(1_400, nameof(Verdict.Better))]
    public void Of_Allocations_AreExact(long bytes, string expected) => VerdictOf(Verify with { Allocated = bytes }).ToString().ShouldBe(expected);

    [Theory]
    [InlineData(24_000, nameof(Verdict.Same))]
    [InlineData(26_000, nameof(Verdict.Worse))]
    public void Of_AllocationsOfSeveralThreads_HaveMoreRoom(long bytes, string expected) => VerdictOf(Accept with { Allocated = bytes }).ToString().ShouldBe(expected);

    [Fact]
    public void Of_AllocationWhereThereWasNone_IsWorse() =>
        Comparison.Of(Of(Loop, Echo, Sync, Verify with { Allocated = 0 }), Of(Loop, Echo, Sync, Verify with { Allocated = 24 }), isPart: false).GotWorse.ShouldBeTrue();

    [Fact]
    public void Of_ProcessorTimeBeyondTheLimit_IsWorseThoughTheWaitIsTheSame() => VerdictOf(Accept with { Processor = 140_000 }).ShouldBe(Verdict.Worse);

    [Fact]
    public void Of_WorseInOneAndBetterInAnother_IsWorse() => VerdictOf(Slower(Verify, 0.5) with { Allocated = 3_000 }).ShouldBe(Verdict.Worse);

    [Fact]
    public void Of_AMachineHalfAsFast_IsNoRegression()
    {
        var fresh = Of(Slower(Loop, 2), Slower(Echo, 2), Sync, Slower(Verify, 2), Commit with { Processor = 120_000 }, Accept with { Processor = 200_000 });
        Comparison.Of(Committed, fresh, isPart: false).GotWorse.ShouldBeFalse();
    }

    [Fact]
    public void Of_ARegressionOnAMachineTwiceAsFast_IsSeen()
    {
        // As many nanoseconds as before, where half of them were due.
        var fresh = Of(Slower(Loop, 0.5), Slower(Echo, 0.5), Sync, Verify, Commit with { Processor = 30_000 }, Accept with { Processor = 50_000 });
        var comparison = Comparison.Of(Committed, fresh, isPart: false);
        comparison.Benchmarks.Where(compared => compared.Verdict == Verdict.Worse).Select(compared => compared.Name).ShouldBe(["Token.Verify"]);
    }

    [Fact]
    public void Of_ASlowerDisk_CountsForWhatWaitsForIt()
    {
        var slow = Slower(Sync, 4) with { Processor = Sync.Processor };
        Comparison.Of(Committed, Of(Loop, Echo, slow, Verify, Slower(Commit, 4) with { Processor = Commit.Processor }, Slower(Accept, 4) with { Processor = Accept.Processor }), isPart: false)
            .GotWorse.ShouldBeFalse();
        Comparison.Of(Committed, Of(Loop, Echo, slow, Slower(Verify, 4), Commit, Accept), isPart: false).GotWorse.ShouldBeTrue();
    }

    [Fact]
    public void Of_ABenchmarkThatIsGone_IsWorseUnlessOnlyAPartWasRun()
    {
        var fresh = Of(Loop, Echo, Sync, Verify);
        Comparison.Of(Committed, fresh, isPart: false).Benchmarks.Count(compared => compared.Verdict == Verdict.Gone).ShouldBe(2);
        Comparison.Of(Committed, fresh, isPart: false).GotWorse.ShouldBeTrue();
        Comparison.Of(Committed, fresh, isPart: true).GotWorse.ShouldBeFalse();
    }

    [Fact]
    public void Of_ABenchmarkThatIsNew_IsNamedAndNotWorse()
    {
        var comparison = Comparison.Of(Committed, Of(Loop, Echo, Sync, Verify, Commit, Accept, Verify with { Name = "Token.Sign" }), isPart: false);
        comparison.Benchmarks.Single(compared => compared.Name == "Token.Sign").Verdict.ShouldBe(Verdict.New);
        comparison.GotWorse.ShouldBeFalse();
    }

    [Fact]
    public void Of_AReportWithoutTheReferences_IsRefused() =>
        Should.Throw<InvalidDataException>(() => Comparison.Of(Committed, Of(Echo, Sync, Verify), isPart: true)).Message.ShouldContain("Reference.FixedLoop");

    [Fact]
    public void Write_AReport_IsReadBackAsItWas()
    {
        var file = Path.GetTempFileName();
        try
        {
            Committed.Write(file);
            BenchmarkReport.Read(file).Benchmarks.ShouldBe(Committed.Benchmarks);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Page_OfAComparison_BeginsWithWhatGotWorse()
    {
        var comparison = Comparison.Of(Committed, Of(Loop, Echo, Sync, Slower(Verify, 2), Commit, Accept), isPart: false);
        var rows = ReportPage.Of(comparison, Committed).Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).ToArray();
        rows[1].ShouldBe("| **WORSE** | Token.Verify | 2.00 | 2.00 | 1.00 |");
    }

    private static BenchmarkReport Of(params Benchmark[] benchmarks) => new("2026-11-26", "a machine", IsQuick: false, benchmarks);

    private static Benchmark Slower(Benchmark benchmark, double times) => benchmark with
    {
        Median = benchmark.Median * times,
        Lower = benchmark.Lower * times,
        Upper = benchmark.Upper * times,
        Processor = benchmark.Processor * times,
    };

    private static Verdict VerdictOf(Benchmark fresh) => Comparison.Of(Committed, Of(Loop, Echo, Sync, fresh), isPart: true).Benchmarks.Single().Verdict;
}
