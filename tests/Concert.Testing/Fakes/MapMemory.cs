using Concert.Booking.Ports;

namespace Concert.Testing.Fakes;

/// <summary>Snapshots of sections under the version that stood before they were built, as the fake and the simulated cache remember them.</summary>
public sealed class MapMemory
{
    private readonly Dictionary<string, long> _versions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Version, long Since, ReadOnlyMemory<byte> Content)> _kept = new(StringComparer.Ordinal);
    private int _epoch;

    public string VersionOf(string section) => $"{_epoch}:{_versions.GetValueOrDefault(section)}";

    public void Tell(string section) => _versions[section] = _versions.GetValueOrDefault(section) + 1;

    /// <summary>Of this version, or of any when it is null; built from nothing older than <paramref name="since"/>.</summary>
    public ReadOnlyMemory<byte>? Find(string section, string? version, long since = 0) =>
        _kept.TryGetValue(section, out var kept) && (version is null || kept.Version == version) && kept.Since >= since ? kept.Content : default(ReadOnlyMemory<byte>?);

    /// <param name="section">Which.</param>
    /// <param name="version">That stood before the build.</param>
    /// <param name="since">When that was.</param>
    /// <param name="content">What was built.</param>
    public void Put(string section, string version, long since, ReadOnlyMemory<byte> content) => _kept[section] = (version, since, content);

    /// <summary>Forgets everything. No version comes twice.</summary>
    public void Flush()
    {
        _epoch++;
        _versions.Clear();
        _kept.Clear();
    }

    /// <summary>Whether a change was made, or may have been.</summary>
    public static bool IsToBeTold(CommitResult? result) =>
        result is not (CommitResult.Conflict or CommitResult.Throttled or CommitResult.Unavailable { OutcomeUnknown: false });
}
