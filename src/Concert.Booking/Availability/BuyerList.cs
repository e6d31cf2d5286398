using System.Runtime.CompilerServices;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Paging;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Storage;

namespace Concert.Booking.Availability;

/// <summary>Lists the buyers of a schedule, for its staff. An interface because the API's tests speak for the domain.</summary>
public interface IBuyerList
{
    /// <summary>
    /// A page, in the order of <see cref="ReadAllAsync"/>; it may be short and have a continuation all the same. Refusals: not-yours (404) for an unknown
    /// schedule, invalid-request for statuses or a continuation that are none.
    /// </summary>
    Task<Result<Paged<ReservationView>>> ListAsync(string scheduleId, string? statuses, string? continuation, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// All of it, read as it is asked for: sections and inventories in the order of the plan, each in the order of ids. Refusals as of <see cref="ListAsync"/>.
    /// </summary>
    Task<Result<BuyerRows>> ReadAllAsync(string scheduleId, string? statuses, CancellationToken cancellationToken);
}

/// <summary>A schedule's reservations, not read yet. A store that is away too long ends it with <see cref="StoreUnavailableException"/>.</summary>
public sealed record BuyerRows(IAsyncEnumerable<BuyerRow> Rows);

/// <summary>A reservation, and the section or inventory that it is in.</summary>
public readonly record struct BuyerRow(string Place, ReservationView Reservation);

/// <summary>Reads reservations section by section, so that memory does not grow with the house.</summary>
public sealed class BuyerList(IDocumentStore store, CatalogReader catalog, TimeProvider time) : IBuyerList
{
    private const int MaxRounds = 100;
    private const int MaxAttempts = 6;
    private const int PageSize = 500;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);

    /// <summary>Statuses of what has places or had them; a request that was refused says nothing of the house.</summary>
    private static readonly Dictionary<string, ReservationStatus> Listed = new[]
    {
        ReservationStatus.Confirmed, ReservationStatus.Held, ReservationStatus.Paying, ReservationStatus.Cancelled, ReservationStatus.Expired,
    }.ToDictionary(s => s.Name(), StringComparer.Ordinal);

    public async Task<Result<Paged<ReservationView>>> ListAsync(
        string scheduleId, string? statuses, string? continuation, int limit, CancellationToken cancellationToken)
    {
        var found = await FindAsync(scheduleId, statuses, cancellationToken);
        if (found.IsRefused(out var refusal))
        {
            return refusal;
        }

        var (schedule, wanted) = found.Value;
        List<SectionRef> sections = [.. ScheduleSections.Of(schedule)];
        var begin = Place.Read(continuation, sections);
        if (begin.IsRefused(out refusal))
        {
            return refusal;
        }

        var (at, after) = begin.Value;
        var items = new List<ReservationView>();
        for (var round = 0; round < MaxRounds && at < sections.Count && items.Count < limit; round++)
        {
            var page = await store.QueryAsync(sections[at].Partition, Query(after, limit - items.Count, wanted), cancellationToken);
            items.AddRange(page.Items.Select(item => View(sections[at], item, schedule)));
            (at, after) = page.Continuation is { } next ? (at, next) : (at + 1, null);
        }

        return new Paged<ReservationView>(items, new Place(at, after).Write(sections));
    }

    public async Task<Result<BuyerRows>> ReadAllAsync(string scheduleId, string? statuses, CancellationToken cancellationToken)
    {
        var found = await FindAsync(scheduleId, statuses, cancellationToken);
        return found.IsRefused(out var refusal) ? refusal : new BuyerRows(RowsAsync(found.Value.Schedule, found.Value.Statuses, cancellationToken));
    }

    private async Task<Result<(ScheduleDocument Schedule, IReadOnlyList<string> Statuses)>> FindAsync(
        string scheduleId, string? statuses, CancellationToken cancellationToken)
    {
        string[] wanted = statuses is null ? [.. Listed.Keys] : statuses.Split(',');
        if (wanted.Length > Listed.Count || !wanted.All(Listed.ContainsKey))
        {
            return Refusal.Invalid($"status must be one or more of {string.Join(", ", Listed.Keys)}, with commas between them.");
        }

        return await catalog.FindScheduleAsync(scheduleId, cancellationToken) is { } schedule ? (schedule, (IReadOnlyList<string>)wanted) : Refusal.NotYours("schedule");
    }

    private async IAsyncEnumerable<BuyerRow> RowsAsync(
        ScheduleDocument schedule, IReadOnlyList<string> statuses, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var section in ScheduleSections.Of(schedule))
        {
            var name = NameOf(section, schedule);
            string? after = null;
            do
            {
                var page = await ReadAsync(section, Query(after, PageSize, statuses), cancellationToken);
                foreach (var item in page.Items)
                {
                    yield return new BuyerRow(name, View(section, item, schedule));
                }

                after = page.Continuation;
            }
            while (after is not null);
        }
    }

    /// <summary>Waits for a store that is busy or away for a moment, because an answer that is half written cannot become a 503.</summary>
    private async Task<DocumentPage> ReadAsync(SectionRef section, PartitionQuery query, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await store.QueryAsync(section.Partition, query, cancellationToken);
            }
            catch (StoreUnavailableException away) when (attempt < MaxAttempts)
            {
                var wait = away.RetryAfter ?? TimeSpan.FromMilliseconds(50 << attempt);
                await Task.Delay(wait < MaxWait ? wait : MaxWait, time, cancellationToken);
            }
        }
    }

    private static PartitionQuery Query(string? after, int limit, IReadOnlyList<string> statuses) =>
        new(ReservationDocument.Prefix, after, limit, statuses);

    private static ReservationView View(SectionRef section, StoredDocument stored, ScheduleDocument schedule)
    {
        var reservation = DocumentJson.Read<ReservationDocument>(stored);
        return ReservationViews.View(section, reservation, schedule) with { UserId = reservation.UserId };
    }

    private static string NameOf(SectionRef section, ScheduleDocument schedule) => section.IsInventory
        ? schedule.Inventory(section.Section)!.Name
        : schedule.Section(section.Section)!.Name;

    /// <summary>The beginning of the next page: the section, by its number in the plan, and the id of the last document before.</summary>
    private readonly record struct Place(int Section, string? After)
    {
        private const char Between = '/';

        public string? Write(List<SectionRef> sections) =>
            Section < sections.Count ? ListContinuation.Write(sections[Section].Section + Between + After) : null;

        public static Result<Place> Read(string? continuation, List<SectionRef> sections)
        {
            var text = ListContinuation.Read(continuation, "");
            if (text.IsRefused(out var refusal))
            {
                return refusal;
            }

            return text.Value?.Split(Between) switch
            {
                null => new Place(0, null),
                [var key, var after] when sections.FindIndex(s => s.Section == key) is >= 0 and var at
                    && (after.Length == 0 || after.StartsWith(ReservationDocument.Prefix, StringComparison.Ordinal)) => new Place(at, after.Length == 0 ? null : after),
                _ => ListContinuation.Invalid,
            };
        }
    }
}
