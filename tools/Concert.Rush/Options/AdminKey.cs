namespace Concert.Rush.Options;

/// <summary>Where the admin key comes from: the command line, the environment, and for this machine's own server its data folder.</summary>
public static class AdminKey
{
    public const string Variable = "CONCERT_ADMIN_KEY";

    /// <summary>Null when no source has one. The data folder is asked for loopback addresses only: a local key is no use elsewhere.</summary>
    public static string? Resolve(string? given, Uri url, string dataFolder, Func<string, string?> environment)
    {
        if (!string.IsNullOrWhiteSpace(given))
        {
            return given.Trim();
        }

        if (environment(Variable) is { } fromEnvironment && !string.IsNullOrWhiteSpace(fromEnvironment))
        {
            return fromEnvironment.Trim();
        }

        var file = Path.Combine(dataFolder, "admin-key");
        return url.IsLoopback && File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } key ? key : null;
    }
}
