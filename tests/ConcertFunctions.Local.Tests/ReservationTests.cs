namespace ConcertFunctions.Local.Tests;

[Trait("Rule", "S1"), Trait("Rule", "S3"), Trait("Rule", "R-OWNER"), Trait("Rule", "R-HOLD")]
[Trait("Rule", "R-TAKEOVER"), Trait("Rule", "R-WINDOW"), Trait("Rule", "R-CART"), Trait("Rule", "R-PERUSER")]
[Trait("Rule", "R-LOSER")]
public sealed class ReservationTests
{
    [Fact]
    public async Task Reserve_Seat_IsAcceptedThenHeldForFiveMinutes()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        var accepted = (await mina.SendAsync("POST", "/api/reservation", new { seatId = sale.A[2] })).ShouldBe(202);
        accepted.Text("status").ShouldBe("PENDING");
        accepted.Headers.Location!.OriginalString.ShouldBe("/api/reservation/" + accepted.Text("id"));
        accepted.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        var held = await mina.DecidedAsync(accepted.Headers.Location.OriginalString);
        held.Text("status").ShouldBe("HELD");
        held.Text("concertScheduleId").ShouldBe(sale.ScheduleId);
        held.Number("totalAmount").ShouldBe(1_000);
        var seat = held.Data["seats"]!.AsArray().Single()!;
        seat["id"]!.GetValue<string>().ShouldBe(sale.A[2]);
        seat["section"]!.GetValue<string>().ShouldBe("A");
        seat["seatNumber"]!.GetValue<string>().ShouldBe("3");
        held.Data["history"]!.AsArray().Select(h => h!["status"]!.GetValue<string>()).Last().ShouldBe("HELD");
        var heldAt = DateTimeOffset.Parse(held.Data["history"]!.AsArray()[^1]!["at"]!.GetValue<string>());
        DateTimeOffset.Parse(held.Text("holdExpiresAt")).ShouldBe(heldAt + TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Reserve_Places_TakesThemFromTheInventory()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        var held = await mina.ReserveAsync(new { inventoryId = sale.InventoryId, quantity = 4 });
        held.Text("status").ShouldBe("HELD");
        held.Text("inventoryId").ShouldBe(sale.InventoryId);
        held.Number("quantity").ShouldBe(4);
        held.Number("totalAmount").ShouldBe(2_000);
        var jun = await sale.BuyerAsync("jun");
        Refused(await jun.ReserveAsync(new { inventoryId = sale.InventoryId, quantity = 2 }), "sold-out");
        (await jun.ReserveAsync(new { inventoryId = sale.InventoryId, quantity = 1 })).Text("status").ShouldBe("HELD");
        (await sale.ReportAsync()).Number("held").ShouldBe(5);
    }

