using System.Text.Json;
using System.Text.Json.Serialization;
using Concert.Booking.Calls;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.Storage;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Catalog;

/// <summary>
/// Changes a schedule that is on sale. What decides is one batch under ETags, which also says that the call was carried out; what goes before it (counters of
/// a new inventory, the list) is of no effect without it, and what comes after it (more places, the list again) is done again by a repeat of the call.
/// </summary>
public sealed class ScheduleEditor(
    IDocumentStore store,
    StoreLoop loop,
    CatalogReader catalog,
    ConcertListing listing,
    IdempotencyClaims claims,
    IdGenerator ids,
    TimeProvider time,
    IOptions<BookingOptions> options) : IScheduleEditor
{
    private const int MaxAttempts = 10;
    private const int OperationLength = 16;

    public async Task<Result<ScheduleDetails>> ChangeAsync(string scheduleId, ScheduleChange request, string? idempotencyKey, CancellationToken cancellationToken)
    {
        if (!SectionRef.TryParseSchedule(scheduleId, out var concertId))
        {
            return Refusal.NotYours("schedule");
        }

        var keyed = KeyedCall.OfStaff(
            "change-schedule", idempotencyKey, scheduleId, JsonSerializer.Serialize(request.InUtc(), ScheduleChangeJson.Default.ScheduleChange));
        var known = await claims.FindAsync(keyed, cancellationToken);
        if (known.IsRefused(out var refusal))
        {
            return refusal;
        }

        var operation = known.Value?.Resource ?? ids.NewCatalogId("op", OperationLength);
        var partition = new PartitionRef(DocumentContainer.Catalog, concertId);
        if (known.Value is null)
        {
            // Before the key is claimed: what cannot be done claims nothing.
            var tried = await LookAsync(partition, scheduleId, operation, request, cancellationToken);
            if (tried.Result.IsRefused(out refusal))
            {
                return refusal;
            }

            if (keyed is not null)
            {
                var claimed = await claims.TakeAsync(keyed, operation, time.GetUtcNow(), cancellationToken);
                if (claimed.IsRefused(out refusal))
                {
                    return refusal;
                }

                operation = claimed.Value.Resource;
            }
        }

        var edited = await loop.RunAsync(partition, MaxAttempts, token => DecideAsync(partition, scheduleId, operation, request, token), cancellationToken);
        if (edited.IsRefused(out refusal))
        {
            return refusal;
        }

        var schedule = edited.Value.Schedule;
        catalog.Forget(scheduleId);
        foreach (var inventory in schedule.Inventories.Where(i => request.Inventories?.Any(named => PlainNameOf(named) == i.Name) is true))
        {
            await RaiseAsync(new SectionRef(scheduleId, inventory.Key), inventory.Quantity, cancellationToken);
        }

        await listing.SettleAsync(schedule, edited.Value.Revision, cancellationToken);
        listing.Forget();
        return View(schedule, request);
    }

    private async Task<Attempt<Result<Edited>>> DecideAsync(
        PartitionRef partition, string scheduleId, string operation, ScheduleChange request, CancellationToken cancellationToken)
    {
        var look = await LookAsync(partition, scheduleId, operation, request, cancellationToken);
        if (look.IsDone || look.Result.IsRefused(out _))
        {
            return new Attempt<Result<Edited>>([], look.Result);
        }

        var after = look.Result.Value.Schedule;
        var revision = look.Result.Value.Revision;
        var (before, plan) = (look.Before!, look.Plan!.Value);
        List<DocumentOperation> operations =
        [
            DocumentJson.Put(new DoneDocument(operation, (int)options.Value.KeepIdempotencyKeys.TotalSeconds), null),
        ];
        if (!ReferenceEquals(after.Sections, before.Sections) || !ReferenceEquals(after.Inventories, before.Inventories))
        {
            after = after with { Version = before.Version + 1, Inventories = await WithKeysAsync(after, operation, cancellationToken) };
            operations.Add(DocumentJson.Put(after, plan.ETag));
        }

        if (IsListedOtherwise(before, after))
        {
            await listing.UnsettleAsync(before, after, revision, cancellationToken);
        }

        operations.Add(DocumentJson.Put(SaleDocument.Of(after, revision), look.SaleETag));
        return new Attempt<Result<Edited>>(operations, new Edited(after, revision));
    }

    /// <summary>The schedule as it is in the store, and what the change would make of it; when it is done already, as it is.</summary>
    private async Task<Look> LookAsync(PartitionRef partition, string scheduleId, string operation, ScheduleChange request, CancellationToken cancellationToken)
    {
        var stored = await store.ReadManyAsync(
            partition, [ScheduleDocument.Prefix + scheduleId, SaleDocument.IdOf(scheduleId), DoneDocument.IdOf(operation)], cancellationToken);
        if (DocumentJson.ReadVersioned<ScheduleDocument>(stored[0]) is not { } plan)
        {
            return new Look(null, null, null, false, Refusal.NotYours("schedule"));
        }

        var sale = DocumentJson.ReadVersioned<SaleDocument>(stored[1]);
        var before = sale is { Value: var changed } ? plan.Value.With(changed) : plan.Value;
        var revision = sale?.Value.Revision ?? 0;
        if (stored[2] is not null)
        {
            return new Look(before, plan, sale?.ETag, true, new Edited(before, revision));
        }

        var after = ScheduleChanges.Apply(before, request);
        return new Look(
            before,
            plan,
            sale?.ETag,
            false,
            after.IsRefused(out var refusal) ? refusal
                : CatalogAdmin.RefuseSize(after.Value) is { } tooLarge ? tooLarge
                : new Edited(after.Value, revision + 1));
    }

    private static bool IsListedOtherwise(ScheduleDocument before, ScheduleDocument after) =>
        (before.BookingStartAt, before.BookingEndAt, before.SalesPaused) != (after.BookingStartAt, after.BookingEndAt, after.SalesPaused);

    /// <summary>
    /// New inventories get the next keys for which there are no counters of somebody else, and their counters: a plan that can be seen is whole. Counters of
    /// a change that never came to be stay, and nothing refers to them.
    /// </summary>
    private async Task<IReadOnlyList<InventoryPlan>> WithKeysAsync(ScheduleDocument schedule, string operation, CancellationToken cancellationToken)
    {
        var inventories = schedule.Inventories.ToList();
        var next = inventories.Select(i => i.Key.Length > 1 ? int.Parse(i.Key.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture) : 0).Prepend(0).Max();
        for (var i = 0; i < inventories.Count; i++)
        {
            while (inventories[i].Key.Length == 0)
            {
                var section = new SectionRef(schedule.ScheduleId, $"g{++next}");
                if (await OwnCountersAsync(section, $"{operation}:{i}", inventories[i].Quantity, cancellationToken))
                {
                    inventories[i] = inventories[i] with { Key = section.Section };
                }
            }
        }

        return inventories;
    }

    /// <summary>Whether the counters are now there and this operation's.</summary>
    private Task<bool> OwnCountersAsync(SectionRef section, string owner, int quantity, CancellationToken cancellationToken) => loop.RunAsync(
        section.Partition,
        MaxAttempts,
        async token => await store.ReadAsync(section.Partition, CountersDocument.DocumentId, token) is { } there
            ? new Attempt<bool>([], DocumentJson.Read<CountersDocument>(there).Owner == owner)
            : new Attempt<bool>([DocumentJson.Put(new CountersDocument(quantity, 0, 0) { Owner = owner }, null)], true),
        cancellationToken);

    /// <summary>
    /// As many places as the plan says. They are added under the condition that nobody else has added any since they were counted; whoever holds or gives
    /// back meanwhile moves them between the counts and does not disturb.
    /// </summary>
    private Task<bool> RaiseAsync(SectionRef inventory, long quantity, CancellationToken cancellationToken) => loop.RunAsync(
        inventory.Partition,
        MaxAttempts,
        async token =>
        {
            var counters = DocumentJson.Read<CountersDocument>(
                await store.ReadAsync(inventory.Partition, CountersDocument.DocumentId, token)
                ?? throw new InvalidOperationException($"Inventory {inventory.PartitionKey} has no counters."));
            var more = quantity - counters.Capacity;
            var added = counters.Added + more;
            return new Attempt<bool>(
                more <= 0 ? [] : [new DocumentOperation.Increment(CountersDocument.DocumentId, [new("left", more), new("added", more, added, added)])], true);
        },
        cancellationToken);

    private static string? PlainNameOf(InventoryChange inventory) => ScheduleValidation.ReadName(inventory.Name, []) is { Refusal: null } name ? name.Value : null;

    private static ScheduleDetails View(ScheduleDocument schedule, ScheduleChange request)
    {
        var named = request.Sections?.Select(s => ScheduleValidation.ReadName(s.Name, []).Value).ToHashSet(StringComparer.Ordinal) ?? [];
        return new ScheduleDetails(
            schedule.ScheduleId,
            schedule.OpenAt,
            schedule.CloseAt,
            schedule.BookingStartAt,
            schedule.BookingEndAt,
            schedule.MaxPerUser,
            schedule.SalesPaused,
            [.. (schedule.Grades ?? []).Select(g => new GradeView(g.Code, g.Name, g.Price))],
            [.. schedule.Sections.Where(s => named.Contains(s.Name)).Select(s => CatalogAdmin.View(schedule, s))],
            [.. schedule.Inventories.Select(i => new InventoryDetails(new SectionRef(schedule.ScheduleId, i.Key).InventoryId, i.Name, i.Price, i.Quantity))]);
    }

    private sealed record Edited(ScheduleDocument Schedule, int Revision);

    private sealed record Look(ScheduleDocument? Before, Versioned<ScheduleDocument>? Plan, string? SaleETag, bool IsDone, Result<Edited> Result);
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ScheduleChange))]
internal sealed partial class ScheduleChangeJson : JsonSerializerContext;
