using Concert.Booking.Shared;
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

    /// <summary>Journal bytes since the last snapshot at which the data folder is compacted: more of them mean fewer snapshots and a longer recovery.</summary>
    [SettingRange(Section, 4096, 16L << 30)]
    public long CompactAtBytes { get; set; } = 64L << 20;
}

[OptionsValidator]
internal sealed partial class LocalOptionsValidation : IValidateOptions<LocalOptions>;
