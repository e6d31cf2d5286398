using System.CommandLine;
using Concert.Bench.Accepts;
using Concert.Bench.Growth;
using Concert.Bench.Holds;
using Concert.Bench.House;
using Concert.Bench.Idle;
using Concert.Bench.Lines;
using Concert.Bench.Lists;
using Concert.Bench.Maps;
using Concert.Bench.Recovery;
using Concert.Bench.Refusals;
using Concert.Bench.Streams;
using Spectre.Console;

var rounds = new Option<int>("--rounds") { Description = "Rounds; the tables show their minimum, median and maximum.", DefaultValueFactory = _ => 5 };
var reservations = new Option<int>("--reservations") { Description = "Reservations in the data folder.", DefaultValueFactory = _ => 100_000 };
var holdsPerRound = new Option<int>("--holds") { Description = "Holds asked for in a round.", DefaultValueFactory = _ => 20_000 };
var seconds = new Option<int>("--seconds") { Description = "Length of a round.", DefaultValueFactory = _ => 4 };
var connections = new Option<int>("--connections") { Description = "Keep-alive connections.", DefaultValueFactory = _ => 64 };
var folder = new Argument<string>("folder");
var host = new Option<string?>("--host") { Description = "Another build's ConcertFunctions.Local.dll to measure." };
var settings = new Option<string[]>("--set") { Description = "An environment variable for the host, as NAME=value.", DefaultValueFactory = _ => [] };
var beside = new Option<string?>("--beside") { Description = "Another build's ConcertFunctions.Local.dll, driven in turn with the measured one." };
var rest = new Option<int>("--rest") { Description = "Seconds of rest after the rush.", DefaultValueFactory = _ => 60 };

var recovery = new Command("recovery", "Time to open, memory and disk of a data folder full of holds.") { reservations, rounds };
recovery.SetAction((parsed, _) => RecoveryBench.RunAsync(Terminal(), parsed.GetValue(reservations), parsed.GetValue(rounds)));
var open = new Command("open", "Opens a data folder once, as recovery does, and prints what that took.") { folder };
open.SetAction((parsed, _) => OpenOnce.RunAsync(parsed.GetValue(folder)!));
var holds = new Command("holds", "Holds decided per second, from the request to the committed hold.") { holdsPerRound, rounds };
holds.SetAction((parsed, _) => HoldsBench.RunAsync(Terminal(), parsed.GetValue(holdsPerRound), parsed.GetValue(rounds)));
var accepts = new Command("accepts", "Durable accepts per second over the requests per second of a bare echo.") { connections, seconds, rounds, host, settings, beside };
accepts.SetAction((parsed, token) => AcceptsBench.RunAsync(
    Terminal(), Choice(parsed), parsed.GetValue(beside), parsed.GetValue(connections), parsed.GetValue(seconds), parsed.GetValue(rounds), token));
var list = new Command("list", "Memory of the host while it sends a schedule's buyer list as CSV.") { reservations, rounds };
list.SetAction((parsed, _) => ListBench.RunAsync(Terminal(), parsed.GetValue(reservations), parsed.GetValue(rounds)));
var house = new Command("house", "Large houses: to create one, and the maps of a section and of the whole.") { rounds };
house.SetAction((parsed, _) => HouseBench.RunAsync(Terminal(), parsed.GetValue(rounds)));
var maps = new Command("maps", "Seat maps, plain, compressed and unchanged, beside a bare endpoint of the same bytes.") { connections, seconds, rounds, host, settings };
maps.SetAction((parsed, _) => MapsBench.RunAsync(Terminal(), Choice(parsed), parsed.GetValue(connections), parsed.GetValue(seconds), parsed.GetValue(rounds)));
var refusals = new Command("refusals", "Refusals by the seat gate beside the bare echo.") { connections, seconds, rounds, host, settings };
refusals.SetAction((parsed, _) => RefusalsBench.RunAsync(Terminal(), Choice(parsed), parsed.GetValue(connections), parsed.GetValue(seconds), parsed.GetValue(rounds)));
var idle = new Command("idle", "Memory of the host with nothing to do, after a start and after a rush, and what it is made of.") { connections, seconds, rest, rounds, host, settings };
idle.SetAction((parsed, _) => IdleBench.RunAsync(
    Terminal(), Choice(parsed), parsed.GetValue(connections), parsed.GetValue(seconds), parsed.GetValue(rest), parsed.GetValue(rounds)));
