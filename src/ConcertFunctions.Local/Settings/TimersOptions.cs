using System.ComponentModel.DataAnnotations;
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

    /// <summary>How often expired holds are released.</summary>
    [TimerInterval]
    public string ReleaseExpiredHoldsSchedule { get; set; } = "00:00:10";

    /// <summary>How often lines are moved on.</summary>
    [TimerInterval]
    public string AdmitWaitingSchedule { get; set; } = "00:00:01";

    /// <summary>How often stuck payments and refunds are looked for.</summary>
    [TimerInterval]
    public string RepairPaymentsSchedule { get; set; } = "00:00:30";

    /// <summary>How often events are sent to webhooks.</summary>
    [TimerInterval]
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

/// <summary>How often a timer runs, in either form. What is neither is said in one line.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TimerIntervalAttribute : ValidationAttribute
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Completes "must be"; in the table of settings, too.</summary>
    public static string Allowed { get; } = $"{Shortest:c} to {Longest:c}, or '*/N * * * * *' with N a divisor of 60";

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var text = value as string ?? "";
        return TimersOptions.Parse(text) is { } interval && interval >= Shortest && interval <= Longest
            ? ValidationResult.Success
            : new ValidationResult($"{validationContext.MemberName} is '{text}'; it must be {Allowed}.");
    }
}

[OptionsValidator]
internal sealed partial class TimersValidation : IValidateOptions<TimersOptions>;
