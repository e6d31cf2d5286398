using Concert.Rush.Observation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using static Concert.Rush.Tests.Fake.FakeAdminEndpoints;

namespace Concert.Rush.Tests.Fake;

internal static class FakeBuyerEndpoints
{
    private const int PageSize = 50;

    public static void Map(WebApplication app, FakeBooking booking)
    {
        MapRoom(app, booking);
        MapBooking(app, booking);
        MapMoney(app, booking);
    }

    private static void MapRoom(WebApplication app, FakeBooking booking)
    {
        app.MapPost("/api/queue/issue", (HttpContext http, Issue body) => Locked(booking, () => (IResult)booking.Once(body.UserId, Key(http), () =>
        {
            var room = booking.Room(body.ConcertId);
            return room.Join(body.UserId) is { } token ? Ok(Token(booking, token), 201) : Refuse(409, "already-queued");
        })));
        app.MapGet("/api/queue/check", (HttpContext http) => Locked(booking, () =>
        {
            http.Response.Headers.RetryAfter = booking.Room(FakeRoom.Room(Mine(http))).Look(Mine(http)).Position > 100 ? "2" : "0";
            return Ok(Token(booking, Mine(http)));
        }));
        app.MapDelete("/api/queue", (HttpContext http) => Locked(booking, () =>
        {
            booking.Room(FakeRoom.Room(Mine(http))).End(Mine(http));
            return Results.NoContent();
        }));
    }

    private static void MapBooking(WebApplication app, FakeBooking booking)
    {
        app.MapPost("/api/reservation", (HttpContext http, Wish body) => Active(http, booking, user => (IResult)booking.Once(user, Key(http), () =>
        {
            var seats = body.SeatIds ?? [body.SeatId!];
            var schedule = booking.Schedules.Values.Single(s => s.Prices.ContainsKey(seats[0]));
            if (booking.Fault == FakeFault.HoldsWhatItRefuses && booking.Reservations.Count == 2)
            {
                booking.Reserve(user, schedule, seats);
                return Refuse(409, "seat-taken");
            }

            return Ok(booking.Reserve(user, schedule, seats).Body, 202);
        })));
        app.MapGet("/api/reservation/{id}", (HttpContext http, string id) => WaitAsync(http, booking, () =>
            booking.Reservations.TryGetValue(id, out var r) && r.User == User(http) && !r.Forgotten ? (r.State != Status.Pending, Ok(r.Body)) : (true, Refuse(404, "not-yours"))));
        app.MapGet("/api/reservation", (HttpContext http) => Locked(booking, () =>
            Page(http, booking.Reservations.Values.Where(r => r.User == User(http) && !r.Forgotten).Select(r => r.Body).Reverse())));
        app.MapPost("/api/reservation/{id}/cancel", (HttpContext http, string id) => Locked(booking, () => (IResult)booking.Once(User(http), Key(http), () =>
        {
            booking.Cancel(booking.Reservations[id]);
            return Ok(booking.Reservations[id].Body, 202);
        })));
        app.MapGet("/api/concert/available-dates", (HttpContext http, string concertId) => Active(http, booking, _ =>
        {
            booking.Expire();
            var off = booking.Fault == FakeFault.MiscountsDates ? 1 : 0;
            return Ok(booking.Schedules.Values.Where(s => s.ConcertId == concertId)
                .Select(s => new { id = s.Id, concertId, totalSeats = s.Prices.Count, reservedSeats = s.Taken.Count + off }).ToList());
        }));
        app.MapGet("/api/concert/available-seats", (HttpContext http, string concertScheduleId) => Active(http, booking, _ =>
        {
            booking.Expire();
            var schedule = booking.Schedules[concertScheduleId];
            var seats = schedule.Prices.Select(s => new { id = s.Key, section = "R", price = s.Value, status = Shown(booking, schedule, s.Key) }).ToList();
            return Ok(new { concertScheduleId, seats, inventories = Array.Empty<object>() });
        }));
    }

