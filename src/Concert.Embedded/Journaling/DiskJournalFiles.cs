using Microsoft.Win32.SafeHandles;

namespace Concert.Embedded.Journaling;

/// <summary>A folder of the file system.</summary>
internal sealed class DiskJournalFiles(string folder) : IJournalFiles
{
    public IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path))];

    public IJournalFile Open(string name, bool create) => new DiskFile(File.OpenHandle(
        PathOf(name), create ? FileMode.Create : FileMode.Open, FileAccess.ReadWrite, FileShare.Read));

    public void Rename(string from, string to) => File.Move(PathOf(from), PathOf(to), overwrite: true);

    public void Delete(string name) => File.Delete(PathOf(name));

    public void SyncFolder() => NativeSync.Folder(folder);

    private string PathOf(string name) => Path.Combine(folder, name);

    private sealed class DiskFile(SafeFileHandle handle) : IJournalFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> into)
        {
            var total = 0;
            while (total < into.Length)
            {
                var read = RandomAccess.Read(handle, into[total..], offset + total);
                if (read == 0)
                {
                    break;
                }

                total += read;
            }

            return total;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            try
            {
                RandomAccess.Write(handle, bytes, offset);
            }
            catch (ArgumentOutOfRangeException tooLarge)
            {
                // What the base library makes of EFBIG: the file system's or the process's limit on a file, which is a full disk to us.
                throw new IOException("The file has reached the largest size that is allowed.", tooLarge);
            }
        }

        public void Truncate(long length) => RandomAccess.SetLength(handle, length);

        public void Sync() => NativeSync.Data(handle);

        public void Dispose() => handle.Dispose();
    }
}
