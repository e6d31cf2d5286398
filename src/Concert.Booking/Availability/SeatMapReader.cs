using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Reservations;
using Concert.Booking.States;

namespace Concert.Booking.Availability;

/// <summary>
/// The seat map: the schedule's plan with what is taken laid over it. A section is rendered again only when something of it has changed, so that a change
/// costs the same in a small house and in a large one; the map is its sections one after the other.
/// </summary>
public sealed class SeatMapReader(CatalogReader catalog, ScheduleSections sections) : ISeatMaps
{
    private const int MaxKeptSections = 2_048;
    private const int MaxKeptMaps = 64;
    private const int ETagLength = 15;

    private readonly ConcurrentDictionary<(SectionRef Section, bool All), Rendered> _sections = new();
    private readonly ConcurrentDictionary<(string ScheduleId, bool All), SeatMap> _maps = new();

    public async Task<Result<SeatMap>> GetAsync(string scheduleId, bool includeAll, CancellationToken cancellationToken)
    {
        var schedule = await catalog.FindScheduleAsync(scheduleId, cancellationToken);
        if (schedule is null)
        {
            return Refusal.NotYours("schedule");
        }

        var snapshots = await sections.SnapshotAsync(schedule, cancellationToken);
        List<Rendered> numbered = [.. schedule.Sections.Zip(snapshots, (plan, snapshot) => Section(schedule, plan, snapshot, includeAll))];
        var inventories = JsonSerializer.SerializeToUtf8Bytes(
            [.. schedule.Inventories.Zip(snapshots.Skip(schedule.Sections.Count), (plan, snapshot) => View(schedule, plan, snapshot))],
            SeatMapJson.Default.InventoryViewArray);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        numbered.ForEach(section => hash.AppendData(section.Hash));
        hash.AppendData(inventories);
        var etag = $"\"{Base64Url.EncodeToString(hash.GetHashAndReset().AsSpan(0, ETagLength))}\"";
        if (_maps.TryGetValue((scheduleId, includeAll), out var kept) && kept.ETag == etag)
        {
            return kept;
        }

        var map = new SeatMap(etag, Join(schedule, numbered, inventories));
        MakeRoom(_maps, MaxKeptMaps);
        return _maps[(scheduleId, includeAll)] = map;
    }

    private Rendered Section(ScheduleDocument schedule, SectionPlan plan, SectionSnapshot snapshot, bool includeAll)
    {
        var key = (new SectionRef(schedule.ScheduleId, plan.Key), includeAll);
        if (_sections.TryGetValue(key, out var kept) && kept.Of.Span.SequenceEqual(snapshot.Content.Span))
        {
            return kept;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes([.. Seats(key.Item1, plan, snapshot, includeAll)], SeatMapJson.Default.SeatViewArray);
        MakeRoom(_sections, MaxKeptSections);
        return _sections[key] = new Rendered(snapshot.Content, json, SHA256.HashData(json));
    }

    private static IEnumerable<SeatView> Seats(SectionRef section, SectionPlan plan, SectionSnapshot snapshot, bool includeAll)
    {
        var taken = snapshot.Seats();
        foreach (var run in plan.Runs)
        {
            for (var number = run.From; number <= run.To; number++)
            {
                var status = taken.GetValueOrDefault(number, SeatStatus.Available);
                if (includeAll || status == SeatStatus.Available)
                {
                    yield return new SeatView(section.SeatId(number), plan.Name, number, run.Price, includeAll ? status.Name() : null);
                }
            }
        }
    }

    private static InventoryView View(ScheduleDocument schedule, InventoryPlan plan, SectionSnapshot snapshot) =>
        new(new SectionRef(schedule.ScheduleId, plan.Key).InventoryId, plan.Name, plan.Price, plan.Quantity, snapshot.Left);

    /// <summary>The JSON of a <see cref="SeatMapView"/>.</summary>
    private static byte[] Join(ScheduleDocument schedule, List<Rendered> numbered, byte[] inventories)
    {
        using var json = new MemoryStream(numbered.Sum(s => s.Json.Length) + inventories.Length + 256);
        json.Write(Encoding.UTF8.GetBytes($$"""{"concertScheduleId":"{{JsonEncodedText.Encode(schedule.ScheduleId)}}","seats":["""));
        var isFirst = true;
        foreach (var section in numbered)
        {
            var seats = section.Json.AsSpan(1..^1);
            if (seats.Length > 0)
            {
                json.Write(isFirst ? [] : ","u8);
                json.Write(seats);
                isFirst = false;
            }
        }

        json.Write("],\"inventories\":"u8);
        json.Write(inventories);
        json.Write("}"u8);
        return json.ToArray();
    }

    private static void MakeRoom<TKey, TValue>(ConcurrentDictionary<TKey, TValue> kept, int max)
        where TKey : notnull
    {
        if (kept.Count >= max)
        {
            kept.Clear();
        }
    }

    /// <summary>A section's seats as a JSON array, and what it was rendered from.</summary>
    private sealed record Rendered(ReadOnlyMemory<byte> Of, byte[] Json, byte[] Hash);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SeatView[]))]
[JsonSerializable(typeof(InventoryView[]))]
internal sealed partial class SeatMapJson : JsonSerializerContext;
