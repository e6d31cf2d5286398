using System.CommandLine;
using Concert.Lab.Report;
using Concert.Lab.Rival;
using Concert.Lab.Running;
using Concert.Lab.Ways;
using Concert.Lab.Works;
using Spectre.Console;

const string Http = "http";
string[] everyWork = [.. Work.Ids, Http];
string[] everyWay = [.. WayCatalog.All.Select(way => way.Id)];

var runs = new Option<int>("--runs") { Description = "Measured rounds; the tables show their median with minimum and maximum.", DefaultValueFactory = _ => 5 };
var ways = new Option<string[]>("--ways")
{
    Description = $"Only these: {string.Join(", ", everyWay)}.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => everyWay,
};
var works = new Option<string[]>("--works")
{
    Description = $"Only these: {string.Join(", ", everyWork)}.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => everyWork,
};
var limit = new Option<int>("--limit") { Description = "Seconds after which a round begins nothing new; the table says how much was done.", DefaultValueFactory = _ => 15 };
var seconds = new Option<int>("--seconds") { Description = "Length of a round over HTTP.", DefaultValueFactory = _ => 5 };
var quick = new Option<bool>("--quick") { Description = "One run at a tenth of the size, to see that it works. Saves nothing." };
var save = new Option<bool>("--save") { Description = "Saves the tables and charts also when not everything was run." };
runs.Validators.Add(AtLeastOne);
limit.Validators.Add(AtLeastOne);
seconds.Validators.Add(AtLeastOne);
ways.Validators.Add(result => OneOf(result, everyWay));
works.Validators.Add(result => OneOf(result, everyWork));

var root = new RootCommand("The same work under each way of controlling concurrency, in one run; see docs/benchmarks.md.") { runs, ways, works, limit, seconds, quick, save };
root.SetAction(async (parsed, cancellationToken) =>
{
    var isQuick = parsed.GetValue(quick);
    string[] chosenWays = [.. parsed.GetValue(ways)!.SelectMany(Split)];
    string[] chosenWorks = [.. parsed.GetValue(works)!.SelectMany(Split)];
    var settings = new LabSettings(
        isQuick ? 1 : parsed.GetValue(runs), [.. everyWay.Where(chosenWays.Contains)], [.. Work.Ids.Where(chosenWorks.Contains)], isQuick ? 0.1 : 1,
        TimeSpan.FromSeconds(parsed.GetValue(limit)), !chosenWorks.Contains(Http) ? 0 : isQuick ? 1 : parsed.GetValue(seconds));
    var isWhole = !isQuick && settings.Ways.Count == everyWay.Length && settings.Works.Count == Work.Ids.Count && settings.HttpSeconds > 0;
    return await LabCommand.RunAsync(settings, saves: isWhole || parsed.GetValue(save), Terminal(), cancellationToken);
});

var way = new Argument<string>("way");
var endpoints = new Argument<string>("endpoints");
var folder = new Argument<string>("folder");
var worker = new Command("worker", "The process of one way; the lab starts it.") { way, endpoints, folder };
worker.Hidden = true;
worker.SetAction((parsed, _) => Worker.RunAsync(parsed.GetValue(way)!, parsed.GetValue(endpoints)!, parsed.GetValue(folder)!));
root.Subcommands.Add(worker);

var postgres = new Argument<string>("postgres");
var control = new Argument<string>("control").AcceptOnlyFromAmong("for-update", "conditional");
var amount = new Argument<string>("amount").AcceptOnlyFromAmong("equal", "bare");
var rival = new Command("rival", "The service that a team would build instead; the lab starts it.") { postgres, control, amount };
rival.Hidden = true;
rival.SetAction((parsed, token) => RivalService.RunAsync(
    parsed.GetValue(postgres)!, parsed.GetValue(control) == "for-update", parsed.GetValue(amount) == "equal", token));
root.Subcommands.Add(rival);

// Long enough to end the round that is on its way and to stop the servers.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });

static void AtLeastOne(System.CommandLine.Parsing.OptionResult result)
{
    if (result.Tokens.Any(token => !int.TryParse(token.Value, out var value) || value < 1))
    {
        result.AddError($"{result.IdentifierToken?.Value} is a whole number from 1.");
    }
}

static void OneOf(System.CommandLine.Parsing.OptionResult result, string[] known)
{
    foreach (var unknown in result.Tokens.SelectMany(token => Split(token.Value)).Except(known))
    {
        result.AddError($"{result.IdentifierToken?.Value}: there is no {unknown}; there are {string.Join(", ", known)}.");
    }
}

static string[] Split(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

// A file or a pipe gets plain text wide enough for a line.
static IAnsiConsole Terminal()
{
    if (!Console.IsOutputRedirected)
    {
        return AnsiConsole.Console;
    }

    var plain = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
    plain.Profile.Width = 500;
    return plain;
}
