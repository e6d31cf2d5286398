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
using Concert.Booking.Settings;
using Concert.Booking.States;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Availability;

/// <summary>
/// The seat map: the schedule's plan with what is taken laid over it. A section is rendered again only when something of it has changed, so that a change
/// costs the same in a small house and in a large one; the map is its sections one after the other. While nothing of it has changed it is the same object,
/// so that what is made from it need not be made again.
/// </summary>
public sealed class SeatMapReader(CatalogReader catalog, ScheduleSections sections, IOptions<BookingOptions> booking) : ISeatMaps
{
    /// <summary>Of rendered sections: those of one house of 200,000 seats, in both forms, several times.</summary>
    private const long MaxKeptBytes = 256 * 1024 * 1024;
    private const int ETagLength = 15;

    /// <summary>Maps put together, of houses and of sections; they are their sections' bytes and little more.</summary>
    private const int MaxMaps = 1_024;

    private static readonly ReadOnlyMemory<byte> Comma = ","u8.ToArray();

    private readonly ConcurrentDictionary<(SectionRef Section, bool All), Rendered> _sections = new();
    private readonly ConcurrentDictionary<(string ScheduleId, string? Section, bool All), Composed> _maps = new();
    private readonly ConcurrentDictionary<string, Overview> _overviews = new(StringComparer.Ordinal);
    private long _keptBytes;

    /// <param name="scheduleId">The schedule.</param>
    /// <param name="section">Only this section or inventory; null for all.</param>
    /// <param name="includeAll">Also what is taken, and how each seat stands.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<Result<SeatMap>> GetAsync(string scheduleId, string? section, bool includeAll, CancellationToken cancellationToken)
    {
        var schedule = await catalog.FindScheduleAsync(scheduleId, cancellationToken);
        if (schedule is null)
        {
            return Refusal.NotYours("schedule");
        }

        var key = (scheduleId, section, includeAll);
        var before = _maps.TryGetValue(key, out var composed) && ReferenceEquals(composed.Of, schedule) ? composed : null;
        if ((before?.Asked ?? Part(schedule, section)) is not { } asked)
        {
            return Refusal.NotYours("section");
        }

        var snapshots = await sections.SnapshotAsync(asked, cancellationToken);
        var numbered = new Rendered[asked.Sections.Count];
        for (var i = 0; i < numbered.Length; i++)
        {
            numbered[i] = Section(asked, asked.Sections[i], snapshots[i], includeAll);
        }

        SectionSnapshot[] standing = [.. snapshots.Skip(numbered.Length)];
        if (before?.IsOf(numbered, standing) is true)
        {
            return before.Map;
        }

        if (_maps.Count >= MaxMaps)
        {
            _maps.Clear();
        }

        var map = Compose(asked, numbered, standing);
        _maps[key] = new Composed(schedule, asked, numbered, standing, map);
        return map;
    }

    /// <summary>The schedule with nothing but the section or inventory asked for; null when it has none of this name.</summary>
    private static ScheduleDocument? Part(ScheduleDocument schedule, string? section)
    {
        if (section is null)
        {
            return schedule;
        }

        var part = schedule with
        {
            Sections = [.. schedule.Sections.Where(s => s.Name == section)],
            Inventories = [.. schedule.Inventories.Where(i => i.Name == section)],
        };
        return part.Sections.Count + part.Inventories.Count > 0 ? part : null;
    }

    private static SeatMap Compose(ScheduleDocument schedule, Rendered[] numbered, SectionSnapshot[] standing)
    {
        var inventories = JsonSerializer.SerializeToUtf8Bytes(
            [.. schedule.Inventories.Zip(standing, (plan, snapshot) => View(schedule, plan, snapshot))], SeatMapJson.Default.InventoryViewArray);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Array.ForEach(numbered, rendered => hash.AppendData(rendered.Hash));
        hash.AppendData(inventories);
        return new SeatMap(Tag(hash.GetHashAndReset()), [.. Parts(schedule, numbered, inventories)]);
    }

