using Concert.Booking.Ports;
using Concert.Booking.Settings;
using ConcertFunctions.Local.Settings;

namespace ConcertFunctions.Local.Hosting;

/// <summary>The keys generated at this start, to be shown once.</summary>
internal sealed record MadeKeys(string? AdminKey);

internal static class LocalKeys
{
    private const string SigningSetting = $"{WaitingRoomOptions.Section}:{nameof(WaitingRoomOptions.SigningKey)}";
    private const string AdminSetting = $"{AdminOptions.Section}:{nameof(AdminOptions.Key)}";

    /// <summary>Fills in the keys that no source of configuration has; the admin key when it was made just now.</summary>
    public static string? Add(ConfigurationManager configuration, string? folder)
    {
        var random = new SystemRandomSource();
        var keys = new Dictionary<string, string?>();
        string? madeAdminKey = null;
        if (string.IsNullOrEmpty(configuration[SigningSetting]))
        {
            keys[SigningSetting] = KeyFiles.ReadOrMake(folder, KeyFiles.SigningKey, random, out _);
        }

        if (string.IsNullOrEmpty(configuration[AdminSetting]))
        {
            keys[AdminSetting] = KeyFiles.ReadOrMake(folder, KeyFiles.AdminKey, random, out var made);
            madeAdminKey = made ? keys[AdminSetting] : null;
        }

        configuration.AddInMemoryCollection(keys);
        return madeAdminKey;
    }
}
