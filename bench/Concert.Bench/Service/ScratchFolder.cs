namespace Concert.Bench.Service;

/// <summary>A folder on the disk of the temporary files, removed at the end.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("concert-bench-");

    public string Path => _folder.FullName;

    public string Sub(string name) => System.IO.Path.Combine(Path, name);

    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            // The lock file is the running process's, and another one's business only while it runs.
            if (System.IO.Path.GetFileName(file) != "lock")
            {
                File.Copy(file, System.IO.Path.Combine(to, System.IO.Path.GetFileName(file)));
            }
        }
    }

    public static long Bytes(string folder) => new DirectoryInfo(folder).GetFiles().Sum(file => file.Length);

    public void Dispose() => _folder.Delete(recursive: true);
}
