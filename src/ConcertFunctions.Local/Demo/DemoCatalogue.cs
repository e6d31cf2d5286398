using System.Text.Json;
using Concert.Booking.Availability;
using Concert.Booking.Catalog;

namespace ConcertFunctions.Local.Demo;

/// <summary>Three concerts, with a schedule for every situation a buyer can meet.</summary>
internal sealed class DemoCatalogue(ICatalogAdmin catalog, TimeProvider time)
{
    // Doors at seven in the evening in Seoul.
    private static readonly TimeSpan Seoul = TimeSpan.FromHours(9);
    private static readonly TimeSpan Doors = TimeSpan.FromHours(19);

    /// <summary>Of each seat of the schedule that is sold out, won.</summary>
    public const long SoldOutPrice = 150_000;

    private DateTimeOffset Now => time.GetUtcNow().ToOffset(Seoul);

    /// <summary>Creates it all; the schedule that is to be sold out is still on sale.</summary>
    public async Task<CreatedSchedule> CreateAsync(CancellationToken cancellationToken)
    {
        var summer = await ConcertAsync("여름밤 콘서트", cancellationToken);
        await ScheduleAsync(summer, Evening(10), [FiftySeats("A")], [], cancellationToken);
        await ScheduleAsync(
            summer, Evening(11), [Stalls, Balcony], [], cancellationToken,
            grades: [new NewGrade("VIP", "VIP석", 150_000), new NewGrade("R", "R석", 120_000), new NewGrade("S", "S석", 90_000)]);
        var soldOut = await ScheduleAsync(summer, Evening(12), [Section("A", new Run(1, 16, SoldOutPrice))], [], cancellationToken);

        var stars = await ConcertAsync("별빛 페스티벌", cancellationToken);
        await ScheduleAsync(stars, Evening(20), [], [new NewInventory("Standing", 500, 66_000)], cancellationToken);
        await ScheduleAsync(stars, Evening(21), [FiftySeats("A")], [], cancellationToken, opensIn: TimeSpan.FromDays(5));

        var tonight = await ConcertAsync("오늘의 재즈", cancellationToken);
        await ScheduleAsync(tonight, Now + TimeSpan.FromHours(12), [FiftySeats("A")], [], cancellationToken);
        await ScheduleAsync(tonight, Evening(4), [FiftySeats("A")], [], cancellationToken);
        return soldOut;
    }

    private static NewSection FiftySeats(string name) => Section(name, new Run(1, 20, 130_000), new Run(21, 50, 99_000));

    // Rows as they are printed.
    private static NewSection Stalls => new("1층", null, [Row("가", 16, "VIP"), Row("나", 18, "VIP"), Row("다", 20, "R"), Row("라", 20, "R"), Row("마", 22, "R")]);

    private static NewSection Balcony => new("2층", null, [Row("가", 20, "S"), Row("나", 22, "S")]);

    private static NewSeatRange Row(string row, int seats, string grade) => new(1, seats, null, row, grade);

    private static NewSection Section(string name, params Run[] runs) => new(name, JsonSerializer.SerializeToElement(
        runs.SelectMany(run => Enumerable.Range(run.From, run.To - run.From + 1).Select(number => new { number, price = run.Price }))));

    private DateTimeOffset Evening(int daysFromNow) => new(Now.Date + TimeSpan.FromDays(daysFromNow) + Doors, Seoul);

    private async Task<string> ConcertAsync(string name, CancellationToken cancellationToken) =>
        (await catalog.CreateConcertAsync(new NewConcert(name), null, cancellationToken)).Value.Id;

    private async Task<CreatedSchedule> ScheduleAsync(
        string concertId,
        DateTimeOffset openAt,
        NewSection[] sections,
        NewInventory[] inventories,
        CancellationToken cancellationToken,
        TimeSpan opensIn = default,
        NewGrade[]? grades = null)
    {
        var start = Now - TimeSpan.FromMinutes(1) + opensIn;
        var schedule = new NewSchedule(
            concertId, openAt, openAt + TimeSpan.FromHours(3), start, openAt - TimeSpan.FromMinutes(30), sections, inventories, grades);
        return (await catalog.CreateScheduleAsync(schedule, null, cancellationToken)).Value;
    }

    private readonly record struct Run(int From, int To, long Price);
}
