using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Concert.Booking.Identity;
using Concert.Booking.Reservations;
using Concert.Booking.Shared;
using Concert.Booking.Storage;

namespace Concert.Booking.Catalog;

/// <summary>
/// The seat map: the schedule's plan with what is taken laid over it. Cached by the version of the sections' counters, which change in the batch that
/// changes the seats: a map is served from the cache only while no seat has changed.
/// </summary>
public sealed class SeatMapReader(IDocumentStore store, CatalogReader catalog, ISeatMapCache cache)
{
    private static readonly string[] Taken = [SeatStatus.Held, SeatStatus.Sold];

    public async Task<Result<SeatMap>> GetAsync(string scheduleId, bool includeAll, CancellationToken cancellationToken)
    {
        var schedule = await catalog.FindScheduleAsync(scheduleId, cancellationToken);
        if (schedule is null)
        {
            return Refusal.NotYours("schedule");
        }

        var counters = await ScheduleSections.ReadCountersAsync(store, schedule, cancellationToken);
        var version = string.Join(',', counters.Select(c => c.Counters.Version));
        var cached = await cache.GetOrBuildAsync(
            includeAll ? scheduleId + ":all" : scheduleId,
            version,
            async token => new CachedSeatMap(version, await RenderAsync(schedule, counters, includeAll, token)),
            cancellationToken);
        return new SeatMap($"\"{Base64Url.EncodeToString(SHA256.HashData(cached.Json.Span).AsSpan(0, 15))}\"", cached.Json);
    }

    private async Task<ReadOnlyMemory<byte>> RenderAsync(
        ScheduleDocument schedule, (SectionRef Section, CountersDocument Counters)[] counters, bool includeAll, CancellationToken cancellationToken)
    {
        var seats = new List<SeatView>();
        foreach (var plan in schedule.Sections)
        {
            var section = new SectionRef(schedule.ScheduleId, plan.Key);
            var taken = new Dictionary<int, string>();
            await foreach (var stored in ScheduleSections.ReadAllAsync(store, section, SeatDocument.Prefix, Taken, cancellationToken))
            {
                var seat = DocumentJson.Read<SeatDocument>(stored);
                taken[seat.Number] = seat.Status;
            }

            foreach (var run in plan.Runs)
            {
                for (var number = run.From; number <= run.To; number++)
                {
                    var status = taken.GetValueOrDefault(number, SeatStatus.Available);
                    if (includeAll || status == SeatStatus.Available)
                    {
                        seats.Add(new SeatView(section.SeatId(number), plan.Name, number, run.Price, includeAll ? status : null));
                    }
                }
            }
        }

        var inventories = schedule.Inventories.Select(plan =>
        {
            var section = new SectionRef(schedule.ScheduleId, plan.Key);
            return new InventoryView(section.InventoryId, plan.Name, plan.Price, plan.Quantity, counters.First(c => c.Section == section).Counters.Left);
        });
        return JsonSerializer.SerializeToUtf8Bytes(
            new SeatMapView(schedule.ScheduleId, seats, [.. inventories]), SeatMapJson.Default.SeatMapView);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SeatMapView))]
internal sealed partial class SeatMapJson : JsonSerializerContext;
