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
    public ValidateOptionsResult Validate(string? name, LocalOptions options) => options.MaxConnections is >= 1 and <= 1_000_000
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"Local:MaxConnections is {options.MaxConnections}; it must be 1 to 1000000.");
}
