using System.Globalization;
using System.Text;
using Concert.Bench.Service;
using Concert.Lab.Report;
using Spectre.Console;

namespace Concert.Bench.Growth;

/// <summary>A promise about growth, and what was found.</summary>
internal sealed record GrowthRule(string Text, bool IsMet, string Found);

/// <summary>The tables, the rules and the pictures.</summary>
internal sealed class GrowthReport(Series reservations, Series seats)
{
    private const string ReservationsKind = "reservations";
    private const double Flat = 1.5;
    private const double OpenMilliseconds = 200;

    /// <summary>Work on fewer rows than this is mostly the call itself.</summary>
    private const int FewRows = 10_000;

    private static readonly (string Name, string Heading, string Format)[] Rows =
    [
        ($"{Value.Hold} seat", "µs a hold of a seat", "N0"),
        ($"{Value.Processor} seat", "processor µs of it", "N0"),
        ($"{Value.Hold} place", "µs a hold of a place of the inventory that has them", "N0"),
        ($"{Value.Processor} place", "processor µs of it", "N0"),
        (Value.Memory, "MB of memory after the holds", "N0"),
        (Value.MemoryAfterReads, "MB of memory after map, report and list", "N0"),
        (Value.Open, "ms to open", "N0"),
        (Value.Disk, "MB on disk", "N1"),
        (Value.Backup, "ms of a backup", "N0"),
        (Value.MapFirst, "ms of the map of half a house taken, the first time", "N1"),
        (Value.MapAgain, "ms of it again", "N2"),
        (Value.MapAfterHold, "ms of it after a hold", "N1"),
        (Value.Report, "ms of the report", "N0"),
        (Value.List, "ms of the buyer list as CSV", "N0"),
    ];

    public IReadOnlyList<GrowthRule> Rules { get; } =
    [
        AllAlike(reservations, $"{Value.Hold} seat", "a hold of a seat takes as long, whatever the store has"),
        AllAlike(reservations, $"{Value.Hold} place", "a hold of a place takes as long, however many its inventory has"),
        AllAlike(seats, $"{Value.Hold} seat", "a hold takes as long, whatever the house"),
        AllAlike(reservations, Value.Memory, "memory is the same, whatever the store has"),
        AllAlike(seats, Value.Memory, "memory is the same, whatever the house"),
        Below(reservations, Value.Open, OpenMilliseconds),
        Below(seats, Value.Open, OpenMilliseconds),
        EachAlike(reservations, Value.Report, "a report takes as long for each reservation"),
        EachAlike(reservations, Value.List, "a list takes as long for each reservation"),
        EachAlike(reservations, Value.Backup, "a backup takes as long for each reservation"),
    ];

    public void WriteTo(IAnsiConsole console)
    {
        foreach (var series in new[] { reservations, seats })
        {
            var table = new Table { Title = new TableTitle($"by {series.Kind}") };
            table.AddColumns(["", .. series.Sizes.Select(size => $"{size:N0}")]);
            foreach (var (name, heading, format) in Rows.Where(row => series.Of(row.Name).Any()))
            {
                table.AddRow([heading, .. series.Sizes.Select(size => series.Find(size, name)?.ToString(format) ?? "")]);
            }

            console.Write(table);
        }

        foreach (var rule in Rules)
        {
            console.WriteLine($"{(rule.IsMet ? "pass" : "FAIL")}  {rule.Text}: {rule.Found}");
        }
    }

    /// <summary>Writes docs/growth: the page and its pictures.</summary>
    public void Save(string about)
    {
        var folder = Repository.PathOf("docs", "growth");
        Directory.CreateDirectory(folder);
        var page = new StringBuilder("# Growth\n\n").Append(about)
            .Append("\nWritten by `dotnet run -c Release --project bench/Concert.Bench -- growth`; what it does stands in [benchmarks](../benchmarks.md#growth).\n\n")
            .Append("| rule | | found |\n|---|---|---|\n");
        foreach (var rule in Rules)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {rule.Text} | {(rule.IsMet ? "pass" : "**fail**")} | {rule.Found} |\n");
        }

