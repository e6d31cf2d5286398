using Concert.Rush.Drill;
using Spectre.Console;

namespace Concert.Rush.Output;

/// <summary>Shows the counters while work goes on: a live table on a terminal, a line every few seconds anywhere else.</summary>
public static class ProgressView
{
    private const string Bottleneck = "The waiting room sets the pace (WaitingRoom:MaxActive, WaitingRoom:AdmitPerInterval)";
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Line = TimeSpan.FromSeconds(5);

    public static async Task ShowAsync(IAnsiConsole console, ProgressBoard board, TimeProvider time, Task work)
    {
        var started = time.GetTimestamp();
        if (console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal)
        {
            await console.Live(Draw(board, TimeSpan.Zero)).AutoClear(true).StartAsync(async live =>
            {
                while (!await EndedAsync(work, Frame, time))
                {
                    live.UpdateTarget(Draw(board, time.GetElapsedTime(started)));
                }
            });
        }
        else
        {
            while (!await EndedAsync(work, Line, time))
            {
                console.WriteLine(Describe(board, time.GetElapsedTime(started)));
            }
        }

        await work;
    }

    /// <summary>One line of everything that has happened.</summary>
    public static string Describe(ProgressBoard board, TimeSpan elapsed)
    {
        var counts = Enum.GetValues<Stage>().Where(s => board[s] != 0).Select(s => $"{Name(s)} {board[s]:N0}");
        var bottleneck = board[Stage.Queued] > 0 ? $". {Bottleneck}" : "";
        return $"{elapsed:hh\\:mm\\:ss} {board.Phase}: {string.Join(", ", counts)}{bottleneck}";
    }

    private static async Task<bool> EndedAsync(Task work, TimeSpan pause, TimeProvider time)
    {
        using var stop = new CancellationTokenSource();
        var delay = Task.Delay(pause, time, stop.Token);
        var ended = await Task.WhenAny(work, delay) == work;
        await stop.CancelAsync();
        return ended;
    }

    private static Table Draw(ProgressBoard board, TimeSpan elapsed)
    {
        var table = new Table().Border(TableBorder.Rounded).Title($"[bold]{board.Phase.EscapeMarkup()}[/] {elapsed:hh\\:mm\\:ss}");
        var row = new List<string>();
        foreach (var stage in Enum.GetValues<Stage>())
        {
            table.AddColumn(new TableColumn(Name(stage)).RightAligned());
            row.Add($"{board[stage]:N0}");
        }

        table.Caption = board[Stage.Queued] > 0 ? new TableTitle(Bottleneck) : null;
        return table.AddRow([.. row]);
    }

    private static string Name(Stage stage) => stage switch
    {
        Stage.Queued => "waiting",
        _ => stage.ToString().ToLowerInvariant(),
    };
}
