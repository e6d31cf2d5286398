namespace ConcertFunctions.Local.Tests;

[Trait("Rule", "S2"), Trait("Rule", "R-DEBIT"), Trait("Rule", "R-POOR"), Trait("Rule", "R-PAID")]
[Trait("Rule", "R-CANCEL"), Trait("Rule", "R-REFUND")]
public sealed class PaymentTests
{
    [Fact]
    public async Task Pay_Hold_SellsTheSeatsAndEndsTheToken()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 5_000);
        var id = await mina.HoldAsync(sale.A[0], sale.A[1]);
        var accepted = (await mina.SendAsync("POST", "/api/payment", new { reservationId = id })).ShouldBe(202);
        accepted.Text("status").ShouldBe("PENDING");
        accepted.Text("concertName").ShouldBe("여름밤");
        accepted.Number("totalAmount").ShouldBe(2_000);
        accepted.Data["seatNumbers"]!.AsArray().Select(n => n!.GetValue<string>()).ShouldBe(["1", "2"]);
        accepted.Text("openDate").ShouldBe("2030-01-11T00:00:00+00:00");
        accepted.Has("closeDate").ShouldBeTrue();
        accepted.Headers.Location!.OriginalString.ShouldBe("/api/payment/" + accepted.Text("id"));
        (await mina.DecidedAsync(accepted.Headers.Location.OriginalString)).Text("status").ShouldBe("COMPLETED");
        var sold = await mina.GetAsync("/api/reservation/" + id);
        sold.Text("status").ShouldBe("CONFIRMED");
        sold.Text("paymentId").ShouldBe(accepted.Text("id"));
        (await mina.BalanceAsync()).ShouldBe(3_000);
        (await mina.GetAsync("/api/payment")).Data["items"]!.AsArray().Single()!["id"]!.GetValue<string>().ShouldBe(accepted.Text("id"));
        await app.UntilAsync(() => mina.GetAsync("/api/queue/check"), r => r.Text("status") == "ENDED");
        (await mina.SendAsync("POST", "/api/reservation", new { seatId = sale.A[4] })).ShouldFail(401, "token-expired");
        var report = await sale.ReportAsync();
        report.Number("sold").ShouldBe(2);
        report.Number("paid").ShouldBe(2_000);
        report.Number("charged").ShouldBe(5_000);
        report.Data["reservations"]!["CONFIRMED"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Pay_BySeat_PaysMyHoldOnIt()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 5_000);
        await mina.HoldAsync(sale.B[0]);
        (await mina.PayAsync(new { seatId = sale.B[0] })).Text("status").ShouldBe("COMPLETED");
        (await mina.BalanceAsync()).ShouldBe(3_000);
        (await mina.SendAsync("POST", "/api/payment", new { seatId = sale.B[1] })).Status.ShouldBeOneOf(401, 404);
    }

    [Fact]
    public async Task Pay_NotEnoughBalance_KeepsTheHold()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 999);
        var id = await mina.HoldAsync(sale.A[0]);
        (await mina.SendAsync("POST", "/api/payment", new { reservationId = id })).ShouldFail(402, "insufficient-balance");
        (await mina.GetAsync("/api/reservation/" + id)).Text("status").ShouldBe("HELD");
        (await mina.BalanceAsync()).ShouldBe(999);
        (await app.SendAsync("POST", "/api/user/charge", new { userId = "mina", amount = 1 })).ShouldBe(200);
        (await mina.PayAsync(new { reservationId = id })).Text("status").ShouldBe("COMPLETED");
        (await mina.BalanceAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Pay_TwoHoldsWithMoneyForOne_PaysOneAndRefusesTheOtherLater()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 1_500);
        var ids = new[] { await mina.HoldAsync(sale.A[0]), await mina.HoldAsync(sale.A[1]) };
        var paid = await Task.WhenAll(ids.Select(id => mina.PayAsync(new { reservationId = id })));
        paid.Count(p => p.Status == 200 && p.Text("status") == "COMPLETED").ShouldBe(1);
        var loser = paid.Single(p => p.Status != 200 || p.Text("status") != "COMPLETED");
        if (loser.Status == 200)
        {
            loser.Text("status").ShouldBe("FAILED");
            loser.Text("reason").ShouldBe("insufficient-balance");
        }
        else
        {
            loser.Status.ShouldBeOneOf(402, 401);
        }

        (await mina.BalanceAsync()).ShouldBe(500);
        (await sale.ReportAsync()).Number("held").ShouldBe(1);
    }

    [Fact]
    public async Task Pay_Twice_IsAlreadyPaid()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 5_000);
        var id = await mina.BuyAsync(sale.A[0]);
        var again = await Rejoin(mina, sale);
        (await again.SendAsync("POST", "/api/payment", new { reservationId = id })).ShouldFail(409, "already-paid");
        (await again.BalanceAsync()).ShouldBe(4_000);
    }

    [Fact]
    public async Task Pay_SameIdempotencyKey_DebitsOnceAlsoAfterTheTokenEnded()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 5_000);
        var id = await mina.HoldAsync(sale.A[0]);
        var first = (await mina.SendAsync("POST", "/api/payment", new { reservationId = id }, ("Idempotency-Key", "p1"))).ShouldBe(202);
        await mina.DecidedAsync("/api/payment/" + first.Text("id"));
        await app.UntilAsync(() => mina.GetAsync("/api/queue/check"), r => r.Text("status") == "ENDED");
        var repeat = (await mina.SendAsync("POST", "/api/payment", new { reservationId = id }, ("Idempotency-Key", "p1"))).ShouldBe(202);
        repeat.Text("id").ShouldBe(first.Text("id"));
        (await mina.BalanceAsync()).ShouldBe(4_000);
    }

    [Fact]
    public async Task Payment_OfAnotherUser_IsNotThere()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 5_000);
        var id = await mina.HoldAsync(sale.A[0]);
        var paid = await mina.PayAsync(new { reservationId = id });
        var jun = await sale.BuyerAsync("jun");
        (await jun.GetAsync("/api/payment/" + paid.Text("id"))).ShouldFail(404, "not-yours");
        (await jun.GetAsync("/api/payment/nothing")).ShouldFail(404, "not-yours");
        (await jun.GetAsync("/api/payment")).Data["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Cancel_Hold_PutsTheSeatsBack()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina");
        var id = await mina.HoldAsync(sale.A[0]);
        var cancelled = await mina.CancelAsync(id);
        cancelled.Data["cancellation"]!["refundAmount"]!.GetValue<long>().ShouldBe(0);
        (await mina.SendAsync("POST", $"/api/reservation/{id}/cancel")).ShouldFail(409, "not-cancellable");
        await (await sale.BuyerAsync("jun")).HoldAsync(sale.A[0]);
    }

    [Theory]
    [InlineData(8, 1_000)]
    [InlineData(6, 900)]
    [InlineData(2, 800)]
    public async Task Cancel_PaidReservation_RefundsByTheTable(int daysBefore, long refund)
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app, opensIn: TimeSpan.FromDays(daysBefore));
        var mina = await sale.BuyerAsync("mina", 1_000);
        var id = await mina.BuyAsync(sale.A[0]);
        var cancelled = await mina.CancelAsync(id);
        cancelled.Data["cancellation"]!["refundAmount"]!.GetValue<long>().ShouldBe(refund);
        (await mina.BalanceAsync()).ShouldBe(refund);
        var payment = await mina.GetAsync("/api/payment/" + cancelled.Text("paymentId"));
        payment.Text("status").ShouldBe("REFUNDED");
        payment.Number("refundAmount").ShouldBe(refund);
        var ledger = (await mina.GetAsync("/api/user/history")).Data["items"]!.AsArray();
        ledger.Select(e => (e!["kind"]!.GetValue<string>(), e["amount"]!.GetValue<long>(), e["balanceAfter"]!.GetValue<long>()))
            .ShouldBe([("REFUND", refund, refund), ("PAYMENT", -1_000, 0), ("CHARGE", 1_000, 1_000)]);
        var report = await sale.ReportAsync();
        report.Number("refunded").ShouldBe(refund);
        report.Number("sold").ShouldBe(0);
        (await mina.SendAsync("DELETE", "/api/reservation/" + id)).ShouldFail(409, "not-cancellable");
        (await mina.BalanceAsync()).ShouldBe(refund);
    }

    [Fact]
    public async Task Cancel_PaidReservationTooLate_IsRefused()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app, opensIn: TimeSpan.FromHours(23));
        var mina = await sale.BuyerAsync("mina", 1_000);
        var id = await mina.BuyAsync(sale.A[0]);
        (await mina.SendAsync("DELETE", "/api/reservation/" + id)).ShouldFail(409, "cancel-window-closed");
        (await mina.GetAsync("/api/reservation/" + id)).Text("status").ShouldBe("CONFIRMED");
        (await mina.BalanceAsync()).ShouldBe(0);
    }

    [Fact, Trait("Rule", "R-PART")]
    public async Task CancelPart_PaidSeats_RefundsThemAndKeepsTheRest()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app, opensIn: TimeSpan.FromDays(6));
        var mina = await sale.BuyerAsync("mina", 3_000);
        var id = await mina.BuyAsync(sale.A[0], sale.A[1], sale.A[2]);
        var path = $"/api/reservation/{id}/cancel";

        (await mina.SendAsync("POST", path, new { seatIds = new[] { sale.A[3] } })).ShouldFail(400, "invalid-request");
        (await mina.SendAsync("POST", path, new { quantity = 1 })).ShouldFail(400, "invalid-request");
        (await mina.SendAsync("DELETE", "/api/reservation/" + id, new { seatIds = new[] { sale.A[0] } })).ShouldFail(400, "invalid-request");
        (await mina.SendAsync("POST", path, new { seatIds = new[] { sale.A[2], sale.A[0] } }, ("Idempotency-Key", "p1"))).ShouldBe(202);
        var kept = await app.UntilAsync(() => mina.GetAsync("/api/reservation/" + id), r => r.Has("cancellations"));

        kept.Text("status").ShouldBe("CONFIRMED");
        kept.Number("totalAmount").ShouldBe(1_000);
        kept.Has("cancellation").ShouldBeFalse();
        var part = kept.Data["cancellations"]!.AsArray().ShouldHaveSingleItem()!;
        part["seats"]!.AsArray().Select(s => s!["id"]!.GetValue<string>()).ShouldBe([sale.A[0], sale.A[2]]);
        part["refundAmount"]!.GetValue<long>().ShouldBe(1_800);
        (await mina.BalanceAsync()).ShouldBe(1_800);
        var payment = await mina.GetAsync("/api/payment/" + kept.Text("paymentId"));
        payment.Text("status").ShouldBe("COMPLETED");
        payment.Number("refundAmount").ShouldBe(1_800);
        (await mina.SendAsync("POST", path, new { seatIds = new[] { sale.A[0], sale.A[2] } }, ("Idempotency-Key", "p1"))).ShouldBe(202);
        (await mina.SendAsync("POST", path, new { seatIds = new[] { sale.A[1] } }, ("Idempotency-Key", "p1"))).ShouldFail(422, "idempotency-mismatch");
        var report = await sale.ReportAsync();
        report.Number("sold").ShouldBe(1);
        report.Number("refunded").ShouldBe(1_800);
        await (await sale.BuyerAsync("jun")).HoldAsync(sale.A[0], sale.A[2]);

        (await mina.CancelAsync(id)).Data["cancellation"]!["refundAmount"]!.GetValue<long>().ShouldBe(2_700);
        (await mina.GetAsync("/api/payment/" + kept.Text("paymentId"))).Text("status").ShouldBe("REFUNDED");
        (await mina.GetAsync("/api/user/history")).Data["items"]!.AsArray().Count(e => e!["kind"]!.GetValue<string>() == "REFUND").ShouldBe(2);
    }

    [Fact]
    public async Task Cancel_SameIdempotencyKey_RefundsOnce()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app);
        var mina = await sale.BuyerAsync("mina", 1_000);
        var id = await mina.BuyAsync(sale.A[0]);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => mina.SendAsync("DELETE", "/api/reservation/" + id, null, ("Idempotency-Key", "c1"))));
        await mina.BecomesAsync("/api/reservation/" + id, "CANCELLED");
        (await mina.SendAsync("DELETE", "/api/reservation/" + id, null, ("Idempotency-Key", "c1"))).ShouldBe(202).Text("status").ShouldBe("CANCELLED");
        (await mina.BalanceAsync()).ShouldBe(1_000);
    }

    private static async Task<Buyer> Rejoin(Buyer buyer, Sale sale)
    {
        await buyer.App.UntilAsync(() => buyer.GetAsync("/api/queue/check"), r => r.Text("status") == "ENDED");
        return await sale.BuyerAsync(buyer.User);
    }
}
