using System.Collections.Concurrent;
using Concert.Embedded.Journaling;

namespace Concert.Embedded.Tests.Support;

/// <summary>A data folder in memory that can be copied as a crash would leave it, and told to fail.</summary>
internal sealed class MemoryFiles : IJournalFiles
{
    private readonly ConcurrentDictionary<string, MemoryFile> _files = new(StringComparer.Ordinal);

    /// <summary>Throws instead of writing; gets the file's name and the bytes, may let a part of them through.</summary>
    public Func<string, int, int?>? BytesWrittenBeforeFull { get; set; }

    /// <summary>Called in each sync of a file; may throw or wait.</summary>
    public Action<string>? OnSync { get; set; }

    public Action<string>? OnOpen { get; set; }

    public int Syncs => Volatile.Read(ref _syncs);

    private int _syncs;

    public byte[] this[string name]
    {
        get => _files[name].ToArray();
        set => _files[name] = new MemoryFile(this, name, value);
    }

    public IReadOnlyList<string> List() => [.. _files.Keys.Order(StringComparer.Ordinal)];

    public string Single(string prefix) => List().Single(name => name.StartsWith(prefix, StringComparison.Ordinal));

    public IJournalFile Open(string name, bool create)
    {
        OnOpen?.Invoke(name);
        return create ? _files[name] = new MemoryFile(this, name, []) : _files.GetValueOrDefault(name) ?? throw new FileNotFoundException(name);
    }

    public void Rename(string from, string to)
    {
        _files.TryRemove(from, out var file);
        _files[to] = file!;
    }

    public void Delete(string name) => _files.TryRemove(name, out _);

    public void SyncFolder()
    {
    }

    /// <summary>What a kill leaves: all that was written.</summary>
    public MemoryFiles Copy()
    {
        var copy = new MemoryFiles();
        foreach (var (name, file) in _files)
        {
            copy[name] = file.ToArray();
        }

        return copy;
    }

    /// <summary>What a power cut leaves: only what was synced.</summary>
    public MemoryFiles CopySynced()
    {
        var copy = new MemoryFiles();
        foreach (var (name, file) in _files)
        {
            copy[name] = file.Synced;
        }

        return copy;
    }

    private sealed class MemoryFile(MemoryFiles folder, string name, byte[] content) : IJournalFile
    {
        private readonly Lock _lock = new();
        private byte[] _content = content;
        private int _length = content.Length;

        public byte[] Synced { get; private set; } = content;

        public long Length => _length;

        public byte[] ToArray()
        {
            lock (_lock)
            {
                return _content[.._length];
            }
        }

        public int Read(long offset, Span<byte> into)
        {
            var count = (int)Math.Max(0, Math.Min(into.Length, _length - offset));
            _content.AsSpan((int)offset, count).CopyTo(into);
            return count;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            var room = folder.BytesWrittenBeforeFull?.Invoke(name, bytes.Length);
            Put(offset, bytes[..(room ?? bytes.Length)]);
            if (room is not null)
            {
                throw new IOException("No space left on device");
            }
        }

        public void Truncate(long length)
        {
            lock (_lock)
            {
                _length = (int)length;
            }
        }

        public void Sync()
        {
            folder.OnSync?.Invoke(name);
            Interlocked.Increment(ref folder._syncs);
            Synced = ToArray();
        }

        public void Dispose()
        {
        }

        private void Put(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (_lock)
            {
                var end = (int)offset + bytes.Length;
                if (end > _content.Length)
                {
                    Array.Resize(ref _content, Math.Max(end, _content.Length * 2));
                }

                bytes.CopyTo(_content.AsSpan((int)offset));
                _length = Math.Max(_length, end);
            }
        }
    }
}
