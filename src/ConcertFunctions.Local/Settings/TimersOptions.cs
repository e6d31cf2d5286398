using System.Globalization;
using Microsoft.Extensions.Options;

namespace ConcertFunctions.Local.Settings;

/// <summary>
/// How often each timer runs: flat settings, as the timer triggers in Azure want them. Azure writes these as NCRONTAB, so the forms of it that are a plain
/// interval of seconds are understood beside a time span: the same settings serve both hosts.
/// </summary>
internal sealed class TimersOptions
{
    /// <summary>None: the settings stand by themselves.</summary>
    public const string Section = "";

    public static readonly IReadOnlyList<string> Names = [nameof(ReleaseExpiredHoldsSchedule), nameof(AdmitWaitingSchedule), nameof(RepairPaymentsSchedule), nameof(DeliverWebhooksSchedule)];

    public string ReleaseExpiredHoldsSchedule { get; set; } = "00:00:10";

    public string AdmitWaitingSchedule { get; set; } = "00:00:01";

    public string RepairPaymentsSchedule { get; set; } = "00:00:30";

    public string DeliverWebhooksSchedule { get; set; } = "00:00:05";

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
        Check(nameof(options.ReleaseExpiredHoldsSchedule), options.ReleaseExpiredHoldsSchedule, wrong);
        Check(nameof(options.AdmitWaitingSchedule), options.AdmitWaitingSchedule, wrong);
        Check(nameof(options.RepairPaymentsSchedule), options.RepairPaymentsSchedule, wrong);
        Check(nameof(options.DeliverWebhooksSchedule), options.DeliverWebhooksSchedule, wrong);
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static void Check(string timer, string text, List<string> wrong)
    {
        if (TimersOptions.Parse(text) is not { } interval || interval < Shortest || interval > Longest)
        {
            wrong.Add($"{timer} is '{text}'; it must be {Shortest:c} to {Longest:c}, or '*/N * * * * *' with N a divisor of 60.");
        }
    }
}
