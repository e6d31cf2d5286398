using Concert.Booking.Availability;

namespace Concert.Api.Streams;

/// <summary>
/// A schedule that streams are about: gathers what changes, and every while makes one event of it for all. Changes are told from any thread; all else is
/// the feed's.
/// </summary>
/// <param name="scheduleId">The schedule.</param>
/// <param name="outline">As it was found first.</param>
/// <param name="time">Revisions begin with the time, so that those of another process are other numbers.</param>
internal sealed class WatchedSchedule(string scheduleId, MapOutline outline, TimeProvider time)
{
    /// <summary>No more than two events a second, and no more than so many readers of the map a second because of them.</summary>
    private const int LooksPerSecond = 2_000;

    private const int MaxNames = 20;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private MapOutline _outline = outline;
    private bool _isAnything;
    private long? _toldAt;
    private volatile Revised _revised = new(0, time.GetUtcNow().ToUnixTimeMilliseconds(), default);

    public string ScheduleId => scheduleId;

    /// <summary>The feed's lock guards it.</summary>
    public int Viewers { get; set; }

    /// <summary>When to look at the outline next.</summary>
    public long LookAt { get; set; }

    public long Revision => _revised.Number;

    /// <summary>Places of a section have changed, and readers of the map see it.</summary>
    public void Changed(string section)
    {
        lock (_lock)
        {
            _changed.Add(section);
        }
    }

    /// <summary>The outline as it is now.</summary>
    public void Look(MapOutline now)
    {
        if (ReferenceEquals(now, _outline))
        {
            return;
        }

        _outline = now;
        lock (_lock)
        {
            _isAnything = true;
        }
    }

    /// <summary>Makes the next event when there is something to tell and it is time to.</summary>
    public void Revise()
    {
        var viewers = Viewers;
        var within = viewers / LooksPerSecond;
        List<string?> names;
        lock (_lock)
        {
            var isTime = _toldAt is not { } at || time.GetElapsedTime(at) >= (within > 0 ? TimeSpan.FromSeconds(within) : Shortest);
            if (!isTime || (!_isAnything && _changed.Count == 0))
            {
                return;
            }

            names = _isAnything ? [null] : [.. _changed.Select(_outline.NameOf)];
            _changed.Clear();
            _isAnything = false;
        }

        _toldAt = time.GetTimestamp();
        var before = _revised.Number;
        var number = Math.Max(before + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
        var sections = names.Count <= MaxNames && names.TrueForAll(name => name is not null) ? names.Select(name => name!).Order(StringComparer.Ordinal).ToList() : null;
        _revised = new Revised(before, number, Frames.Of(new SeatsChanged(number, sections, within)));
    }

    /// <summary>The event for a client that knows of this revision; null when there is none.</summary>
    public ReadOnlyMemory<byte>? EventAfter(long seen)
    {
        var revised = _revised;
        if (seen == revised.Number)
        {
            return null;
        }

        return seen == revised.Before ? revised.Event : Anything(revised.Number);
    }

    /// <summary>The event that says to look, whatever was known before.</summary>
    public ReadOnlyMemory<byte> Anything(long revision) => Frames.Of(new SeatsChanged(revision, null, Viewers / LooksPerSecond));

    private sealed record Revised(long Before, long Number, ReadOnlyMemory<byte> Event);
}
