using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Settings;

/// <summary>Turns what options complain about into lines for people.</summary>
public static partial class SettingFaults
{
    /// <summary>Validates now what would be validated at the start; one line a bad setting, none when all is well.</summary>
    public static IReadOnlyList<string> Find(IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        try
        {
            (services.GetService(typeof(IStartupValidator)) as IStartupValidator)?.Validate();
            return [];
        }
        catch (Exception fault) when (Lines(fault) is { } lines)
        {
            return lines;
        }
    }

    /// <summary>One line a bad setting; null when the exception is about something else.</summary>
    public static IReadOnlyList<string>? Lines(Exception fault) => fault switch
    {
        OptionsValidationException wrong => [.. wrong.Failures],
        AggregateException many => [.. many.InnerExceptions.SelectMany(inner => Lines(inner) ?? [inner.Message])],
        // The binder's: "Failed to convert configuration value 'abc' at 'WaitingRoom:MaxActive' to type 'System.Int32'."
        InvalidOperationException unreadable when Unreadable().Match(unreadable.Message) is { Success: true } found =>
            [$"{found.Groups["key"].Value} cannot be read: {Kind(found.Groups["type"].Value)} is needed."],
        _ => null,
    };

    private static string Kind(string type) => type switch
    {
        "System.Int32" or "System.Int64" => "a whole number",
        "System.TimeSpan" => "a time such as 00:05:00",
        "System.Boolean" => "true or false",
        _ when typeof(IdentityMode).Assembly.GetType(type) is { IsEnum: true } choice => string.Join(" or ", Enum.GetNames(choice)),
        _ => "another form",
    };

    [GeneratedRegex(@"'(?<key>[A-Za-z]\w*(:\w+)+)' to type '(?<type>[^']+)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unreadable();
}
