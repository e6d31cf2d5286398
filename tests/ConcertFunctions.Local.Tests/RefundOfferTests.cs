namespace ConcertFunctions.Local.Tests;

/// <summary>What a cancellation would give back is said before it is asked for, and is what comes back then.</summary>
[Trait("Rule", "R-REFUND")]
public sealed class RefundOfferTests
{
    [Theory]
    [InlineData(8, 100, 7, 1000)]
    [InlineData(5, 90, 3, 900)]
    [InlineData(2, 80, 1, 800)]
    public async Task Reservation_Paid_SaysThePercentAndUntilWhen(int daysLeft, int percent, int untilDaysBefore, long refund)
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app, TimeSpan.FromDays(daysLeft) + TimeSpan.FromHours(1));
        var mina = await sale.BuyerAsync("mina", 1_000);
        var id = await mina.HoldAsync(sale.A[0]);
        var path = $"/api/reservation/{id}";
        (await mina.GetAsync(path)).Has("cancellable").ShouldBeFalse();
        (await mina.PayAsync(new { reservationId = id })).Text("status").ShouldBe("COMPLETED");

        var offer = (await mina.GetAsync(path)).Data["cancellable"]!;
        offer["percent"]!.GetValue<int>().ShouldBe(percent);
        var opening = app.Time.GetUtcNow() + TimeSpan.FromDays(daysLeft) + TimeSpan.FromHours(1);
        (opening - offer["until"]!.GetValue<DateTimeOffset>() - TimeSpan.FromDays(untilDaysBefore)).Duration().ShouldBeLessThan(TimeSpan.FromMinutes(1));
        (await mina.GetAsync("/api/reservation")).Data["items"]![0]!["cancellable"]!["percent"]!.GetValue<int>().ShouldBe(percent);

        (await mina.CancelAsync(id)).Data["cancellation"]!["refundAmount"]!.GetValue<long>().ShouldBe(refund);
        (await mina.GetAsync(path)).Has("cancellable").ShouldBeFalse();
    }

    [Fact]
    public async Task Reservation_TooLate_OffersNothing()
    {
        await using var app = await LocalApp.StartAsync();
        var sale = await Sale.OpenAsync(app, TimeSpan.FromHours(23));
        var mina = await sale.BuyerAsync("mina", 1_000);
        var id = await mina.BuyAsync(sale.A[0]);
        (await mina.GetAsync($"/api/reservation/{id}")).Has("cancellable").ShouldBeFalse();
    }
}
