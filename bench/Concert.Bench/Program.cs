using System.CommandLine;
using Concert.Bench.Accepts;
using Concert.Bench.Holds;
using Concert.Bench.House;
using Concert.Bench.Lists;
using Concert.Bench.Recovery;
using Spectre.Console;

var rounds = new Option<int>("--rounds") { Description = "Rounds; the tables show their minimum, median and maximum.", DefaultValueFactory = _ => 5 };
var reservations = new Option<int>("--reservations") { Description = "Reservations in the data folder.", DefaultValueFactory = _ => 100_000 };
var holdsPerRound = new Option<int>("--holds") { Description = "Holds asked for in a round.", DefaultValueFactory = _ => 20_000 };
var seconds = new Option<int>("--seconds") { Description = "Length of a round.", DefaultValueFactory = _ => 4 };
var connections = new Option<int>("--connections") { Description = "Keep-alive connections.", DefaultValueFactory = _ => 64 };
var folder = new Argument<string>("folder");

var recovery = new Command("recovery", "Time to open, memory and disk of a data folder full of holds.") { reservations, rounds };
recovery.SetAction((parsed, _) => RecoveryBench.RunAsync(Terminal(), parsed.GetValue(reservations), parsed.GetValue(rounds)));
var open = new Command("open", "Opens a data folder once, as recovery does, and prints what that took.") { folder };
open.SetAction((parsed, _) => OpenOnce.RunAsync(parsed.GetValue(folder)!));
var holds = new Command("holds", "Holds decided per second, from the request to the committed hold.") { holdsPerRound, rounds };
holds.SetAction((parsed, _) => HoldsBench.RunAsync(Terminal(), parsed.GetValue(holdsPerRound), parsed.GetValue(rounds)));
var accepts = new Command("accepts", "Durable accepts per second over the requests per second of a bare echo.") { connections, seconds, rounds };
accepts.SetAction((parsed, token) =>
    AcceptsBench.RunAsync(Terminal(), parsed.GetValue(connections), parsed.GetValue(seconds), parsed.GetValue(rounds), token));
var list = new Command("list", "Memory of the host while it sends a schedule's buyer list as CSV.") { reservations, rounds };
list.SetAction((parsed, _) => ListBench.RunAsync(Terminal(), parsed.GetValue(reservations), parsed.GetValue(rounds)));
var house = new Command("house", "Large houses: to create one, and the maps of a section and of the whole.") { rounds };
house.SetAction((parsed, _) => HouseBench.RunAsync(Terminal(), parsed.GetValue(rounds)));
var echo = new Command("echo", "The bare JSON echo that accepts are compared with.");
echo.SetAction((_, token) => EchoServer.RunAsync(token));

return await new RootCommand("Measurements of the booking service; see docs/benchmarks.md.") { recovery, open, holds, accepts, list, house, echo }.Parse(args).InvokeAsync();

// A file or a pipe gets plain text wide enough for the tables.
static IAnsiConsole Terminal()
{
    if (!Console.IsOutputRedirected)
    {
        return AnsiConsole.Console;
    }

    var plain = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
    plain.Profile.Width = 140;
    return plain;
}
