using Concert.Rush.Options;
using Spectre.Console;

namespace Concert.Rush.Output;

/// <summary>The result for people.</summary>
public static class ResultTables
{
    private const int MostReadings = 15;
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(0.5);

    public static void Write(IAnsiConsole console, RushResult result)
    {
        console.Write(Outcomes(result));
        if (result.Latencies.Values.Any(l => l is not null))
        {
            console.Write(Times(result));
        }

        if (result.CallOff.Count > 0)
        {
            console.Write(Progress(result));
        }

        if (result.FairStart is { } start)
        {
            console.Write(FairStart(start));
        }

        console.Write(VerdictTable(result));
        if (result.RoomWait is { } wait && wait.Max >= WorthTelling)
        {
            console.MarkupLine(
                $"[yellow]The waiting room was the bottleneck:[/] {result.Queued:N0} tokens had to wait, half of them {Seconds(wait.P50)} or longer, the last {Seconds(wait.Max)}. "
                + "It admits only so many at a time; raise WaitingRoom:MaxActive and WaitingRoom:AdmitPerInterval "
                + "(WaitingRoom__MaxActive and WaitingRoom__AdmitPerInterval in the environment) to see what booking itself can do.");
        }

        if (result.Scenario != Scenario.Wallet && result.Rolling)
        {
            console.MarkupLine("Rolling: buyers paid and cancelled while others still asked, so cancelled seats may have been sold again; counts are judged by consistency.");
        }

        console.MarkupLine(result.Good ? "[green]All good.[/]" : $"[red]{result.Verdicts.Count(v => !v.Kept)} broken.[/]");
    }

    private static Table Outcomes(RushResult result)
    {
        var table = new Table().Border(TableBorder.Rounded).Title($"{result.Scenario} in {Seconds(result.RushTime)} (run {result.RunId}, seed {result.Seed})");
        table.AddColumn("Outcome").AddColumn(new TableColumn("Count").RightAligned());
        Row("Asked", result.Asked);
        Row("Accepted", result.Accepted);
        Row("Held", result.Held);
        foreach (var (reason, count) in result.Refused)
        {
            Row($"Refused: {reason}", count);
        }

        Row("Paid", result.Paid);
        Row("Cancelled", result.Cancelled);
        Row("Still pending", result.Pending);
        Row("Dead letters", result.DeadLetters);
        table.AddRow("Accepted per second", $"{result.AcceptedPerSecond:N1}");
        table.AddRow("Requests per second", $"{result.RequestsPerSecond:N1}");
        Row("Requests", result.Requests);
        Row("Answered 429", result.Throttled);
        Row("Answered 503", result.Unavailable);
        Row("Unknown outcomes, sent again", result.UnknownOutcomes);
        return table;

        void Row(string name, long count) => table.AddRow(name.EscapeMarkup(), $"{count:N0}");
    }

    private static Table Times(RushResult result)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("Times, measured by the buyers");
        table.AddColumn("Step");
        foreach (var column in (string[])["count", "p50", "p95", "p99", "max"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var (name, latencies) in result.Latencies)
        {
            if (latencies is not null)
            {
                table.AddRow(
                    name, $"{latencies.Count:N0}", Milliseconds(latencies.P50), Milliseconds(latencies.P95), Milliseconds(latencies.P99), Milliseconds(latencies.Max));
            }
        }

        return table;
    }

    /// <summary>The first and the last readings; of many in between some.</summary>
    private static Table Progress(RushResult result)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("Call-off, as the report told it");
        foreach (var column in (string[])["After", "Reservations", "Holds ended", "Refunded", "Won", "Left", "Finished"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        var step = Math.Max(1, (result.CallOff.Count + MostReadings - 1) / MostReadings);
        foreach (var (after, progress) in result.CallOff.Where((_, i) => i % step == 0 || i == result.CallOff.Count - 1))
        {
            table.AddRow(
                Seconds(after), $"{progress.Total:N0}", $"{progress.Ended:N0}", $"{progress.Refunded:N0}", $"{progress.RefundedAmount:N0}", $"{progress.Left:N0}",
                progress.FinishedAt is null ? "" : "yes");
        }

        return table;
    }

    private static Table FairStart(FairStartResult start)
    {
        var table = new Table().Border(TableBorder.Rounded).Title($"Fair start, opening {start.OpensAt:HH:mm:ss}");
        table.AddColumn("What").AddColumn(new TableColumn("Count").RightAligned());
        table.AddRow("Joined before the opening", $"{start.Early:N0}");
        table.AddRow("Admitted before the line was seen", $"{start.AdmittedFirst:N0}");
        table.AddRow("Places drawn and seen", $"{start.Waiting:N0}");
        table.AddRow("Joined after the draw", $"{start.Late:N0}");
        table.AddRow("Correlation with the order of joining", start.CorrelationZ is { } z ? $"{z:F2} sd" : "too few");
        table.AddRow("Most active at once", $"{start.MostActive:N0}");
        if (start.Admission is { } admission)
        {
            table.AddRow("Opening to admission, half", Seconds(admission.P50));
            table.AddRow("Opening to admission, last", Seconds(admission.Max));
        }

        return table;
    }

    private static Table VerdictTable(RushResult result)
    {
        var table = new Table().Border(TableBorder.Rounded).Title(result.Readings == 1 ? "Verdicts" : $"Verdicts after {result.Readings} readings");
        table.AddColumn("").AddColumn("Promise").AddColumn("Rules").AddColumn("Evidence");
        foreach (var verdict in result.Verdicts)
        {
            table.AddRow(verdict.Kept ? "[green]kept[/]" : "[red]BROKEN[/]", verdict.Name.EscapeMarkup(), verdict.Rules.EscapeMarkup(), verdict.Detail.EscapeMarkup());
        }

        return table;
    }

    private static string Milliseconds(TimeSpan time) => $"{time.TotalMilliseconds:N0} ms";

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:N1} s";
}
