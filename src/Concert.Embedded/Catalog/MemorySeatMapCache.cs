using Concert.Booking.Availability;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Paging;
using Concert.Booking.Ports;

namespace Concert.Embedded.Catalog;

/// <summary>
/// Keeps what is taken of each section in memory, exactly: while a change is being made, nobody can tell whether a reader has seen it already, so an older
/// snapshot is not shown and an older build is not shared. At most one build of a section runs at a time; a caller that cannot share it waits for the next.
/// Holds the <c>capacity</c> sections asked for or changed last.
/// </summary>
public sealed class MemorySeatMapCache(TimeProvider time, int capacity = MemorySeatMapCache.DefaultCapacity) : ISeatMapCache
{
    /// <summary>Sections held when nothing else is said.</summary>
    public const int DefaultCapacity = 8_192;

    private readonly Lock _lock = new();
    private readonly Dictionary<SectionRef, Entry> _entries = [];

    /// <inheritdoc />
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> GetAsync(
        string scheduleId, IReadOnlyList<string> sections, Func<string, CancellationToken, Task<ReadOnlyMemory<byte>>> build, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await Task.WhenAll(sections.Select(key => GetAsync(new SectionRef(scheduleId, key), token => build(key, token), cancellationToken)));
    }

    /// <inheritdoc />
    public async Task<CommitResult> ChangeAsync(string scheduleId, string section, Func<Task<CommitResult>> commit)
    {
        Entry entry;
        lock (_lock)
        {
            entry = EntryOf(new SectionRef(scheduleId, section));
            entry.Changing++;
        }

        CommitResult? result = null;
        try
        {
            return result = await commit();
        }
        finally
        {
            lock (_lock)
            {
                entry.Version += result is { HasNoEffect: true } ? 0 : 1;
                entry.Changing--;
            }
        }
    }

    private async Task<ReadOnlyMemory<byte>> GetAsync(
        SectionRef section, Func<CancellationToken, Task<ReadOnlyMemory<byte>>> build, CancellationToken cancellationToken)
    {
        Entry entry;
        SharedBuild shared;
        var isFirst = false;
        lock (_lock)
        {
            entry = EntryOf(section);
            if (entry.IsCurrent)
            {
                return entry.Kept;
            }

            if (entry.Running is null)
            {
                entry.Running = new SharedBuild(build, (ended, content) => End(entry, ended, content)) { Version = entry.Version };
                isFirst = true;
            }

            shared = isFirst || entry.MayShare(entry.Running)
                ? entry.Running
                : entry.Next ??= new SharedBuild(build, (ended, content) => End(entry, ended, content));
            shared.Waiting++;
        }

        if (isFirst)
        {
            shared.Begin();
        }

        try
        {
            return await shared.Content.WaitAsync(cancellationToken);
        }
        finally
        {
            Leave(entry, shared);
        }
    }

    /// <summary>Keeps what was built, and lets the next build begin.</summary>
    private void End(Entry entry, SharedBuild ended, ReadOnlyMemory<byte>? content)
    {
        SharedBuild? next;
        lock (_lock)
        {
            if (content is { } built)
            {
                (entry.Kept, entry.KeptVersion) = (built, ended.Version);
            }

            next = entry.Running = entry.Next;
            entry.Next = null;
            if (next is not null)
            {
                next.Version = entry.Version;
            }
        }

        next?.Begin();
    }

    private void Leave(Entry entry, SharedBuild shared)
    {
        lock (_lock)
        {
            if (--shared.Waiting > 0)
            {
                return;
            }

            shared.IsAbandoned = true;
            if (entry.Next == shared)
            {
                entry.Next = null;
            }
        }

        shared.Abandon();
    }

    private Entry EntryOf(SectionRef section)
    {
        if (!_entries.TryGetValue(section, out var entry))
        {
            if (_entries.Count >= capacity)
            {
                MakeRoom();
            }

            _entries[section] = entry = new Entry();
        }

        entry.LastUsed = time.GetTimestamp();
        return entry;
    }

    /// <summary>Forgets the older half of what nobody is busy with.</summary>
    private void MakeRoom()
    {
        foreach (var (section, _) in _entries.Where(e => e.Value.IsIdle).OrderBy(e => e.Value.LastUsed).Take(Math.Max(1, capacity / 2)).ToList())
        {
            _entries.Remove(section);
        }
    }

    private sealed class Entry
    {
        /// <summary>Changes that were made; grows with each.</summary>
        public long Version { get; set; }

        /// <summary>Changes that are being made just now.</summary>
        public int Changing { get; set; }

        public ReadOnlyMemory<byte> Kept { get; set; }

        /// <summary>The version that was read before <see cref="Kept"/> was built; -1 for nothing kept.</summary>
        public long KeptVersion { get; set; } = -1;

        public SharedBuild? Running { get; set; }

        public SharedBuild? Next { get; set; }

        public long LastUsed { get; set; }

        public bool IsCurrent => Changing == 0 && KeptVersion == Version;

        public bool IsIdle => Changing == 0 && Running is null;

        /// <summary>It began after every change that anybody can have seen.</summary>
        public bool MayShare(SharedBuild running) => Changing == 0 && running.Version == Version && !running.IsAbandoned;
    }
}
