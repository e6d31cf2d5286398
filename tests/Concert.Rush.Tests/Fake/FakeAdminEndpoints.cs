using Concert.Rush.Api;
using Concert.Rush.Observation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Concert.Rush.Tests.Fake;

internal static class FakeAdminEndpoints
{
    public static void Map(WebApplication app, FakeBooking booking)
    {
        app.MapPost("/api/admin/concert", (HttpContext http, Named body) => Admin(http, booking, () =>
            booking.Once("admin", Key(http), () => new { id = booking.NextId("c"), name = body.Name })));
        app.MapPost("/api/admin/schedule", (HttpContext http, ScheduleRequest body) => Admin(http, booking, () =>
            booking.Once("admin", Key(http), () => CreateSchedule(booking, body))));
        app.MapGet("/api/admin/schedule/{id}/report", (HttpContext http, string id) => Admin(http, booking, () => Report(booking, booking.Schedules[id])));
    }

    public static string? Key(HttpContext http) => http.Request.Headers["Idempotency-Key"].FirstOrDefault();

    public static IResult Ok(object data, int status = 200) => Results.Json(new { success = true, data }, statusCode: status);

    public static IResult Refuse(int status, string code) =>
        Results.Json(new { type = $"about:{code}", status, success = false, code }, contentType: "application/problem+json", statusCode: status);

    private static IResult Admin(HttpContext http, FakeBooking booking, Func<object> act)
    {
        if (http.Request.Headers["x-admin-key"] != FakeService.AdminKey)
        {
            return Refuse(401, "no-token");
        }

        lock (booking.Gate)
        {
            return Ok(act());
        }
    }

    private static object CreateSchedule(FakeBooking booking, ScheduleRequest body)
    {
        var schedule = new FakeSchedule(booking.NextId($"{body.ConcertId}-s"), body.ConcertId);
        booking.Schedules.Add(schedule.Id, schedule);
        var sections = new List<object>();
        foreach (var (section, index) in body.Sections.Select((s, i) => (s, i + 1)))
        {
            var seats = Enumerable.Range(section.Seats.From, section.Seats.To - section.Seats.From + 1).Select(n => $"{schedule.Id}-{index}-{n}").ToList();
            seats.ForEach(s => schedule.Prices.Add(s, section.Seats.Price));
            sections.Add(new { name = section.Name, seatIds = seats });
        }

        return new { id = schedule.Id, sections, inventories = Array.Empty<object>() };
    }

    private static object Report(FakeBooking booking, FakeSchedule schedule)
    {
        booking.Expire();
        var mine = booking.Reservations.Values.Where(r => r.Schedule == schedule).ToList();
        var held = mine.Where(r => r.State == Status.Held).Sum(r => r.Seats.Count);
        var sold = mine.Where(r => r.State == Status.Confirmed).Sum(r => r.Seats.Count);
        var debited = booking.Payments.Values.Where(p => p.Reservation.Schedule == schedule && p.State is Status.Completed or Status.Refunded);
        return new
        {
            totalSeats = schedule.Prices.Count,
            available = schedule.Prices.Count - held - sold,
            held,
            sold,
            reservedSeats = held + sold,
            reservations = mine.GroupBy(r => r.State).ToDictionary(r => r.Key, r => r.Count()),
            charged = 0,
            paid = debited.Sum(p => p.Amount) - (booking.Fault == FakeFault.MisreportsMoney ? 1 : 0),
            refunded = mine.Sum(r => r.Refund ?? 0),
            deadLetters = 0,
        };
    }

    private sealed record Named(string Name);
}
