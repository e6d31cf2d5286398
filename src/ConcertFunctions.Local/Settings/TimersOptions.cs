using System.Globalization;
using Microsoft.Extensions.Options;

namespace ConcertFunctions.Local.Settings;

/// <summary>
/// Section <c>Timers</c>: how often each timer runs. Azure writes these as NCRONTAB, so the forms of it that are a plain interval of seconds are understood
/// beside a time span: the same settings serve both hosts.
/// </summary>
internal sealed class TimersOptions
{
    public const string Section = "Timers";

    public string ReleaseExpiredHolds { get; set; } = "00:00:10";

    public string AdmitWaiting { get; set; } = "00:00:01";

    public string RepairPayments { get; set; } = "00:00:30";

    /// <summary>The interval; null when the text is none.</summary>
    public static TimeSpan? Parse(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields is [var seconds, "*", "*", "*", "*", "*"])
        {
            var every = seconds == "*" ? "1" : seconds.StartsWith("*/", StringComparison.Ordinal) ? seconds[2..] : "";
            // Every 7 seconds by NCRONTAB is not an interval: it starts again each minute.
            return int.TryParse(every, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 30 && 60 % n == 0
                ? TimeSpan.FromSeconds(n)
                : null;
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval) ? interval : null;
    }
}

internal sealed class TimersValidation : IValidateOptions<TimersOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, TimersOptions options)
    {
        List<string> wrong = [];
        Check(nameof(options.ReleaseExpiredHolds), options.ReleaseExpiredHolds, wrong);
        Check(nameof(options.AdmitWaiting), options.AdmitWaiting, wrong);
        Check(nameof(options.RepairPayments), options.RepairPayments, wrong);
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static void Check(string timer, string text, List<string> wrong)
    {
        if (TimersOptions.Parse(text) is not { } interval || interval < Shortest || interval > Longest)
        {
            wrong.Add($"Timers:{timer} is '{text}'; it must be {Shortest:c} to {Longest:c}, or '*/N * * * * *' with N a divisor of 60.");
        }
    }
}
