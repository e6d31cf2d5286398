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
}

/// <summary>A numbered section: its places as runs of consecutive numbers at one price, in ascending order.</summary>
public sealed record SectionPlan(string Key, string Name, IReadOnlyList<SeatRun> Runs)
{
    public int SeatCount => Runs.Sum(r => r.Count);

    /// <summary>Price in won and index (from 0) of a seat; null when the section has no such number.</summary>
    public (long Price, int Index)? Find(int number)
    {
        var before = 0;
        foreach (var run in Runs)
        {
            if (number < run.From)
            {
                return null;
            }

            if (number <= run.To)
            {
                return (run.Price, before + number - run.From);
            }

            before += run.Count;
        }

        return null;
    }
}

/// <summary>Seats <see cref="From"/> to <see cref="To"/>, both included.</summary>
public readonly record struct SeatRun(int From, int To, long Price)
{
    internal int Count => To - From + 1;
}

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