var bare = new Command("bare", "The bare endpoint that seat maps are compared with.") { folder };
bare.SetAction((parsed, token) => BareServer.RunAsync(parsed.GetValue(folder)!, token));
var growthRounds = new Option<int>("--rounds") { Description = "Rounds; the tables show their median.", DefaultValueFactory = _ => 3 };
var quick = new Option<bool>("--quick") { Description = "The small sizes once, to see that it works. Saves nothing." };
var save = new Option<bool>("--save") { Description = "Saves the page also when not everything was measured." };
var growth = new Command("growth", "What a reservation and the work of staff cost as a store and a house grow; saves docs/growth.") { growthRounds, quick, save };
growth.SetAction((parsed, _) => GrowthBench.RunAsync(Terminal(), parsed.GetValue(growthRounds), parsed.GetValue(quick), parsed.GetValue(save)));
var kind = new Argument<string>("kind").AcceptOnlyFromAmong("reservations", "seats");
var size = new Argument<int>("size");
var round = new Argument<int>("round");
var isWhole = new Argument<bool>("whole");
var growFill = new Command("grow-fill", "Fills a folder, as growth does.") { folder, kind, size, round };
growFill.Hidden = true;
growFill.SetAction((parsed, _) => parsed.GetValue(kind) == "seats"
    ? GrowthPoint.FillSeatsAsync(parsed.GetValue(folder)!, parsed.GetValue(size), parsed.GetValue(round))
    : GrowthPoint.FillReservationsAsync(parsed.GetValue(folder)!, parsed.GetValue(size)));
var growMeasure = new Command("grow-measure", "Measures a folder, as growth does.") { folder, round, isWhole };
growMeasure.Hidden = true;
growMeasure.SetAction((parsed, _) => GrowthPoint.MeasureAsync(parsed.GetValue(folder)!, parsed.GetValue(round), parsed.GetValue(isWhole)));
var line = new Command("line", "Waiting rooms with up to a million in them, in one process and on Redis; saves docs/growth/waiting-room.md.") { quick, save };
line.SetAction((parsed, _) => LineBench.RunAsync(Terminal(), parsed.GetValue(quick), parsed.GetValue(save)));
var server = new Argument<int>("server");
var lineMeasure = new Command("line-measure", "Measures a waiting room, as line does.") { folder, server, size };
lineMeasure.Hidden = true;
lineMeasure.SetAction((parsed, _) => LinePoint.MeasureAsync(parsed.GetValue(folder)!, parsed.GetValue(server), parsed.GetValue(size)));
var streams = new Option<int>("--streams") { Description = "Open streams of events.", DefaultValueFactory = _ => 10_000 };
var streaming = new Command("streams", "Open streams of events: memory of the host, and how soon a change has reached them all.") { streams, rounds, host, settings };
streaming.SetAction((parsed, _) => StreamsBench.RunAsync(Terminal(), Choice(parsed), parsed.GetValue(streams), parsed.GetValue(rounds)));
var echo = new Command("echo", "The bare JSON echo that accepts are compared with.");
echo.SetAction((_, token) => EchoServer.RunAsync(token));

return await new RootCommand("Measurements of the booking service; see docs/benchmarks.md.")
{
    recovery, open, holds, accepts, list, house, maps, refusals, idle, growth, growFill, growMeasure, line, lineMeasure, streaming, echo, bare,
}.Parse(args).InvokeAsync();

HostChoice Choice(ParseResult parsed) => new(parsed.GetValue(host), parsed.GetValue(settings)!);

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