        foreach (var series in new[] { reservations, seats })
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## By {series.Kind}\n\n| |").AppendJoin("|", series.Sizes.Select(size => $" {size:N0} "))
                .Append("|\n|---|").AppendJoin("|", series.Sizes.Select(_ => "---")).Append("|\n");
            foreach (var (name, heading, format) in Rows.Where(row => series.Of(row.Name).Any()))
            {
                page.Append(CultureInfo.InvariantCulture, $"| {heading} |").AppendJoin("|", series.Sizes.Select(size => $" {series.Find(size, name)?.ToString(format)} ")).Append("|\n");
            }

            page.Append('\n');
            foreach (var (file, chart) in Pictures(series))
            {
                File.WriteAllText(Path.Combine(folder, file), chart.Write());
                page.Append(CultureInfo.InvariantCulture, $"![{chart.Title}]({file})\n");
            }
        }

        File.WriteAllText(Path.Combine(folder, "README.md"), page.ToString());
    }

    private static IEnumerable<(string File, LineChart Chart)> Pictures(Series series)
    {
        var x = series.Kind == ReservationsKind ? "reservations in the store" : "seats of the house";
        yield return ($"{series.Kind}-hold.svg", Chart("Cost of a reservation", "µs, 256 callers at once", false,
            ($"{Value.Hold} seat", "a seat"), ($"{Value.Processor} seat", "a seat: processor"), ($"{Value.Hold} place", "a place"), ($"{Value.Processor} place", "a place: processor")));
        yield return ($"{series.Kind}-memory.svg", Chart("Memory of the process", "MB", false, (Value.Memory, "after the holds"), (Value.MemoryAfterReads, "after map, report and list")));
        yield return ($"{series.Kind}-open.svg", Chart("Start-up", "ms to open the store", false, (Value.Open, "open")));
        yield return ($"{series.Kind}-staff.svg", Chart("Work that reads everything", "ms", true, (Value.Backup, "backup"), (Value.Report, "report"), (Value.List, "buyer list as CSV")));
        if (series.Of(Value.MapFirst).Any())
        {
            yield return ($"{series.Kind}-map.svg", Chart("The seat map, half of the house taken", "ms", true, (Value.MapFirst, "the first time"), (Value.MapAfterHold, "after a hold"), (Value.MapAgain, "again")));
        }

        LineChart Chart(string title, string unit, bool isLogarithmic, params (string Value, string Name)[] lines) => new(
            $"{title}, by {series.Kind}", x, unit, isLogarithmic,
            [.. lines.Where(line => series.Of(line.Value).Any()).Select(line => new ChartLine(line.Name, [.. series.Of(line.Value).Select(p => new ChartPoint(p.Size, p.Value))]))]);
    }

    private static GrowthRule AllAlike(Series series, string name, string text)
    {
        List<(int Size, double Value)> found = [.. series.Of(name)];
        var (least, most) = (found.MinBy(p => p.Value), found.MaxBy(p => p.Value));
        var ratio = most.Value / least.Value;
        return new GrowthRule($"{text}: within {Flat} times", ratio <= Flat, $"{ratio:N2} times: {least.Value:N0} at {least.Size:N0}, {most.Value:N0} at {most.Size:N0} {series.Kind}");
    }

    /// <summary>Of what does something with each row: the cost of a row may not grow with their number.</summary>
    private static GrowthRule EachAlike(Series series, string name, string text)
    {
        List<(int Size, double Value)> found = [.. series.Of(name).Where(p => p.Size >= FewRows).Select(p => (p.Size, p.Value / p.Size * 1000))];
        var ratio = found[^1].Value / found[0].Value;
        return new GrowthRule(
            $"{text}: at most {Flat} times as long", ratio <= Flat, $"{ratio:N2} times: {found[0].Value:N1} µs at {found[0].Size:N0}, {found[^1].Value:N1} µs at {found[^1].Size:N0}");
    }

    private static GrowthRule Below(Series series, string name, double limit)
    {
        var most = series.Of(name).MaxBy(p => p.Value);
        return new GrowthRule($"opening, by {series.Kind}: below {limit:N0} ms", most.Value < limit, $"{most.Value:N0} ms at {most.Size:N0}");
    }
}