    private static void MapMoney(WebApplication app, FakeBooking booking)
    {
        app.MapPost("/api/payment", (HttpContext http, Pay body) => Active(http, booking, user => (IResult)booking.Once(user, Key(http), () =>
        {
            var token = Mine(http);
            return Ok(booking.Pay(booking.Reservations[body.ReservationId], () => booking.Room(FakeRoom.Room(token)).End(token)).Body, 202);
        })));
        app.MapGet("/api/payment/{id}", (HttpContext http, string id) => WaitAsync(http, booking, () =>
            (booking.Payments[id].State != Status.Pending, Ok(booking.Payments[id].Body))));
        app.MapPost("/api/user/charge", (HttpContext http, Charge body) => Locked(booking, () => (IResult)booking.Once(body.UserId, Key(http), () =>
        {
            if (booking.Fault != FakeFault.LosesCharge || booking.Wallet(body.UserId).Ledger.Count != 3)
            {
                booking.Wallet(body.UserId).Move("CHARGE", body.Amount, "charge");
            }

            return Ok(new { balance = booking.Wallet(body.UserId).Balance });
        })));
        app.MapGet("/api/user/check", (string userId) => Locked(booking, () =>
            Ok(new { balance = booking.Wallet(userId).Balance + (booking.Fault == FakeFault.MiscountsBalance ? 1 : 0) })));
        app.MapGet("/api/user/history", (HttpContext http) => Locked(booking, () =>
            Page(http, booking.Wallet(User(http)).Ledger.AsEnumerable().Reverse())));
    }

    private static object Token(FakeBooking booking, string token)
    {
        var (status, position) = booking.Room(FakeRoom.Room(token)).Look(token);
        return new { token, status, position, estimatedWaitSeconds = 1 };
    }

    private static string Shown(FakeBooking booking, FakeSchedule schedule, string seat) =>
        !schedule.Taken.TryGetValue(seat, out var id) ? Status.Available : booking.Reservations[id].State == Status.Confirmed ? Status.Sold : Status.Held;

    private static IResult Page(HttpContext http, IEnumerable<object> all)
    {
        var start = int.Parse(http.Request.Query["continuation"].FirstOrDefault() ?? "0");
        var items = all.Skip(start).Take(PageSize).ToList();
        return Ok(new { items, continuation = items.Count == PageSize ? $"{start + PageSize}" : null });
    }

    private static string Mine(HttpContext http) => http.Request.Headers["queue-token"].FirstOrDefault() ?? throw new BadHttpRequestException("no token");

    private static string User(HttpContext http) => FakeRoom.User(Mine(http));

    private static IResult Locked(FakeBooking booking, Func<IResult> act)
    {
        lock (booking.Gate)
        {
            return act();
        }
    }

    private static IResult Active(HttpContext http, FakeBooking booking, Func<string, IResult> act) => Locked(booking, () =>
        booking.Room(FakeRoom.Room(Mine(http))).Look(Mine(http)).Status switch
        {
            "ACTIVE" => act(User(http)),
            "WAITING" => Refuse(403, "not-admitted"),
            _ => Refuse(401, "token-expired"),
        });

    /// <summary>Keeps the answer back for as long as the client prefers while there is no outcome.</summary>
    private static async Task<IResult> WaitAsync(HttpContext http, FakeBooking booking, Func<(bool Decided, IResult Answer)> look)
    {
        var preferred = http.Request.Headers["Prefer"].FirstOrDefault();
        var until = DateTimeOffset.UtcNow.AddSeconds(preferred is null ? 0 : int.Parse(preferred["wait=".Length..]));
        while (true)
        {
            bool decided;
            IResult answer;
            lock (booking.Gate)
            {
                (decided, answer) = look();
            }

            if (decided || DateTimeOffset.UtcNow >= until)
            {
                return answer;
            }

            await Task.Delay(5, http.RequestAborted);
        }
    }

    private sealed record Issue(string UserId, string ConcertId);

    private sealed record Wish(string? SeatId, List<string>? SeatIds);

    private sealed record Pay(string ReservationId);

    private sealed record Charge(string UserId, long Amount);
}
