using System.Collections.Concurrent;
using Concert.Booking.Availability;

namespace Concert.Api.Streams;

/// <summary>The schedules that streams are about. A schedule that nobody watches costs its writers one look here.</summary>
internal sealed class WatchedSchedules(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, WatchedSchedule> _watched = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Those that are watched just now.</summary>
    public IEnumerable<WatchedSchedule> All => _watched.Select(watched => watched.Value);

    /// <summary>Places of a section have changed, and readers of the map see it.</summary>
    public void Changed(string scheduleId, string section)
    {
        if (_watched.TryGetValue(scheduleId, out var watch))
        {
            watch.Changed(section);
        }
    }

    /// <summary>One more watches. To be ended with <see cref="Leave"/>.</summary>
    public WatchedSchedule Join(string scheduleId, MapOutline outline)
    {
        lock (_lock)
        {
            var watch = _watched.GetOrAdd(scheduleId, static (id, made) => new WatchedSchedule(id, made.Outline, made.Time), (Outline: outline, Time: time));
            watch.Viewers++;
            return watch;
        }
    }

    public void Leave(WatchedSchedule watch)
    {
        lock (_lock)
        {
            if (--watch.Viewers == 0)
            {
                _watched.TryRemove(watch.ScheduleId, out _);
            }
        }
    }
}
