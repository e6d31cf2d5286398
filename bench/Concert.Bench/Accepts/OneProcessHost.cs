namespace Concert.Bench.Accepts;

/// <summary>The one-process host as it is shipped, durable, with room for all and no limit that the generator's users would meet.</summary>
internal static class OneProcessHost
{
    public static Task<Server> StartAsync(string folder) =>
        Server.StartAsync("dotnet", [Program(), "--data", folder, "--urls", "http://127.0.0.1:0"], Settings());

    /// <summary>The host beside this program, in the same configuration.</summary>
    private static string Program()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var repository = output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        return Path.Combine(repository, "src", "ConcertFunctions.Local", "bin", output.Parent.Name, output.Name, "ConcertFunctions.Local.dll");
    }

    private static Dictionary<string, string> Settings() => new()
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
}
