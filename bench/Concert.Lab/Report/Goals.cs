using Concert.Lab.Http;
using Concert.Lab.Running;
using Concert.Lab.Works;

namespace Concert.Lab.Report;

/// <summary>What was to be reached, and what was.</summary>
internal sealed record Goal(string Text, bool? IsMet, string Found);

internal static class Goals
{
    private const int WalletCharges = 30_000;
    private const double WalletSeconds = 0.6;
    private const double ContendedRatio = 3;
    private const double ForUpdateRatio = 4;
    private const double ConditionalRatio = 2;

    public static IReadOnlyList<Goal> Of(IReadOnlyList<WorkResults> works, IReadOnlyList<HttpRow> http) =>
        [.. works.Where(work => work.Work.IsContended).Select(First), .. Wallet(works), .. OverHttp(http)];

    /// <summary>The fastest durable way beside ours that was correct in every round.</summary>
    public static Cell? Fastest(WorkResults work) => work.Cells.Where(cell => !cell.Way.IsOurs && cell.Way.Durability is null && cell.IsCorrect).MaxBy(cell => cell.PerSecond);

    private static Goal First(WorkResults work)
    {
        var times = work.Work.Id is Work.Wallet or Work.BigWallet or Work.OneSeat ? ContendedRatio : 1;
        var text = times > 1 ? $"{work.Work.Title}: at least {times:N0} times the fastest durable alternative" : $"{work.Work.Title}: first of the durable ways";
        if (work.Cells.FirstOrDefault(cell => cell.Way.IsOurs) is not { Rounds.Count: > 0 } ours || Fastest(work) is not { } other)
        {
            return new Goal(text, null, "not measured");
        }

        var ratio = ours.PerSecond / other.PerSecond;
        return new Goal(text, ours.IsCorrect && ratio >= times && ratio > 1, $"{ratio:N2} times ({ours.PerSecond:N0}/s; {other.Way.Name} {other.PerSecond:N0}/s)");
    }

    /// <summary>The work has as many uses as charges, and neither is dearer: so many changes take so long.</summary>
    private static IEnumerable<Goal> Wallet(IReadOnlyList<WorkResults> works)
    {
        var ours = works.FirstOrDefault(work => work.Work.Id == Work.BigWallet)?.Cells.FirstOrDefault(cell => cell.Way.IsOurs);
        if (ours is { Rounds.Count: > 0 })
        {
            var seconds = WalletCharges / ours.PerSecond;
            yield return new Goal(
                $"{WalletCharges:N0} charges of one wallet in under {WalletSeconds} s, durable", ours.IsCorrect && seconds < WalletSeconds,
                $"{seconds:N2} s at {ours.PerSecond:N0} charges and uses a second");
        }
    }

    private static IEnumerable<Goal> OverHttp(IReadOnlyList<HttpRow> http)
    {
        foreach (var (id, name, times) in new[]
        {
            (HttpComparison.RivalForUpdate, "`SELECT … FOR UPDATE`", ForUpdateRatio), (HttpComparison.RivalConditional, "the conditional UPDATE", ConditionalRatio),
        })
        {
            var (rival, ours) = (http.FirstOrDefault(row => row.Id == id), http.FirstOrDefault(row => row.Id == HttpComparison.OursAccepted));
            if (rival is { Rounds.Count: > 0, Fault: null } && ours is { Rounds.Count: > 0, Fault: null })
            {
                var ratio = ours.PerSecond / rival.PerSecond;
                yield return new Goal(
                    $"Over HTTP at least {times:N0} times {name}, equal work", ratio >= times, $"{ratio:N2} times ({ours.PerSecond:N0}/s; {rival.PerSecond:N0}/s)");
            }
        }
    }
}