    [Fact]
    public async Task Reserve_TakenSeat_IsRefusedAllOrNothing()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        await mina.HoldAsync(sale.A[3]);
        var jun = await sale.BuyerAsync("jun");
        Refused(await jun.ReserveAsync(new { seatId = sale.A[3] }), "seat-taken");
        Refused(await jun.ReserveAsync(new { seatIds = new[] { sale.A[2], sale.A[3], sale.A[4] } }), "seat-taken");
        (await sale.ReportAsync()).Number("held").ShouldBe(1);
        await jun.HoldAsync(sale.A[2], sale.A[4]);
    }

    [Fact]
    public async Task Reserve_WhatNoReservationMayBe_IsInvalidAndChangesNothing()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        foreach (var body in new object[]
        {
            new { seatIds = sale.A.Take(9) }, new { seatIds = Array.Empty<string>() }, new { seatIds = new[] { sale.A[0], sale.A[0] } },
            new { seatIds = new[] { sale.A[0], sale.B[0] } }, new { inventoryId = sale.InventoryId, quantity = 0 },
            new { inventoryId = sale.InventoryId, quantity = -1 }, new { inventoryId = sale.InventoryId, quantity = 9 }, new { },
        })
        {
            (await mina.SendAsync("POST", "/api/reservation", body)).ShouldFail(400, "invalid-request");
        }

        foreach (var body in new object[]
        {
            new { seatId = sale.ScheduleId + "-1-11" }, new { seatId = sale.ScheduleId + "-3-1" }, new { seatId = "nothing" },
            new { inventoryId = sale.ScheduleId + "-g9", quantity = 1 }, new { seatIds = new[] { sale.A[0], sale.ScheduleId + "-1-99" } },
        })
        {
            (await mina.SendAsync("POST", "/api/reservation", body)).ShouldFail(404, "not-yours");
        }

        (await mina.GetAsync("/api/reservation")).Data["items"]!.AsArray().ShouldBeEmpty();
        (await sale.ReportAsync()).Number("reservedSeats").ShouldBe(0);
    }

    [Fact]
    public async Task Reserve_OutsideTheBookingWindow_IsClosed()
    {
        await using var app = await LocalApp.StartAsync();
        var soon = await Sale.OpenAsync(app, bookingIn: TimeSpan.FromMinutes(2), opensIn: TimeSpan.FromMinutes(5));
        // Something else is on sale, so that the line moves.
        var mina = await (await Sale.OpenAsync(app)).BuyerAsync("mina");
        (await mina.SendAsync("POST", "/api/reservation", new { seatId = soon.A[0] })).ShouldFail(409, "booking-closed");
        app.Time.Advance(TimeSpan.FromMinutes(2));
        await mina.HoldAsync(soon.A[0]);
        app.Time.Advance(TimeSpan.FromMinutes(3));
        app.Time.Advance(TimeSpan.FromSeconds(1));
        (await mina.SendAsync("POST", "/api/reservation", new { seatId = soon.A[1] })).ShouldFail(409, "booking-closed");
    }

    [Fact]
    public async Task Reserve_MoreThanAUserMayHaveInAllSections_ReachesTheLimit()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        await mina.HoldAsync([.. sale.A.Take(7)]);
        Refused(await mina.ReserveAsync(new { seatIds = sale.A.Skip(7).Take(2) }), "limit-reached");
        await mina.HoldAsync(sale.A[7]);
        Refused(await mina.ReserveAsync(new { seatId = sale.A[8] }), "limit-reached");
        Refused(await mina.ReserveAsync(new { seatId = sale.B[0] }), "limit-reached");
        Refused(await mina.ReserveAsync(new { inventoryId = sale.InventoryId, quantity = 1 }), "limit-reached");
        (await sale.ReportAsync()).Number("held").ShouldBe(8);
    }

    [Fact]
    public async Task Reserve_AtTheSameTime_ExactlyOneWins()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var buyers = new List<Buyer>();
        for (var i = 0; i < 20; i++)
        {
            buyers.Add(await sale.BuyerAsync($"u{i}"));
        }

        var outcomes = await Task.WhenAll(buyers.Select(buyer => buyer.ReserveAsync(new { seatId = sale.A[0] })));
        outcomes.Count(o => o.Status == 200 && o.Text("status") == "HELD").ShouldBe(1);
        foreach (var outcome in outcomes.Where(o => o.Status != 200 || o.Text("status") != "HELD"))
        {
            Refused(outcome, "seat-taken");
        }
    }

    [Fact]
    public async Task Hold_ThatEnded_MayBeTakenOverBeforeTheTimer()
    {
        // Timers that do not run within this test: what is seen is the take-over.
        await using var app = await LocalApp.StartAsync("--ReleaseExpiredHoldsSchedule=01:00:00");
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        var first = await mina.HoldAsync(sale.A[0]);
        app.Time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        var jun = await sale.BuyerAsync("jun");
        await jun.HoldAsync(sale.A[0]);
        (await mina.GetAsync("/api/reservation/" + first)).Text("status").ShouldBe("EXPIRED");
    }

    [Fact]
    public async Task Hold_ThatEnded_IsReleasedByTheTimerAfterTheGrace()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 5_000);
        var id = await mina.HoldAsync(sale.A[0], sale.A[1]);
        await app.PassAsync(TimeSpan.FromSeconds(305));
        (await mina.SendAsync("POST", "/api/payment", new { reservationId = id })).ShouldFail(409, "hold-expired");
        await app.PassAsync(TimeSpan.FromSeconds(25));
        var expired = await mina.BecomesAsync("/api/reservation/" + id, "EXPIRED");
        expired.Data["history"]!.AsArray().Select(h => h!["status"]!.GetValue<string>()).ShouldBe(["PENDING", "HELD", "EXPIRED"]);
        var report = await sale.ReportAsync();
        report.Number("held").ShouldBe(0);
        report.Number("reservedSeats").ShouldBe(0);
        (await mina.SendAsync("DELETE", "/api/reservation/" + id)).ShouldFail(409, "not-cancellable");
    }

    [Fact]
    public async Task IdempotencyKey_Repeated_HasOneEffectAndOneAnswer()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        var body = new { seatIds = new[] { sale.A[0], sale.A[1] } };
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => mina.SendAsync("POST", "/api/reservation", body, ("Idempotency-Key", "k1"))));
        var id = answers.Select(a => a.ShouldBe(202).Text("id")).Distinct().ShouldHaveSingleItem();
        (await mina.DecidedAsync("/api/reservation/" + id)).Text("status").ShouldBe("HELD");
        (await mina.SendAsync("POST", "/api/reservation", body, ("Idempotency-Key", "k1"))).ShouldBe(202).Text("id").ShouldBe(id);
        (await mina.SendAsync("POST", "/api/reservation", new { seatId = sale.A[5] }, ("Idempotency-Key", "k1"))).ShouldFail(422, "idempotency-mismatch");
        var jun = await sale.BuyerAsync("jun");
        (await jun.SendAsync("POST", "/api/reservation", new { seatId = sale.A[5] }, ("Idempotency-Key", "k1"))).ShouldBe(202).Text("id").ShouldNotBe(id);
        (await mina.GetAsync("/api/reservation")).Data["items"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Reservation_OfAnotherUser_IsNotThere()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        var jun = await sale.BuyerAsync("jun", 10_000);
        var id = await mina.HoldAsync(sale.A[0]);
        foreach (var theirs in new[] { id, id + "x", sale.ScheduleId + "-1.AAAA", "nothing", "%EC%97%AC" })
        {
            (await jun.GetAsync("/api/reservation/" + theirs)).ShouldFail(404, "not-yours");
            (await jun.SendAsync("DELETE", "/api/reservation/" + theirs)).ShouldFail(404, "not-yours");
            (await jun.SendAsync("POST", $"/api/reservation/{theirs}/cancel")).ShouldFail(404, "not-yours");
        }

        (await jun.SendAsync("POST", "/api/payment", new { reservationId = id })).ShouldFail(404, "not-yours");
        (await jun.SendAsync("POST", "/api/payment", new { seatId = sale.A[0] })).ShouldFail(404, "not-yours");
        (await mina.GetAsync("/api/reservation/" + id)).Text("status").ShouldBe("HELD");
        (await jun.BalanceAsync()).ShouldBe(10_000);
    }

    [Fact]
    public async Task Reservations_ArePagedNewestFirst()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            app.Time.Advance(TimeSpan.FromMilliseconds(5));
            ids.Insert(0, await mina.HoldAsync(sale.A[i]));
        }

        await app.UntilAsync(() => mina.GetAsync("/api/reservation"), r => r.Data["items"]!.AsArray().Count == 5);
        var seen = new List<string>();
        string? continuation = null;
        do
        {
            var page = (await mina.GetAsync("/api/reservation?limit=2" + (continuation is null ? "" : "&continuation=" + Uri.EscapeDataString(continuation)))).Data;
            page["items"]!.AsArray().Count.ShouldBeLessThanOrEqualTo(2);
            seen.AddRange(page["items"]!.AsArray().Select(r => r!["id"]!.GetValue<string>()));
            continuation = (string?)page["continuation"];
        }
        while (continuation is not null);
        seen.ShouldBe(ids);
        (await mina.GetAsync("/api/reservation?continuation=garbage!")).ShouldFail(400, "invalid-request");
    }

    [Fact]
    public async Task Prefer_Wait_AnswersWithTheOutcome()
    {
        await using var app = await LocalApp.StartOnRealTimeAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        var held = (await mina.SendAsync("POST", "/api/reservation", new { seatId = sale.A[0] }, ("Prefer", "wait=10"))).ShouldBe(202);
        held.Text("status").ShouldBe("HELD");
        held.Headers.GetValues("Preference-Applied").ShouldBe(["wait=10"]);
    }

    private static void Refused(Reply reply, string code)
    {
        // At once by the gate or a check, or later by the one who decides: the same code either way.
        if (reply.Status == 200)
        {
            reply.Text("status").ShouldBe("REJECTED");
            reply.Text("reason").ShouldBe(code);
        }
        else
        {
            reply.ShouldFail(409, code);
        }
    }
}
