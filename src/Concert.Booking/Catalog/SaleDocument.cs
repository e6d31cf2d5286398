using System.Text.Json.Serialization.Metadata;
using Concert.Booking.Storage;

namespace Concert.Booking.Catalog;

/// <summary>
/// What changes of a schedule while it is on sale: small, beside the schedule in its concert's partition, and read again and again by every instance. It is
/// written when the schedule is first changed, and from then on it says these things instead of the schedule's document.
/// </summary>
/// <param name="ScheduleId">The schedule.</param>
/// <param name="Revision">Grows by one with each change.</param>
/// <param name="Plan">The <see cref="ScheduleDocument.Version"/> of the plan that goes with it.</param>
/// <param name="OpenAt">Doors open.</param>
/// <param name="CloseAt">Doors close.</param>
/// <param name="BookingStartAt">Booking begins.</param>
/// <param name="BookingEndAt">Booking ends.</param>
public sealed record SaleDocument(
    string ScheduleId,
    int Revision,
    int Plan,
    DateTimeOffset OpenAt,
    DateTimeOffset CloseAt,
    DateTimeOffset BookingStartAt,
    DateTimeOffset BookingEndAt) : IDocument<SaleDocument>
{
    static JsonTypeInfo<SaleDocument> IDocument<SaleDocument>.Json => CatalogJson.Default.SaleDocument;

    public const string Prefix = "sale:";

    public string Id => IdOf(ScheduleId);

    public string Type => "sale";

    public IReadOnlyList<GradePlan>? Grades { get; init; }

    /// <summary>Live places of one user; null for the setting's.</summary>
    public int? MaxPerUser { get; init; }

    /// <summary>Nothing is held until staff go on.</summary>
    public bool SalesPaused { get; init; }

    /// <summary>For good: once it is set, nothing of the schedule changes any more.</summary>
    public CalledOff? CalledOff { get; init; }

    public static string IdOf(string scheduleId) => Prefix + scheduleId;

    /// <summary>The state as the schedule itself has it.</summary>
    public static SaleDocument Of(ScheduleDocument schedule, int revision) => new(
        schedule.ScheduleId, revision, schedule.Version, schedule.OpenAt, schedule.CloseAt, schedule.BookingStartAt, schedule.BookingEndAt)
    {
        Grades = schedule.Grades,
        MaxPerUser = schedule.MaxPerUser,
        SalesPaused = schedule.SalesPaused,
        CalledOff = schedule.CalledOff,
    };
}

/// <summary>A schedule was called off: when, and the reason that staff gave, which buyers see.</summary>
public sealed record CalledOff(DateTimeOffset At, string Reason);

/// <summary>Says that a call of staff was carried out, in the batch that did it, so that a repeat finds its work done. Kept as long as an Idempotency-Key.</summary>
/// <param name="Operation">Of the claim or of one run.</param>
/// <param name="Ttl">Seconds.</param>
public sealed record DoneDocument(string Operation, int Ttl) : IDocument<DoneDocument>
{
    static JsonTypeInfo<DoneDocument> IDocument<DoneDocument>.Json => CatalogJson.Default.DoneDocument;

    public string Id => IdOf(Operation);

    public string Type => "done";

    public static string IdOf(string operation) => "done:" + operation;
}