    public async Task<Result<SeatMap>> OverviewAsync(string scheduleId, CancellationToken cancellationToken)
    {
        var schedule = await catalog.FindScheduleAsync(scheduleId, cancellationToken);
        if (schedule is null)
        {
            return Refusal.NotYours("schedule");
        }

        var snapshots = await sections.SnapshotAsync(schedule, cancellationToken);
        if (_overviews.TryGetValue(scheduleId, out var before) && before.IsOf(schedule, snapshots))
        {
            return before.Map;
        }

        if (_overviews.Count >= MaxMaps)
        {
            _overviews.Clear();
        }

        var map = RenderOverview(schedule, snapshots);
        _overviews[scheduleId] = new Overview(schedule, snapshots, map);
        return map;
    }

    private SeatMap RenderOverview(ScheduleDocument schedule, IReadOnlyList<SectionSnapshot> snapshots)
    {
        var view = new SeatMapView(
            schedule.ScheduleId,
            [],
            [.. schedule.Inventories.Zip(snapshots.Skip(schedule.Sections.Count), (plan, snapshot) => View(schedule, plan, snapshot))],
            new MapOverview(
                [.. schedule.Sections.Zip(snapshots, (plan, snapshot) => View(schedule, plan, snapshot))],
                schedule.Grades?.Select(grade => new GradeView(grade.Code, grade.Name, grade.Price)).ToList(),
                booking.Value.MaxSeatsPerReservation,
                schedule.MaxPerUser ?? booking.Value.MaxPerUser));
        var json = JsonSerializer.SerializeToUtf8Bytes(view, SeatMapJson.Default.SeatMapView);
        return new SeatMap(Tag(SHA256.HashData(json)), [json]);
    }

    public async Task<Result<MapOutline>> OutlineAsync(string scheduleId, CancellationToken cancellationToken) =>
        await catalog.FindScheduleAsync(scheduleId, cancellationToken) is { } schedule ? MapOutline.Of(schedule) : Refusal.NotYours("schedule");

    private static string Tag(byte[] hash) => $"\"{Base64Url.EncodeToString(hash.AsSpan(0, ETagLength))}\"";

    private static SectionView View(ScheduleDocument schedule, SectionPlan plan, SectionSnapshot snapshot)
    {
        List<string> grades = [.. plan.Runs.Select(run => run.Grade).OfType<string>().Distinct(StringComparer.Ordinal)];
        return new(
            plan.Name,
            plan.SeatCount,
            plan.SeatCount - snapshot.Gone,
            plan.Runs.Min(schedule.PriceOf),
            plan.Runs.Max(schedule.PriceOf),
            grades.Count > 0 ? grades : null);
    }

