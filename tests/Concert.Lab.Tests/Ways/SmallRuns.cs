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

    public static async Task EveryWorkIsCorrectAsync(WayInfo info, WayContext context)
    {
        await using var way = await info.CreateAsync(context);
        foreach (var id in Work.Ids.Where(id => !info.NotFor.ContainsKey(id)))
        {
            // Twice, for a round must find nothing of the last.
            for (var round = 0; round < 2; round++)
            {
                var work = Work.Create(id, Scale(id));
                var result = await RoundRunner.RunAsync(way, work, info.Picks, Limit, []);
                result.Verdict.ShouldBe(Verdict.Correct.Text, $"{info.Id} at {id}");
                result.Answered.ShouldBe(work.Operations.Count, $"{info.Id} at {id}");
            }
        }
    }

    /// <summary>Some hundred operations.</summary>
    private static double Scale(string id) => id is Work.BigWallet ? 0.005 : id is Work.Seats ? 0.03 : 0.1;
}
