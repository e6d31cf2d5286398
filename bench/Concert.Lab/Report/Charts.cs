using Concert.Lab.Http;
using Concert.Lab.Running;

namespace Concert.Lab.Report;

/// <summary>Which bars a chart has.</summary>
internal static class Charts
{
    private const int MaxNote = 24;

    public static string Of(WorkResults work) => BarChart.Write($"{work.Work.Title}: operations a second", [.. work.Cells.Where(cell => cell.Rounds.Count > 0).Select(Bar)]);

    public static string Of(IReadOnlyList<HttpRow> rows) => BarChart.Write("The same sale over HTTP: holds a second", [.. rows.Where(row => row.Rounds.Count > 0).Select(row => new Bar(
        row.Id, Spread.Of(row.Rounds.Select(round => round.PerSecond)),
        row.Fault is not null ? BarKind.Wrong : row.Id.StartsWith("ours", StringComparison.Ordinal) ? BarKind.Ours : BarKind.Durable,
        row.IsEqualWork ? "" : "less work"))]);

    private static Bar Bar(Cell cell)
    {
        var kind = !cell.IsCorrect ? BarKind.Wrong : cell.Way.IsOurs ? BarKind.Ours : cell.Way.Durability is null ? BarKind.Durable : BarKind.NotDurable;
        var note = cell.IsCorrect ? "" : cell.Rounds.First(round => !round.IsCorrect).Verdict.Split(';')[0];
        return new Bar(cell.Way.Id, Spread.Of(cell.Rounds.Select(round => round.PerSecond)), kind, note.Length > MaxNote ? note[..MaxNote] + "…" : note);
    }
}
