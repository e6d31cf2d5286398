using Concert.Booking.Settings;
using Microsoft.Extensions.Options;

namespace ConcertFunctions.Local.Settings;

/// <summary>Section <c>Local</c>: what only the one-process host has.</summary>
internal sealed class LocalOptions
{
    public const string Section = "Local";

    /// <summary>Open connections; further ones wait or are refused by the system.</summary>
    [SettingRange(Section, 1, 1_000_000)]
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>Whether an empty store gets the demo catalogue.</summary>
    public bool Demo { get; set; } = true;
}

[OptionsValidator]
internal sealed partial class LocalOptionsValidation : IValidateOptions<LocalOptions>;
