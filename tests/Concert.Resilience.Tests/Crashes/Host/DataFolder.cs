namespace Concert.Resilience.Tests.Crashes.Host;

/// <summary>A data folder of one test, removed when the test passed and kept for a look when it did not.</summary>
internal sealed class DataFolder : IDisposable
{
    public DataFolder() => Path = Directory.CreateTempSubdirectory("concert-crashes-").FullName;

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "concert.db");

    public void Dispose()
    {
        if (TestContext.Current.TestState?.Result != TestResult.Failed && Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
