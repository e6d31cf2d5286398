using System.Diagnostics;

namespace Concert.Resilience.Tests.Crashes.Host;

/// <summary>A file system of its own with little room, which only root on Linux can make.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    /// <summary>Skips the test where there is no right to mount.</summary>
    public static SmallDisk Mount(int megabytes)
    {
        var path = Directory.CreateTempSubdirectory("concert-disk-").FullName;
        if (!OperatingSystem.IsLinux() || Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path) != 0)
        {
            Directory.Delete(path);
            Assert.Skip("Mounting a small disk needs root on Linux.");
        }

        return new SmallDisk(path);
    }

    /// <summary>The disk as it is, but nothing can be written to it.</summary>
    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", Path).ShouldBe(0);

    public string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Takes all the room there is.</summary>
    public void Fill()
    {
        using var file = File.OpenWrite(Filler);
        var (block, isFull) = (new byte[4096], false);
        while (!isFull)
        {
            try
            {
                RandomAccess.Write(file.SafeFileHandle, block, RandomAccess.GetLength(file.SafeFileHandle));
            }
            catch (IOException)
            {
                isFull = true;
            }
        }
    }

    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        _ = Run("umount", "-l", Path);
        Directory.Delete(Path);
    }

    internal static int Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false });
            process!.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
