namespace Concert.Resilience.Tests.Crashes.Host;

/// <summary>Where the build put the host: beside these tests, in the same configuration.</summary>
internal static class HostAssembly
{
    private const string Name = "ConcertFunctions.Local";

    public static string Path { get; } = Find();

    private static string Find()
    {
        // tests/Concert.Resilience.Tests/bin/{configuration}/net10.0
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(System.IO.Path.DirectorySeparatorChar));
        var repository = output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        var found = System.IO.Path.Combine(repository, "src", Name, "bin", output.Parent.Name, output.Name, Name + ".dll");
        return File.Exists(found) ? found : throw new FileNotFoundException("Build the host first.", found);
    }
}
