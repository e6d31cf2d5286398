using System.ComponentModel;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Concert.Booking.Ids;
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

/// <summary>
/// A schedule: its plan, and what was said when the plan was written. A version of it is immutable, so that every instance may keep it for ever; what has
/// changed since is in its <see cref="SaleDocument"/>.
/// </summary>
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

    /// <summary>Unix ms; null for a schedule of before that was kept.</summary>
    public long? CreatedAt { get; init; }

    /// <summary>Grows by one with each change of <see cref="Sections"/> or <see cref="Inventories"/>.</summary>
    public int Version { get; init; }

    /// <summary>Null when every place has a price of its own.</summary>
    public IReadOnlyList<GradePlan>? Grades { get; init; }

    /// <summary>Live places of one user; null for the setting's.</summary>
    public int? MaxPerUser { get; init; }

    /// <summary>Nothing is held until staff go on. Only the sale's document keeps it.</summary>
    [JsonIgnore]
    public bool SalesPaused { get; init; }

    /// <summary>Nothing is sold any more, and everybody gets everything back. Only the sale's document keeps it.</summary>
    [JsonIgnore]
    public CalledOff? CalledOff { get; init; }

    public SectionPlan? Section(string key) => Sections.FirstOrDefault(s => s.Key == key);

    public InventoryPlan? Inventory(string key) => Inventories.FirstOrDefault(i => i.Key == key);

    /// <summary>Whether it has these places: the seats of a section, or an inventory.</summary>
    public bool Has(SectionRef section, IReadOnlyList<int>? seats) =>
        seats is null ? !section.IsInventory || Inventory(section.Section) is not null : Section(section.Section) is { } plan && seats.All(key => plan.Find(key) is not null);

    /// <summary>As its sale stands.</summary>
    public ScheduleDocument With(SaleDocument sale) => this with
    {
        OpenAt = sale.OpenAt,
        CloseAt = sale.CloseAt,
        BookingStartAt = sale.BookingStartAt,
        BookingEndAt = sale.BookingEndAt,
        Grades = sale.Grades,
        MaxPerUser = sale.MaxPerUser,
        SalesPaused = sale.SalesPaused,
        CalledOff = sale.CalledOff,
    };

    /// <summary>The price in won of the places of a run.</summary>
    public long PriceOf(SeatRun run) => run.Price ?? Grades!.First(g => g.Code == run.Grade).Price;
}

/// <summary>Places that are sold at one price, won, and are called alike.</summary>
public sealed record GradePlan(string Code, string Name, long Price);

/// <summary>A general-admission inventory: equal places, counted.</summary>
public sealed record InventoryPlan(string Key, string Name, int Quantity, long Price);

/// <summary>
/// The counts of one inventory; they move by increments in the batch that moves the places, and the floor of 0 keeps it from being oversold.
/// left + held + sold + blocked = capacity. A numbered section has none: its seats say it.
/// </summary>
public sealed record CountersDocument(long Left, long Held, long Sold) : IDocument<CountersDocument>
{
    static JsonTypeInfo<CountersDocument> IDocument<CountersDocument>.Json => CatalogJson.Default.CountersDocument;

    public const string DocumentId = "counters";

    /// <summary>Places that staff have taken off sale.</summary>
    public long Blocked { get; init; }

    /// <summary>Places that have come since the counters were written.</summary>
    public long Added { get; init; }

    /// <summary>The change of the schedule that brought the inventory; null when it was there from the start.</summary>
    public string? Owner { get; init; }

    [JsonIgnore]
    public long Capacity => Left + Held + Sold + Blocked;

    public string Id => DocumentId;

    public string Type => "counters";
}
