using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Storage;

namespace Concert.Booking.Catalog;

/// <summary>
/// Where a schedule stands in the list of what is on sale. All of these are one partition, and their ids are in the order in which booking ends, so that
/// one range read finds what has not ended, however much has. Written before the schedule: the list may name one that is not there, and never misses one
/// that is. Before booking moves, the entries of both ends say no more than that the schedule has to be asked; afterwards one of them says how it stands.
/// </summary>
/// <param name="ScheduleId">The schedule.</param>
/// <param name="Until">When booking ends, Unix ms, rounded up.</param>
/// <param name="Ttl">Seconds until it is thrown away, long after it is of use.</param>
public sealed record ListingDocument(string ScheduleId, long Until, int Ttl) : IDocument<ListingDocument>
{
    static JsonTypeInfo<ListingDocument> IDocument<ListingDocument>.Json => CatalogJson.Default.ListingDocument;

    public const string Prefix = "listed:";

    /// <summary>How booking stands; null where the schedule has to be asked: it is being changed, or the entry is from before there were any.</summary>
    public ListedWindow? Window { get; init; }

    /// <summary>Of the change that wrote it last: see <see cref="SaleDocument.Revision"/>.</summary>
    public int Revision { get; init; }

    /// <summary>The entry that goes when this one stands.</summary>
    public string? Replaces { get; init; }

    /// <summary>No concert's id can be this partition's key: those begin with c.</summary>
    public static readonly PartitionRef Partition = new(DocumentContainer.Catalog, "listing");

    private static readonly TimeSpan KeptAfterwards = TimeSpan.FromDays(1);

    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Until:D15}:{ScheduleId}");

    public string Type => "listing";

    /// <summary>Before all that has not ended by then, and behind all that has.</summary>
    public static string After(DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{now.ToUnixTimeMilliseconds() + 1:D15}");

    public static ListingDocument Of(ScheduleDocument schedule, DateTimeOffset now)
    {
        var until = schedule.BookingEndAt.ToUnixTimeMilliseconds() + 1;
        var left = Math.Max(0, until - now.ToUnixTimeMilliseconds()) / 1000;
        return new ListingDocument(schedule.ScheduleId, until, (int)Math.Min(int.MaxValue, left + (long)KeptAfterwards.TotalSeconds));
    }
}

/// <summary>When a schedule can be booked, and whether staff have paused it or called it off.</summary>
public sealed record ListedWindow(DateTimeOffset From, DateTimeOffset To, bool IsPaused, bool IsCalledOff = false)
{
    public static ListedWindow Of(ScheduleDocument schedule) =>
        new(schedule.BookingStartAt, schedule.BookingEndAt, schedule.SalesPaused, schedule.CalledOff is not null);
}

/// <summary>Says that every schedule has its <see cref="ListingDocument"/>, also those from before there were any.</summary>
public sealed record ListingCompleteDocument : IDocument<ListingCompleteDocument>
{
    static JsonTypeInfo<ListingCompleteDocument> IDocument<ListingCompleteDocument>.Json => CatalogJson.Default.ListingCompleteDocument;

    public const string DocumentId = "complete";

    public string Id => DocumentId;

    public string Type => "listing-complete";
}

/// <summary>
/// A schedule in the list of all, the newest made first, which staff choose from. Beside the <see cref="ListingDocument"/>s, written with them, and never thrown
/// away. It may name a schedule that is not there.
/// </summary>
/// <param name="ScheduleId">The schedule.</param>
/// <param name="MadeAt">When it was made, Unix ms; for one of before that was kept, when its booking began as it was first planned.</param>
public sealed record ScheduleEntryDocument(string ScheduleId, long MadeAt) : IDocument<ScheduleEntryDocument>
{
    static JsonTypeInfo<ScheduleEntryDocument> IDocument<ScheduleEntryDocument>.Json => CatalogJson.Default.ScheduleEntryDocument;

    public const string Prefix = "made:";

    public string Id => $"{Prefix}{ListKey.NewestFirst(MadeAt)}:{ScheduleId}";

    public string Type => "schedule-entry";

    public static ScheduleEntryDocument Of(ScheduleDocument schedule) =>
        new(schedule.ScheduleId, schedule.CreatedAt ?? schedule.BookingStartAt.ToUnixTimeMilliseconds());
}

/// <summary>Says that every schedule has its <see cref="ScheduleEntryDocument"/>, also those from before there were any.</summary>
public sealed record DirectoryCompleteDocument : IDocument<DirectoryCompleteDocument>
{
    static JsonTypeInfo<DirectoryCompleteDocument> IDocument<DirectoryCompleteDocument>.Json => CatalogJson.Default.DirectoryCompleteDocument;

    public const string DocumentId = "complete-directory";

    public string Id => DocumentId;

    public string Type => "directory-complete";
}
