namespace Concert.Bench.Accepts;

/// <summary>The one-process host as it is shipped, durable, with room for all and no limit that the generator's users would meet.</summary>
internal static class OneProcessHost
{
    /// <param name="folder">The data folder.</param>
    /// <param name="program">Another build's <c>ConcertFunctions.Local.dll</c>; null for the one beside this program.</param>
    /// <param name="settings">Environment variables on top of the usual ones, as <c>NAME=value</c>.</param>
    public static Task<Server> StartAsync(string folder, string? program = null, IReadOnlyList<string>? settings = null) =>
        RunAsync(folder, program, Settings(settings ?? []));

    /// <summary>The host with no other settings than these: as somebody starts it for the first time.</summary>
    public static Task<Server> StartAsShippedAsync(string folder, string? program, IReadOnlyList<string> settings) =>
        RunAsync(folder, program, settings.Select(Pair).ToDictionary(StringComparer.Ordinal));

    private static Task<Server> RunAsync(string folder, string? program, Dictionary<string, string> settings) =>
        Server.StartAsync("dotnet", [program ?? Program(), "--data", folder, "--urls", "http://127.0.0.1:0"], settings);

    /// <summary>The host beside this program, in the same configuration.</summary>
    private static string Program()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var repository = output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        return Path.Combine(repository, "src", "ConcertFunctions.Local", "bin", output.Parent.Name, output.Name, "ConcertFunctions.Local.dll");
    }

    private static Dictionary<string, string> Settings(IReadOnlyList<string> more)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Admin__Key"] = Sale.AdminKey,
            ["Local__Demo"] = "false",
            ["Booking__HoldFor"] = "01:00:00",
            ["Booking__MaxPerUser"] = "1000000",
            ["WaitingRoom__MaxActive"] = "1000000",
            ["WaitingRoom__AdmitPerInterval"] = "1000000",
            ["WaitingRoom__ActiveFor"] = "01:00:00",
            ["Logging__LogLevel__Default"] = "Warning",
        };
        foreach (var (name, value) in more.Select(Pair))
        {
            settings[name] = value;
        }

        return settings;
    }

    private static KeyValuePair<string, string> Pair(string setting) => setting.Split('=', 2) is [var name, var value]
        ? new(name, value)
        : throw new ArgumentException($"{setting} is not NAME=value.");
}
