using System.Text.Json;
using Concert.Booking.Identity;
using Concert.Booking.Reservations;
using Concert.Booking.Shared;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Catalog;

/// <summary>
/// Creating concerts and schedules. The sections' counters are written first and the schedule last, so that a schedule that can be seen is whole;
/// a crash in between leaves counters that nothing refers to.
/// </summary>
public sealed class CatalogAdmin(
    IDocumentStore store, StoreLoop loop, CatalogReader catalog, IdMinter minter, TimeProvider time, IOptions<BookingOptions> options)
{
    private const int MaxAttempts = 10;
    private const int ConcertIdLength = 8;
    private const int ScheduleIdLength = 6;

    public async Task<Result<CreatedConcert>> CreateConcertAsync(NewConcert request, string? idempotencyKey, CancellationToken cancellationToken)
    {
        if (ScheduleValidation.CheckName(request.Name, []) is { } wrong)
        {
            return wrong;
        }

        var name = request.Name!.Trim();
        var id = minter.NewCatalogId("c", ConcertIdLength, "concert", idempotencyKey);
        var concert = new ConcertDocument(name, RequestRegister.Hash(name), time.GetUtcNow().ToUnixTimeMilliseconds(), null);
        var partition = new PartitionRef(DocumentContainer.Catalog, id);
        var stands = await loop.RunAsync(
            partition,
            MaxAttempts,
            async token => await store.ReadAsync(partition, concert.Id, token) is { } there
                ? new Attempt<ConcertDocument>([], DocumentJson.Read<ConcertDocument>(there))
                : new Attempt<ConcertDocument>([DocumentJson.Put(concert, null)], concert),
            cancellationToken);
        return stands.CreatedHash == concert.CreatedHash ? new CreatedConcert(id, stands.Name) : RequestRegister.Mismatch;
    }

    public async Task<Result<CreatedSchedule>> CreateScheduleAsync(NewSchedule request, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var checkedRequest = ScheduleValidation.Check(request);
        if (checkedRequest.IsRefused(out var refusal))
        {
            return refusal;
        }

        var valid = checkedRequest.Value;
        if (valid.CloseAt <= time.GetUtcNow())
        {
            return Refusal.Invalid("closeAt must be in the future.");
        }

        if (valid.ConcertId.Length > SectionRef.MaxIdLength || await catalog.FindConcertAsync(valid.ConcertId, cancellationToken) is null)
        {
            return Refusal.NotYours("concert");
        }

        var hash = RequestRegister.Hash(JsonSerializer.Serialize(valid, ValidScheduleJson.Default.ValidSchedule));
        var id = minter.NewCatalogId($"{valid.ConcertId}-", ScheduleIdLength, $"schedule\n{valid.ConcertId}", idempotencyKey);
        var schedule = new ScheduleDocument(
            id, hash, valid.OpenAt, valid.CloseAt, valid.BookingStartAt, valid.BookingEndAt, valid.Sections, valid.Inventories);
        if (DocumentJson.Write(schedule).Length > 1_000_000)
        {
            return Refusal.Invalid("The schedule is too large; give seats of one price as {from, to, price}.");
        }

        if (idempotencyKey is not null && !await ClaimAsync(valid.ConcertId, schedule, idempotencyKey, cancellationToken))
        {
            return RequestRegister.Mismatch;
        }

        foreach (var chunk in ScheduleSections.Of(schedule).Chunk(16))
        {
            await Task.WhenAll(chunk.Select(section => CreateCountersAsync(section, CapacityOf(schedule, section), cancellationToken)));
        }

        var stands = await PublishAsync(valid, schedule, cancellationToken);
        return stands.CreatedHash == hash ? View(stands) : RequestRegister.Mismatch;
    }

    /// <summary>
    /// False when the key came with another body before. That body's counters may be there without a schedule, and must not become another's capacity.
    /// </summary>
    private Task<bool> ClaimAsync(string concertId, ScheduleDocument schedule, string idempotencyKey, CancellationToken cancellationToken)
    {
        var partition = new PartitionRef(DocumentContainer.Catalog, concertId);
        var claim = new IdempotencyDocument(
            "schedule", RequestRegister.Hash(idempotencyKey), schedule.CreatedHash, schedule.ScheduleId, null, (int)options.Value.KeepIdempotencyKeys.TotalSeconds);
        return loop.RunAsync(
            partition,
            MaxAttempts,
            async token => await store.ReadAsync(partition, claim.Id, token) is { } there
                ? new Attempt<bool>([], DocumentJson.Read<IdempotencyDocument>(there).RequestHash == claim.RequestHash)
                : new Attempt<bool>([DocumentJson.Put(claim, null)], true),
            cancellationToken);
    }

    private static long CapacityOf(ScheduleDocument schedule, SectionRef section) => section.IsInventory
        ? schedule.Inventories.First(i => i.Key == section.Section).Quantity
        : schedule.Sections.First(s => s.Key == section.Section).SeatCount;

    private Task<bool> CreateCountersAsync(SectionRef section, long capacity, CancellationToken cancellationToken) => loop.RunAsync(
        section.Partition,
        MaxAttempts,
        async token => new Attempt<bool>(
            await store.ReadAsync(section.Partition, CountersDocument.DocumentId, token) is null
                ? [DocumentJson.Put(new CountersDocument(capacity, 0, 0, 0, 0), null)]
                : [],
            true),
        cancellationToken);

    private Task<ScheduleDocument> PublishAsync(ValidSchedule valid, ScheduleDocument schedule, CancellationToken cancellationToken)
    {
        var partition = new PartitionRef(DocumentContainer.Catalog, valid.ConcertId);
        return loop.RunAsync(
            partition,
            MaxAttempts,
            async token =>
            {
                var stored = await store.ReadManyAsync(partition, [schedule.Id, ConcertDocument.DocumentId], token);
                if (stored[0] is { } there)
                {
                    return new Attempt<ScheduleDocument>([], DocumentJson.Read<ScheduleDocument>(there));
                }

                var concert = DocumentJson.Read<ConcertDocument>(stored[1]!);
                var saleEnds = Math.Max(concert.SaleEndsAt ?? 0, valid.BookingEndAt.ToUnixTimeMilliseconds());
                return new Attempt<ScheduleDocument>(
                    [DocumentJson.Put(schedule, null), DocumentJson.Put(concert with { SaleEndsAt = saleEnds }, stored[1]!.ETag)], schedule);
            },
            cancellationToken);
    }

    private static CreatedSchedule View(ScheduleDocument schedule) => new(
        schedule.ScheduleId,
        [.. schedule.Sections.Select(s => new CreatedSection(s.Name, [.. SeatIds(new SectionRef(schedule.ScheduleId, s.Key), s)]))],
        [.. schedule.Inventories.Select(i => new CreatedInventory(new SectionRef(schedule.ScheduleId, i.Key).InventoryId, i.Name))]);

    private static IEnumerable<string> SeatIds(SectionRef section, SectionPlan plan) =>
        plan.Runs.SelectMany(run => Enumerable.Range(run.From, run.Count)).Select(section.SeatId);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(ValidSchedule))]
internal sealed partial class ValidScheduleJson : System.Text.Json.Serialization.JsonSerializerContext;