    private Rendered Section(ScheduleDocument schedule, SectionPlan plan, SectionSnapshot snapshot, bool includeAll)
    {
        var key = (new SectionRef(schedule.ScheduleId, plan.Key), includeAll);
        if (_sections.TryGetValue(key, out var kept)
            && ReferenceEquals(kept.Plan, plan) && kept.IsCalledOff == (schedule.CalledOff is not null)
            && (ReferenceEquals(kept.Grades, schedule.Grades) || (kept.Grades ?? []).SequenceEqual(schedule.Grades ?? []))
            && kept.Of.Span.SequenceEqual(snapshot.Content.Span))
        {
            return kept;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes([.. Seats(schedule, plan, snapshot, includeAll)], SeatMapJson.Default.SeatViewArray);
        var rendered = new Rendered(plan, schedule.CalledOff is not null, schedule.Grades, snapshot.Content, json, SHA256.HashData(json));
        Keep(key, rendered, kept?.Json.Length ?? 0);
        return rendered;
    }

    /// <summary>The count of bytes is as good as it needs to be: what races leaves it a little wrong until all is thrown away.</summary>
    private void Keep((SectionRef Section, bool All) key, Rendered rendered, int before)
    {
        if (Interlocked.Add(ref _keptBytes, rendered.Json.Length - before) > MaxKeptBytes)
        {
            _sections.Clear();
            _maps.Clear();
            Interlocked.Exchange(ref _keptBytes, rendered.Json.Length);
        }

        _sections[key] = rendered;
    }

    private static IEnumerable<SeatView> Seats(ScheduleDocument schedule, SectionPlan plan, SectionSnapshot snapshot, bool includeAll)
    {
        var section = new SectionRef(schedule.ScheduleId, plan.Key);
        var taken = snapshot.Seats();

        // Of what was called off nothing can be had: its free places are shown like those that are off sale.
        var free = schedule.CalledOff is null ? SeatStatus.Available : SeatStatus.Blocked;
        foreach (var run in plan.Runs)
        {
            var price = schedule.PriceOf(run);
            for (var key = run.From; key <= run.To; key++)
            {
                var status = taken.GetValueOrDefault(key, free);
                if (includeAll || status == SeatStatus.Available)
                {
                    yield return new SeatView(section.SeatId(key), plan.Name, run.Row, run.LabelOf(key), run.Grade, price, includeAll ? status.Name() : null);
                }
            }
        }
    }

    private static InventoryView View(ScheduleDocument schedule, InventoryPlan plan, SectionSnapshot snapshot) =>
        new(new SectionRef(schedule.ScheduleId, plan.Key).InventoryId, plan.Name, plan.Price, plan.Quantity, schedule.CalledOff is null ? snapshot.Left : 0);

    /// <summary>The JSON of a <see cref="SeatMapView"/>: nothing is copied, however large the house is.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Parts(ScheduleDocument schedule, Rendered[] numbered, byte[] inventories)
    {
        yield return Encoding.UTF8.GetBytes($$"""{"concertScheduleId":"{{JsonEncodedText.Encode(schedule.ScheduleId)}}","seats":[""");
        var isFirst = true;
        foreach (var seats in numbered.Select(rendered => rendered.Json.AsMemory(1..^1)).Where(seats => seats.Length > 0))
        {
            if (!isFirst)
            {
                yield return Comma;
            }

            yield return seats;
            isFirst = false;
        }

        yield return Encoding.UTF8.GetBytes("],\"inventories\":");
        yield return inventories;
        yield return Encoding.UTF8.GetBytes("}");
    }

    /// <summary>A house by its sections, and what it was made from.</summary>
    private sealed record Overview(ScheduleDocument Of, IReadOnlyList<SectionSnapshot> Sections, SeatMap Map)
    {
        public bool IsOf(ScheduleDocument schedule, IReadOnlyList<SectionSnapshot> sections)
        {
            // The same schedule has as many sections.
            var isSame = ReferenceEquals(Of, schedule);
            for (var i = 0; isSame && i < sections.Count; i++)
            {
                isSame = sections[i].Content.Span.SequenceEqual(Sections[i].Content.Span);
            }

            return isSame;
        }
    }

    /// <summary>A section's seats as a JSON array, and what it was rendered from.</summary>
    private sealed record Rendered(SectionPlan Plan, bool IsCalledOff, IReadOnlyList<GradePlan>? Grades, ReadOnlyMemory<byte> Of, byte[] Json, byte[] Hash);

    /// <summary>A map, and what it was put together from.</summary>
    /// <param name="Of">The schedule as it stood.</param>
    /// <param name="Asked">What was asked for of it.</param>
    /// <param name="Numbered">Its sections.</param>
    /// <param name="Standing">Its inventories.</param>
    /// <param name="Map">The map.</param>
    private sealed record Composed(ScheduleDocument Of, ScheduleDocument Asked, Rendered[] Numbered, SectionSnapshot[] Standing, SeatMap Map)
    {
        public bool IsOf(Rendered[] numbered, SectionSnapshot[] standing)
        {
            for (var i = 0; i < numbered.Length; i++)
            {
                if (!ReferenceEquals(numbered[i], Numbered[i]))
                {
                    return false;
                }
            }

            for (var i = 0; i < standing.Length; i++)
            {
                if (!standing[i].Content.Span.SequenceEqual(Standing[i].Content.Span))
                {
                    return false;
                }
            }

            return true;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SeatView[]))]
[JsonSerializable(typeof(InventoryView[]))]
[JsonSerializable(typeof(SeatMapView))]
internal sealed partial class SeatMapJson : JsonSerializerContext;
