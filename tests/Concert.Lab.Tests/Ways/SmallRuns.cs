using Concert.Lab.Judging;
using Concert.Lab.Running;
using Concert.Lab.Ways;
using Concert.Lab.Works;
using Shouldly;

namespace Concert.Lab.Tests.Ways;

/// <summary>A small round of each work that a way can do, with real concurrency.</summary>
internal static class SmallRuns
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task EveryWorkIsCorrectAsync(WayInfo info, WayContext context) => RunAsync(info, context, (result, work) =>
    {
        result.Verdict.ShouldBe(Verdict.Correct.Text, $"{info.Id} at {work.Id}");
        result.Answered.ShouldBe(work.Operations.Count, $"{info.Id} at {work.Id}");
    });

    /// <summary>For what need not be correct.</summary>
    public static Task EveryWorkRunsAsync(WayInfo info, WayContext context) =>
        RunAsync(info, context, (result, work) => result.Answered.ShouldBeGreaterThan(0, $"{info.Id} at {work.Id}"));

    private static async Task RunAsync(WayInfo info, WayContext context, Action<Round, Work> check)
    {
        await using var way = await info.CreateAsync(context);
        foreach (var id in Work.Ids.Where(id => !info.NotFor.ContainsKey(id)))
        {
            // Twice, for a round must find nothing of the last.
            for (var round = 0; round < 2; round++)
            {
                var work = Work.Create(id, Scale(id));
                check(await RoundRunner.RunAsync(way, work, info.Picks, Limit, []), work);
            }
        }
    }

    /// <summary>Some hundred operations.</summary>
    private static double Scale(string id) => id is Work.BigWallet ? 0.003 : id is Work.Wallet ? 0.05 : id is Work.Seats ? 0.02 : 0.1;
}
