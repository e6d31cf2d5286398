using Concert.Rush.Api;

namespace Concert.Rush.Drill;

/// <summary>A schedule this drill created.</summary>
public sealed record Venue(string ConcertId, string ScheduleId, IReadOnlyList<string> Seats)
{
    public const long BasePrice = 10_000;

    /// <summary>
    /// Creates a concert with one schedule: booking is open now, doors open in 30 days so that whatever is paid can be cancelled for its full price.
    /// Sections cost 1,000 won more one after the other.
    /// </summary>
    public static async Task<Venue> CreateAsync(DrillContext drill, string name, int places, int sectionSize, CancellationToken cancellationToken)
    {
        var key = $"{drill.RunId}-{name}";
        var concert = (await drill.Api.CreateConcertAsync($"Rush {drill.RunId} {name}", $"{key}-concert", cancellationToken)).Require("Creating a concert");
        var now = drill.Api.Client.ServerNow;
        var request = new ScheduleRequest(
            concert.Id, now.AddDays(30), now.AddDays(30).AddHours(3), now.AddMinutes(-5), now.AddDays(29), Sections(places, sectionSize));
        var schedule = (await drill.Api.CreateScheduleAsync(request, $"{key}-schedule", cancellationToken)).Require("Creating a schedule");
        string[] seats = [.. schedule.Sections.SelectMany(s => s.SeatIds)];
        return seats.Length == places
            ? new Venue(concert.Id, schedule.Id, seats)
            : throw new ApiException($"The schedule has {seats.Length} seats; {places} were asked for.");
    }

    private static SectionRequest[] Sections(int places, int size) =>
    [
        .. Enumerable.Range(0, ((places - 1) / size) + 1)
            .Select(i => new SectionRequest($"R{i + 1}", new SeatRange(1, Math.Min(size, places - (i * size)), BasePrice + (1000L * (i % 50))))),
    ];
}
