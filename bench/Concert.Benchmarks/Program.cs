using System.CommandLine;
using Concert.Bench.Service;
using Concert.Benchmarks.Reporting;
using Concert.Benchmarks.Running;

const int GotWorse = 1;

var filter = new Option<string[]>("--filter") { Description = "Only benchmarks whose full name is like this, as *TokenBenchmarks*.", AllowMultipleArgumentsPerToken = true };
var quick = new Option<bool>("--quick") { Description = "Three short iterations, to see that they run." };
var save = new Option<bool>("--save") { Description = "Saves the report, for later runs to be compared with." };
var output = new Option<string?>("--output") { Description = "Writes the report as JSON into this file, for compare --fresh." };
var profile = new Option<string?>("--profile") { Description = "Samples where the time goes, into files for speedscope.app in this folder." };
var fresh = new Option<string?>("--fresh") { Description = "A report to compare, instead of a new run." };

var folder = Repository.PathOf("bench", "Concert.Benchmarks", "reports");
var (committedFile, page) = (Path.Combine(folder, "report.json"), Path.Combine(folder, "report.md"));

var root = new RootCommand("Benchmarks of the service's parts; see docs/benchmarks.md.") { filter, quick, save, output, profile };
root.SetAction(parsed =>
{
    var report = BenchmarkRun.Run(parsed.GetValue(filter) ?? [], parsed.GetValue(quick), parsed.GetValue(profile));
    Console.WriteLine();
    Console.WriteLine(ReportPage.Of(report));
    if (parsed.GetValue(output) is { } file)
    {
        report.Write(file);
    }

    if (parsed.GetValue(save))
    {
        Directory.CreateDirectory(folder);
        report.Write(committedFile);
        File.WriteAllText(page, ReportPage.Of(report));
        Console.WriteLine($"saved      {committedFile}");
    }

    return 0;
});

var compare = new Command("compare", "Runs them and says what got worse or better against the committed report; ends with 1 when something got worse.") { filter, quick, fresh };
compare.SetAction(parsed =>
{
    var committed = Report.Read(committedFile);
    var filters = parsed.GetValue(filter) ?? [];
    var report = parsed.GetValue(fresh) is { } file ? Report.Read(file) : BenchmarkRun.Run(filters, parsed.GetValue(quick), null);
    var comparison = Comparison.Of(committed, report, isPart: filters.Length > 0);
    Console.WriteLine();
    Console.WriteLine(ReportPage.Of(comparison, committed));
    return comparison.GotWorse ? GotWorse : 0;
});
root.Subcommands.Add(compare);
return root.Parse(args).Invoke();
