using Microsoft.Extensions.Options;

namespace ConcertFunctions.Local.Settings;

/// <summary>Section <c>Local</c>: what only the one-process host has.</summary>
internal sealed class LocalOptions
{
    public const string Section = "Local";

    /// <summary>Open connections; further ones wait or are refused by the system.</summary>
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>Whether an empty store gets the demo catalogue.</summary>
    public bool Demo { get; set; } = true;
}

internal sealed class LocalOptionsValidation : IValidateOptions<LocalOptions>
{
    private const int MaxConnections = 1_000_000;

    public ValidateOptionsResult Validate(string? name, LocalOptions options)
    {
        List<string> wrong = [];
        Check(nameof(options.MaxConnections), options.MaxConnections, 1, MaxConnections, wrong);
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static void Check(string setting, long value, long min, long max, List<string> wrong)
    {
        if (value < min || value > max)
        {
            wrong.Add($"Local:{setting} is {value}; it must be {min} to {max}.");
        }
    }
}
