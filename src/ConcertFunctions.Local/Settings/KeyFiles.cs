using System.Buffers.Text;
using Concert.Booking.Ports;

namespace ConcertFunctions.Local.Settings;

/// <summary>Keys that nobody set: made once and kept beside the data, readable by the owner only.</summary>
internal static class KeyFiles
{
    public const string SigningKey = "signing-key";
    public const string AdminKey = "admin-key";

    private const int KeyBytes = 32;

    /// <summary>The key in the folder, made when it is not there; <paramref name="made"/> says which. A null folder makes one for this run.</summary>
    public static string ReadOrMake(string? folder, string name, IRandomSource random, out bool made)
    {
        made = false;
        if (folder is null)
        {
            made = true;
            return Make(random);
        }

        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            made = TryWrite(folder, path, Make(random));
        }

        return File.ReadAllText(path).Trim();
    }

    private static string Make(IRandomSource random)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        random.Fill(key);
        return Base64Url.EncodeToString(key);
    }

    // What users bought is nobody else's business on a shared machine.
    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    // Written aside and moved, so that a crash leaves a whole key or none.
    private static bool TryWrite(string folder, string path, string key)
    {
        CreateFolder(folder);
        var aside = path + ".new";
        File.Delete(aside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(aside, options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(key + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(aside, path, overwrite: false);
        return true;
    }
}
