using Concert.Rush.Observation;
using Concert.Testing.Http;
using Concert.Testing.Sales;

namespace Concert.Rush.Drill;

/// <summary>The promoter's staff, who call the schedule off in the middle of the sale and watch until everybody has everything back.</summary>
public sealed class BoxOffice(DrillContext drill, OpenSale sale)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly List<CallOffReading> _readings = [];
    private DateTimeOffset? _at;

    /// <summary>Null until it is called off.</summary>
    public CallOffFact? Fact => _at is { } at ? new CallOffFact(sale.ScheduleId, at, _readings) : null;

    /// <summary>When a quarter of what is expected to be paid is paid, or the rush is over.</summary>
    public async Task CallOffAsync(Task rush, CancellationToken cancellationToken)
    {
        var quarter = Math.Max(1, (long)(drill.Options.Places * drill.Options.PayShare / 4));
        while (drill.Board[Stage.Paid] < quarter && !rush.IsCompleted)
        {
            await Task.Delay(Pause / 10, drill.Time, cancellationToken);
        }

        var called = (await drill.Api.CallOffAsync(sale.ScheduleId, "The drill calls it off", $"{drill.RunId}-call-off", cancellationToken)).Require("Calling it off");
        _at = called.At;
        var since = drill.Time.GetTimestamp();
        CallOffAnswer progress;
        do
        {
            progress = (await drill.Api.ReportAsync(sale.ScheduleId, cancellationToken)).Require("Reading the report").CallOff
                ?? throw new ApiException("The report does not say how far the call-off is.");
            if (_readings.Count == 0 || _readings[^1].Progress != progress)
            {
                _readings.Add(new CallOffReading(drill.Time.GetElapsedTime(since), progress));
                drill.Board.Phase = $"Called off: {progress.Ended + progress.Refunded:N0} of {progress.Total:N0}";
            }

            await Task.Delay(Pause, drill.Time, cancellationToken);
        }
        while (progress.FinishedAt is null);
    }
}
