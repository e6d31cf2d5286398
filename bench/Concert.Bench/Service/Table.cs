using Spectre.Console;

namespace Concert.Bench.Service;

/// <summary>Results as minimum, median and maximum over the rounds.</summary>
internal sealed class ResultTable
{
    private readonly Table _table = new Table().AddColumns("measure", "goal", "min", "median", "max");

    public ResultTable(string title) => _table.Title = new TableTitle(title);

    public void Add(string measure, string goal, IReadOnlyList<double> values, string format)
    {
        var sorted = values.Order().ToArray();
        var median = sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
        _table.AddRow(measure, goal, sorted[0].ToString(format), median.ToString(format), sorted[^1].ToString(format));
    }

    public void WriteTo(IAnsiConsole console) => console.Write(_table);
}
