using System.ComponentModel;
using System.Text.Json.Serialization.Metadata;
using Concert.Booking.Storage;

namespace Concert.Booking.Catalog;

/// <summary>A concert; catalog partition = its id.</summary>
[ImmutableObject(true)]
public sealed record ConcertDocument(string Name, long CreatedAt) : IDocument<ConcertDocument>
{
    static JsonTypeInfo<ConcertDocument> IDocument<ConcertDocument>.Json => CatalogJson.Default.ConcertDocument;

    public const string DocumentId = "concert";

    public string Id => DocumentId;

    public string Type => "concert";
}

/// <summary>A schedule. Immutable once written, so that every instance may keep it for ever. Times in Unix ms with the offset they were given in minutes.</summary>
[ImmutableObject(true)]
public sealed record ScheduleDocument(
    string ScheduleId,
    DateTimeOffset OpenAt,
    DateTimeOffset CloseAt,
    DateTimeOffset BookingStartAt,
    DateTimeOffset BookingEndAt,
    IReadOnlyList<SectionPlan> Sections,
    IReadOnlyList<InventoryPlan> Inventories) : IDocument<ScheduleDocument>
{
    static JsonTypeInfo<ScheduleDocument> IDocument<ScheduleDocument>.Json => CatalogJson.Default.ScheduleDocument;

    public const string Prefix = "sched:";

    public string Id => Prefix + ScheduleId;

    public string Type => "schedule";

    /// <summary>Null when every place has a price of its own.</summary>
    public IReadOnlyList<GradePlan>? Grades { get; init; }

    public SectionPlan? Section(string key) => Sections.FirstOrDefault(s => s.Key == key);

    /// <summary>The price in won of the places of a run.</summary>
    public long PriceOf(SeatRun run) => run.Price ?? Grades!.First(g => g.Code == run.Grade).Price;
}

/// <summary>Places that are sold at one price, won, and are called alike.</summary>
public sealed record GradePlan(string Code, string Name, long Price);

/// <summary>A general-admission inventory: equal places, counted.</summary>
public sealed record InventoryPlan(string Key, string Name, int Quantity, long Price);

/// <summary>
/// The counts of one inventory; they move by increments in the batch that moves the places, and the floor of 0 keeps it from being oversold.
/// left + held + sold = capacity. A numbered section has none: its seats say it.
/// </summary>
public sealed record CountersDocument(long Left, long Held, long Sold) : IDocument<CountersDocument>
{
    static JsonTypeInfo<CountersDocument> IDocument<CountersDocument>.Json => CatalogJson.Default.CountersDocument;

    public const string DocumentId = "counters";

    public string Id => DocumentId;

    public string Type => "counters";
}
