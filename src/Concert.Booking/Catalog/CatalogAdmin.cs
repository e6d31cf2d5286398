using System.Text.Json;
using Concert.Booking.Calls;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Storage;

namespace Concert.Booking.Catalog;

/// <summary>
/// Creating concerts and schedules. The inventories' counters and the place in the list are written first and the schedule last, so that a schedule that can
/// be seen is whole; a crash in between leaves counters and a line of the list that nothing refers to.
/// </summary>
public sealed class CatalogAdmin(
    IDocumentStore store, StoreLoop loop, CatalogReader catalog, ConcertListing listing, IdempotencyClaims claims, IdGenerator ids, TimeProvider time) : ICatalogAdmin
{
    private const int MaxAttempts = 10;
    private const int ConcertIdLength = 8;
    private const int ScheduleIdLength = 6;

    /// <summary>Of a schedule as it is stored; half of what the smaller store takes.</summary>
    private const int MaxDocumentBytes = 1_000_000;

    public async Task<Result<CreatedConcert>> CreateConcertAsync(NewConcert request, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var read = ScheduleValidation.ReadName(request.Name, []);
        if (read.IsRefused(out var refusal))
        {
            return refusal;
        }

        var name = read.Value;
        var now = time.GetUtcNow();
        var id = ids.NewCatalogId("c", ConcertIdLength);
        if (KeyedCall.OfStaff("concert", idempotencyKey, name) is { } keyed)
        {
            var claimed = await claims.FindOrTakeAsync(keyed, id, now, cancellationToken);
            if (claimed.IsRefused(out refusal))
            {
                return refusal;
            }

            id = claimed.Value.Resource;
        }

        var concert = new ConcertDocument(name, now.ToUnixTimeMilliseconds());
        var partition = new PartitionRef(DocumentContainer.Catalog, id);
        var stands = await loop.RunAsync(
            partition,
            MaxAttempts,
            async token => await store.ReadAsync(partition, concert.Id, token) is { } there
                ? new Attempt<ConcertDocument>([], DocumentJson.Read<ConcertDocument>(there))
                : new Attempt<ConcertDocument>([DocumentJson.Put(concert, null)], concert),
            cancellationToken);
        return new CreatedConcert(id, stands.Name);
    }

    public async Task<Result<CreatedSchedule>> CreateScheduleAsync(NewSchedule request, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var checkedRequest = ScheduleValidation.Check(request);
        if (checkedRequest.IsRefused(out var refusal))
        {
            return refusal;
        }

        var valid = checkedRequest.Value;
        var keyed = KeyedCall.OfStaff("schedule", idempotencyKey, JsonSerializer.Serialize(valid.InUtc(), ValidScheduleJson.Default.ValidSchedule));
        var known = await claims.FindAsync(keyed, cancellationToken);
        if (known.IsRefused(out refusal))
        {
            return refusal;
        }

        var now = time.GetUtcNow();
        var id = known.Value?.Resource ?? ids.NewCatalogId($"{valid.ConcertId}-", ScheduleIdLength);
        var schedule = new ScheduleDocument(
            id, valid.OpenAt, valid.CloseAt, valid.BookingStartAt, valid.BookingEndAt, valid.Sections, valid.Inventories)
        {
            Grades = valid.Grades,
            MaxPerUser = valid.MaxPerUser,
            CreatedAt = known.Value?.At ?? now.ToUnixTimeMilliseconds(),
        };
        if (known.Value is null)
        {
            if (await RefuseAsync(schedule, valid.ConcertId, now, cancellationToken) is { } refused)
            {
                return refused;
            }

            if (keyed is not null)
            {
                var claimed = await claims.TakeAsync(keyed, id, now, cancellationToken);
                if (claimed.IsRefused(out refusal))
                {
                    return refusal;
                }

                schedule = schedule with { ScheduleId = claimed.Value.Resource, CreatedAt = claimed.Value.At };
            }
        }

        // Also for a repeat: the first call may have died in between. What is there stays as it is.
        foreach (var chunk in schedule.Inventories.Chunk(16))
        {
            await Task.WhenAll(chunk.Select(i => CreateCountersAsync(new SectionRef(schedule.ScheduleId, i.Key), i.Quantity, cancellationToken)));
        }

        await listing.AddAsync(schedule, cancellationToken);
        var published = await PublishAsync(valid.ConcertId, schedule, cancellationToken);
        listing.Forget();
        return View(published);
    }

    /// <summary>Checks that only a new request must pass: a repeat passed them when it was new.</summary>
    private async Task<Refusal?> RefuseAsync(ScheduleDocument schedule, string concertId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (schedule.CloseAt <= now)
        {
            return Refusal.Invalid("closeAt must be in the future.");
        }

        if (concertId.Length > SectionRef.MaxIdLength || await catalog.FindConcertAsync(concertId, cancellationToken) is null)
        {
            return Refusal.NotYours("concert");
        }

        return RefuseSize(schedule);
    }

    internal static Refusal? RefuseSize(ScheduleDocument schedule) =>
        DocumentJson.Write(schedule).Length > MaxDocumentBytes
            ? Refusal.Invalid(
                $"The schedule is too large to keep ({MaxDocumentBytes} bytes): give places of one price or grade as ranges or rows, or make more than one schedule.")
            : null;

    private Task<bool> CreateCountersAsync(SectionRef inventory, long capacity, CancellationToken cancellationToken) => loop.RunAsync(
        inventory.Partition,
        MaxAttempts,
        async token => new Attempt<bool>(
            await store.ReadAsync(inventory.Partition, CountersDocument.DocumentId, token) is null
                ? [DocumentJson.Put(new CountersDocument(capacity, 0, 0), null)]
                : [],
            true),
        cancellationToken);

    private Task<ScheduleDocument> PublishAsync(string concertId, ScheduleDocument schedule, CancellationToken cancellationToken)
    {
        var partition = new PartitionRef(DocumentContainer.Catalog, concertId);
        return loop.RunAsync(
            partition,
            MaxAttempts,
            async token => await store.ReadAsync(partition, schedule.Id, token) is { } there
                ? new Attempt<ScheduleDocument>([], DocumentJson.Read<ScheduleDocument>(there))
                : new Attempt<ScheduleDocument>([DocumentJson.Put(schedule, null)], schedule),
            cancellationToken);
    }

    internal static CreatedSection View(ScheduleDocument schedule, SectionPlan section) =>
        new(section.Name, [.. SeatIds(new SectionRef(schedule.ScheduleId, section.Key), section)]);

    private static CreatedSchedule View(ScheduleDocument schedule) => new(
        schedule.ScheduleId,
        [.. schedule.Sections.Select(s => View(schedule, s))],
        [.. schedule.Inventories.Select(i => new CreatedInventory(new SectionRef(schedule.ScheduleId, i.Key).InventoryId, i.Name))]);

    private static IEnumerable<string> SeatIds(SectionRef section, SectionPlan plan) =>
        plan.Runs.SelectMany(run => Enumerable.Range(run.From, run.Count)).Select(section.SeatId);
}

[System.Text.Json.Serialization.JsonSourceGenerationOptions(
    DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
[System.Text.Json.Serialization.JsonSerializable(typeof(ValidSchedule))]
internal sealed partial class ValidScheduleJson : System.Text.Json.Serialization.JsonSerializerContext;
