namespace Concert.Lab.Servers;

internal static class Programs
{
    /// <summary>Null when it is not there.</summary>
    public static string? OnPath(string name) =>
        FirstOf([.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Select(folder => Path.Combine(folder, name))]);

    public static string? FirstOf(params string[] files) => files.FirstOrDefault(File.Exists);
}
