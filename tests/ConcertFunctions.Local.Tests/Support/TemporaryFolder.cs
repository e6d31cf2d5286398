namespace ConcertFunctions.Local.Tests.Support;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("concert-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
