
namespace ConcertFunctions.Local.Tests;

/// <summary>A machine's clock can be set back between two runs. Nothing accepted may be lost, sold twice or stuck for it.</summary>
public sealed class ClockTests
{
    [Fact]
    public async Task Restart_ClockSetBackAnHour_KeepsHoldsTokensAndMoneyAndReleasesInTheEnd()
    {
        using var folder = new TemporaryFolder();
        var start = new DateTimeOffset(2026, 5, 1, 20, 0, 0, TimeSpan.FromHours(9));
        Sale sale;
        Buyer kim, lee;
        string paid, forgotten;
        await using (var app = await LocalApp.StartDurableAsync(folder.Path, new FakeTimeProvider(start)))
        {
            sale = await Sale.OpenAsync(app, bookingIn: TimeSpan.FromHours(-2));
            kim = await sale.BuyerAsync("kim", 5_000);
            lee = await sale.BuyerAsync("lee", 700);
            paid = await kim.HoldAsync(sale.A[0]);
            forgotten = await lee.HoldAsync(sale.A[1]);
        }

        await using var back = await LocalApp.StartDurableAsync(folder.Path, new FakeTimeProvider(start.AddHours(-1)));
        kim = kim with { App = back };
        lee = lee with { App = back };

        (await kim.GetAsync("/api/reservation/" + paid)).Text("status").ShouldBe("HELD");
        var second = await lee.ReserveAsync(new { seatId = sale.A[0] });
        (second.Status == 409 ? second.Json["code"]! : second.Data["reason"]!).GetValue<string>().ShouldBe("seat-taken");
        (await kim.PayAsync(new { reservationId = paid })).Text("status").ShouldBe("COMPLETED");
        (await kim.BalanceAsync()).ShouldBe(4_000);
        (await lee.BalanceAsync()).ShouldBe(700);
        (await lee.GetAsync("/api/reservation/" + forgotten)).Text("status").ShouldBe("HELD");

        await back.PassAsync(TimeSpan.FromHours(1) + TimeSpan.FromMinutes(6));
        await lee.BecomesAsync("/api/reservation/" + forgotten, "EXPIRED");

        var report = (await back.AdminAsync("GET", $"/api/admin/schedule/{sale.ScheduleId}/report")).Data;
        report["sold"]!.GetValue<long>().ShouldBe(1);
        report["held"]!.GetValue<long>().ShouldBe(0);
        report["reservedSeats"]!.GetValue<long>().ShouldBe(1);
        report["paid"]!.GetValue<long>().ShouldBe(1_000);
    }
}
