using System.Globalization;
using System.Text;
using Concert.Lab.Http;
using Concert.Lab.Running;

namespace Concert.Lab.Report;

/// <summary>The tables as Markdown.</summary>
internal static class LabReport
{
    /// <param name="works">What was run.</param>
    /// <param name="http">The sale over HTTP; empty when it was not run.</param>
    /// <param name="about">Machine, date and settings.</param>
    /// <param name="chart">The address of a chart by its name; null for none.</param>
    public static string Write(IReadOnlyList<WorkResults> works, IReadOnlyList<HttpRow> http, string about, Func<string, string?> chart)
    {
        var text = new StringBuilder().Append(about).Append('\n');
        foreach (var work in works)
        {
            Append(text, work, chart(work.Work.Id));
        }

        if (http.Count > 0)
        {
            Append(text, http, chart("http"));
        }

        Append(text, Goals.Of(works, http));
        return text.ToString();
    }

    private static void Append(StringBuilder text, WorkResults work, string? chart)
    {
        text.Append($"\n### {work.Work.Title}\n\n");
        if (chart is not null)
        {
            text.Append($"![{work.Work.Title}: operations a second of each way]({chart})\n\n");
        }

        text.Append("| way | correct | s | operations/s | p50, ms | p99, ms | retries | processor s: own + servers | memory MB: own + servers | of ours |\n");
        text.Append("|---|---|---|---|---|---|---|---|---|---|\n");
        var ours = work.Cells.FirstOrDefault(cell => cell.Way.IsOurs)?.PerSecond ?? 0;
        foreach (var cell in work.Cells.OrderByDescending(cell => cell.PerSecond))
        {
            text.Append(cell.Rounds.Count > 0 ? Line(cell, ours) : $"| {Name(cell)} | – {cell.Reason} | – | – | – | – | – | – | – | – |\n");
        }
    }

    private static string Line(Cell cell, double ours)
    {
        var rounds = cell.Rounds;
        Spread Of(Func<Round, double> value) => Spread.Of(rounds.Select(value));
        var cut = rounds.Any(round => round.IsCut) ? $"; {Of(r => r.Answered).Median:N0} of {rounds[0].Asked:N0} in time" : "";
        var stopped = cell.Reason is { } reason ? $"; stopped: {reason}" : "";
        return $"| {Name(cell)} | {Verdict(cell)}{cut}{stopped} | {Range(Of(r => r.Seconds), "N2")} | {Range(Of(r => r.PerSecond), "N0")} "
            + $"| {Of(r => r.P50).Median:N1} | {Of(r => r.P99).Median:N1} | {Of(r => r.Retries).Median:N0} "
            + $"| {Of(r => r.Processor).Median:N2} + {Of(r => r.ServerProcessor).Median:N2} | {Of(r => r.Memory).Median:N0} + {Of(r => r.ServerMemory).Median:N0} "
            + $"| {(ours > 0 ? (cell.PerSecond / ours).ToString("N2", CultureInfo.InvariantCulture) : "–")} |\n";
    }

    private static string Name(Cell cell) => cell.Way.Durability is { } durability ? $"{cell.Way.Name}: *{durability}*" : cell.Way.Name;

    /// <summary>Of several wrong rounds the first speaks for all.</summary>
    private static string Verdict(Cell cell) => cell.IsCorrect
        ? "correct"
        : $"**{cell.Rounds.First(round => !round.IsCorrect).Verdict}**{(cell.Rounds.Count(round => round.IsCorrect) is > 0 and var right ? $" ({right} of {cell.Rounds.Count} rounds correct)" : "")}";

    private static void Append(StringBuilder text, IReadOnlyList<HttpRow> rows, string? chart)
    {
        text.Append("\n### The same sale over HTTP\n\n");
        if (chart is not null)
        {
            text.Append($"![Holds a second over HTTP]({chart})\n\n");
        }

        text.Append("| service | correct | holds/s | answer p50, ms | answer p99, ms | processor µs a hold, with the database's | of ours |\n|---|---|---|---|---|---|---|\n");
        var ours = rows.FirstOrDefault(row => row.Id == HttpComparison.OursAccepted)?.PerSecond ?? 0;
        foreach (var row in rows)
        {
            var refused = row.Rounds.Sum(round => round.Refused) is > 0 and var some ? $"{some:N0} refused" : "correct";
            text.Append(row.Rounds.Count == 0
                ? $"| {row.Name} | – {row.Fault} | – | – | – | – | – |\n"
                : $"| {row.Name} | {row.Fault ?? refused} | {Range(Spread.Of(row.Rounds.Select(r => r.PerSecond)), "N0")} | {Spread.Of(row.Rounds.Select(r => r.P50)).Median:N1} "
                    + $"| {Spread.Of(row.Rounds.Select(r => r.P99)).Median:N1} | {Spread.Of(row.Rounds.Select(r => r.Microseconds)).Median:N0} | {(ours > 0 ? row.PerSecond / ours : 0):N2} |\n");
        }
    }

    private static void Append(StringBuilder text, IReadOnlyList<Goal> goals)
    {
        if (goals.Count > 0)
        {
            text.Append("\n### Goals\n\n| goal | | found |\n|---|---|---|\n");
            foreach (var goal in goals)
            {
                text.Append($"| {goal.Text} | {(goal.IsMet is { } isMet ? isMet ? "met" : "**missed**" : "–")} | {goal.Found} |\n");
            }
        }
    }

    private static string Range(Spread spread, string format)
    {
        var (least, median, most) = (spread.Least.ToString(format), spread.Median.ToString(format), spread.Most.ToString(format));
        return least == most ? median : $"{least} – **{median}** – {most}";
    }
}
