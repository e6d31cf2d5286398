using Concert.Booking.Ports;

namespace Concert.Booking.Catalog;

/// <summary>
/// When booking opens, of one concert or of all, by the list of what is on sale: an instance learns of another's new schedule within
/// <see cref="ConcertListing.KeptFor"/>, of its own at once. With the store away the last answer stands.
/// </summary>
public sealed class SaleCalendar(ConcertListing listing, TimeProvider time)
{
    private static readonly TimeSpan KeepEnded = TimeSpan.FromDays(1);

    private volatile Reading? _last;

    /// <summary>The openings of a concert, or of all concerts where <paramref name="concertId"/> is null.</summary>
    public async Task<Openings> FindAsync(string? concertId, CancellationToken cancellationToken)
    {
        var last = _last;
        try
        {
            var listed = await listing.ReadAsync(cancellationToken);
            if (last is null || !ReferenceEquals(last.Listed, listed))
            {
                _last = last = new Reading(listed, last, time.GetUtcNow() - KeepEnded);
            }
        }
        catch (StoreUnavailableException) when (last is not null)
        {
            // What is known still holds.
        }

        return concertId is null ? last!.All : last!.ByConcert.GetValueOrDefault(concertId) ?? Openings.None;
    }

    /// <summary>
    /// The windows of a list. It leaves out what has ended; those that this instance saw in time are kept for a day, so that what follows them without a gap
    /// is no new opening.
    /// </summary>
    private sealed class Reading
    {
        private readonly Dictionary<string, BookingWindow> _windows;

        public Reading(IReadOnlyList<ListedSchedule> listed, Reading? before, DateTimeOffset keepFrom)
        {
            Listed = listed;
            _windows = listed.ToDictionary(
                s => s.ScheduleId, s => new BookingWindow(s.ConcertId, s.Window.From, s.Window.To), StringComparer.Ordinal);
            foreach (var (id, ended) in before?._windows ?? [])
            {
                if (ended.To > keepFrom)
                {
                    _windows.TryAdd(id, ended);
                }
            }

            All = new Openings(_windows.Values);
            ByConcert = _windows.Values.GroupBy(w => w.ConcertId, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => new Openings(g), StringComparer.Ordinal);
        }

        public IReadOnlyList<ListedSchedule> Listed { get; }

        public Openings All { get; }

        public IReadOnlyDictionary<string, Openings> ByConcert { get; }
    }
}

/// <summary>A schedule of a concert can be booked from, and to just before, these times.</summary>
public readonly record struct BookingWindow(string ConcertId, DateTimeOffset From, DateTimeOffset To);

/// <summary>Booking windows as the times between which something is on sale, those that touch or overlap as one.</summary>
public sealed class Openings
{
    private readonly List<(DateTimeOffset From, DateTimeOffset To)> _sales = [];

    public Openings(IEnumerable<BookingWindow> windows)
    {
        foreach (var window in windows.OrderBy(w => w.From))
        {
            if (_sales.Count > 0 && window.From <= _sales[^1].To)
            {
                _sales[^1] = (_sales[^1].From, window.To > _sales[^1].To ? window.To : _sales[^1].To);
            }
            else
            {
                _sales.Add((window.From, window.To));
            }
        }
    }

    public static Openings None { get; } = new([]);

    /// <summary>The latest opening that has come, if one is known; and the next one, if nothing is on sale and one is known. To the millisecond, in UTC.</summary>
    public (DateTimeOffset? Last, DateTimeOffset? Next) At(DateTimeOffset now)
    {
        var next = _sales.FindIndex(sale => sale.From > now);
        var last = (next < 0 ? _sales.Count : next) - 1;
        var isOnSale = last >= 0 && now < _sales[last].To;
        return (last < 0 ? null : InMilliseconds(_sales[last].From), next < 0 || isOnSale ? null : InMilliseconds(_sales[next].From));
    }

    private static DateTimeOffset InMilliseconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
