using System.Collections.Concurrent;
using Concert.Booking.Storage;

namespace Concert.Booking.Catalog;

/// <summary>
/// When booking opens, of one concert or of all. Asked with every join and poll of the waiting room, so it is kept for a moment: an instance learns of
/// another's new schedule within <see cref="KeepFor"/>, of its own at once. With the store away the last answer stands.
/// </summary>
public sealed class SaleCalendar(IDocumentStore store, TimeProvider time)
{
    internal static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(2);
    private const int MaxKept = 10_000;
    private const int MaxConcerts = 10_000;
    private const int PageSize = 200;
    private const string All = "";

    private readonly ConcurrentDictionary<string, Entry> _kept = new(StringComparer.Ordinal);
    private int _version;

    /// <summary>The openings of a concert, or of all concerts where <paramref name="concertId"/> is null.</summary>
    public async Task<Openings> FindAsync(string? concertId, CancellationToken cancellationToken)
    {
        var key = concertId ?? All;
        var known = _kept.GetValueOrDefault(key);
        var version = Volatile.Read(ref _version);
        if (known is not null && known.Version == version && (time.GetElapsedTime(known.ReadAt) < KeepFor || !known.TakeTurn()))
        {
            return known.Openings;
        }

        try
        {
            var readAt = time.GetTimestamp();
            var openings = new Openings(concertId is null ? await ReadAllAsync(cancellationToken) : await ReadAsync(concertId, cancellationToken));
            if (_kept.Count >= MaxKept)
            {
                _kept.Clear();
            }

            _kept[key] = new Entry(openings, readAt, version);
            return openings;
        }
        catch (StoreUnavailableException) when (known is not null)
        {
            return known.Openings;
        }
        finally
        {
            known?.EndTurn();
        }
    }

    /// <summary>This instance has changed a schedule: what is kept was read before.</summary>
    internal void Forget() => Interlocked.Increment(ref _version);

    private async Task<IReadOnlyList<BookingWindow>> ReadAsync(string concertId, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(new PartitionRef(DocumentContainer.Catalog, concertId), ConcertDocument.DocumentId, cancellationToken);
        return stored is null ? [] : DocumentJson.Read<ConcertDocument>(stored).BookingWindows;
    }

    private async Task<IReadOnlyList<BookingWindow>> ReadAllAsync(CancellationToken cancellationToken)
    {
        var windows = new List<BookingWindow>();
        var concerts = 0;
        string? continuation = null;
        do
        {
            var page = await store.ScanAsync(DocumentContainer.Catalog, ConcertDocument.TypeName, continuation, PageSize, cancellationToken);
            windows.AddRange(page.Items.SelectMany(located => DocumentJson.Read<ConcertDocument>(located.Document).BookingWindows));
            concerts += page.Items.Count;
            continuation = page.Continuation;
        }
        while (continuation is not null && concerts < MaxConcerts);

        return windows;
    }

    /// <summary>What was read, and whether somebody reads again: meanwhile the others take what there is.</summary>
    private sealed class Entry(Openings openings, long readAt, int version)
    {
        private int _isReading;

        public Openings Openings => openings;

        public long ReadAt => readAt;

        public int Version => version;

        public bool TakeTurn() => Interlocked.Exchange(ref _isReading, 1) == 0;

        public void EndTurn() => Volatile.Write(ref _isReading, 0);
    }
}

/// <summary>Booking windows as the times between which something is on sale, those that touch or overlap as one.</summary>
public sealed class Openings
{
    private readonly List<(long From, long To)> _sales = [];

    public Openings(IEnumerable<BookingWindow> windows)
    {
        foreach (var window in windows.OrderBy(w => w.From))
        {
            if (_sales.Count > 0 && window.From <= _sales[^1].To)
            {
                _sales[^1] = (_sales[^1].From, Math.Max(_sales[^1].To, window.To));
            }
            else
            {
                _sales.Add((window.From, window.To));
            }
        }
    }

    /// <summary>The latest opening that has come, if one is known; and the next one, if nothing is on sale and one is known.</summary>
    public (DateTimeOffset? Last, DateTimeOffset? Next) At(DateTimeOffset now)
    {
        var at = now.ToUnixTimeMilliseconds();
        var next = _sales.FindIndex(sale => sale.From > at);
        var last = (next < 0 ? _sales.Count : next) - 1;
        var isOnSale = last >= 0 && at < _sales[last].To;
        return (
            last < 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(_sales[last].From),
            next < 0 || isOnSale ? null : DateTimeOffset.FromUnixTimeMilliseconds(_sales[next].From));
    }
}
