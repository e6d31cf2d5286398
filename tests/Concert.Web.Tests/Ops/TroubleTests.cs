using Concert.Booking.Commands;
using Concert.Booking.Commands.Handling;
using Concert.Booking.Ports;
using Concert.Testing.Http;
using Concert.Web.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Concert.Web.Tests.Ops;

/// <summary>What went wrong, and what can be done: dead letters, webhooks that nobody took.</summary>
public sealed class TroubleTests(Chromium chromium)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DeadLetter_OfACancellation_IsShownAndSentAgain()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var (token, bought) = await shop.TakeAsync(sale, "mina", pay: true, sale.Seats[0]);
        var now = TimeProvider.System.GetUtcNow();
        var letters = shop.Services.GetRequiredService<DeadLetterHandler>();
        await letters.HandleAsync("letter-1", new CancelCommand(bought, now, "mina", "user", "r1"), "MaxDeliveryCountExceeded", Stop);
        await letters.HandleAsync("letter-2", new PayCommand(bought, now, "mina", bought + ".forged", null), "BadPaymentId", Stop);

        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}");
        await Expect(page.Locator(".letters .worry")).ToContainTextAsync("2 could not be handled");
        await Expect(page.Locator(".letter")).ToHaveCountAsync(2);
        var letter = page.Locator(".letter", new() { HasText = "Cancel: nothing changed, noted" });
        await Expect(letter).ToContainTextAsync("Why: failed too many times");
        await Expect(page.Locator(".letter", new() { HasText = "Pay:" }).Locator(".send-again")).ToHaveCountAsync(0);
        await staff.LookAsync("ops-letters");
        await letter.Locator(".send-again").ClickAsync();
        await Expect(page.Locator(".letter", new() { HasText = "sent again" })).ToHaveCountAsync(1);
        await Expect(page.Locator("[data-kind=sold]")).ToHaveTextAsync("0");
        (await shop.Api.ReservationAsync(token, bought, null, Stop)).Require("Reservation").Status.ShouldBe("CANCELLED");
        staff.ShouldHaveSaidNothing();
    }

    /// <summary>Whether it has its end is changed on the way to the page: one without an end is handled again before anybody could look.</summary>
    [Fact]
    public async Task DeadLetter_RefusedAfterItsEnd_SaysThatItIsNotPossible()
    {
        await using var shop = await Shop.OpenAsync(chromium);
        var sale = await shop.SellHouseAsync();
        var (_, held) = await shop.TakeAsync(sale, "mina", pay: false, sale.Seats[0]);
        await shop.Services.GetRequiredService<DeadLetterHandler>()
            .HandleAsync("letter-1", new CancelCommand(held, TimeProvider.System.GetUtcNow(), "mina", "user", "r1"), "MaxDeliveryCountExceeded", Stop);
        var staff = await shop.BuyerAsync();
        await staff.Context.RouteAsync("**/dead-letters?**", async route =>
        {
            var answer = await route.FetchAsync();
            var body = (await answer.TextAsync()).Replace("\"NOTED\"", "\"PENDING\"", StringComparison.Ordinal).Replace("\"canRefuse\":false", "\"canRefuse\":true", StringComparison.Ordinal);
            await route.FulfillAsync(new() { Response = answer, Body = body });
        });
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}");
        await Expect(page.Locator(".letter")).ToContainTextAsync("Cancel: no end yet, is tried again");
        await staff.LookAsync("ops-letter-pending");
        await page.Locator(".refuse").ClickAsync();
        await Expect(page.Locator(".letter .problem")).ToHaveAttributeAsync("data-code", "not-valid");
        await Expect(page.Locator(".letter .problem")).ToContainTextAsync("Not possible as it stands now.");
    }

    /// <summary>The queue goes on showing it, as one does whose own receiver cannot get to it.</summary>
    [Fact]
    public async Task DeadLetter_WithoutAnEnd_IsRefusedNow()
    {
        var queue = new StuckQueue();
        await using var shop = await Shop.OpenAsync(chromium, services => services.AddSingleton<IQueueInspector>(queue));
        var sale = await shop.SellHouseAsync();
        var (token, held) = await shop.TakeAsync(sale, "mina", pay: false, sale.Seats[0]);
        var command = new CancelCommand(held, TimeProvider.System.GetUtcNow(), "mina", "user", "r1");
        queue.Letter = new PendingDeadLetter(new CommandMessage("letter-1", "s", CommandJson.Write(command), null), "MaxDeliveryCountExceeded");

        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync($"#/sale/{sale.ScheduleId}");
        await Expect(page.Locator(".letters .worry")).ToContainTextAsync("1 could not be handled");
        await Expect(page.Locator(".letter")).ToContainTextAsync("Cancel: no end yet, is tried again");
        await page.Locator(".refuse").ClickAsync();
        await Expect(page.Locator("#polite")).ToHaveTextAsync("It is refused now.");
        await Expect(page.Locator(".letter")).ToContainTextAsync("Cancel: nothing changed, noted");
        await Expect(page.Locator(".refuse")).ToHaveCountAsync(0);
        (await shop.Api.ReservationAsync(token, held, null, Stop)).Require("Reservation").Status.ShouldBe("HELD");
        staff.ShouldHaveSaidNothing();
    }

    [Fact]
    public async Task Webhook_ThatNobodyTook_IsShownAndSentAgain()
    {
        await using var shop = await Shop.OpenAsync(chromium, "--Webhooks:AllowPrivate=true", "--Webhooks:RetryFor=00:00:01", "--DeliverWebhooksSchedule=00:00:01");
        var sale = await shop.SellHouseAsync();
        var staff = await shop.BuyerAsync();
        var page = await staff.AtDeskAsync("#/webhooks");
        await Expect(page.GetByText("No receiver is registered.")).ToBeVisibleAsync();

        // The service itself is no receiver: it answers 404.
        (await shop.Api.RegisterWebhookAsync($"{shop.Url}/api/nobody-is-here", "k1", Stop)).Require("Registering");
        await shop.TakeAsync(sale, "mina", pay: false, sale.Seats[0]);
        await page.ShowAsync($"#/sale/{sale.ScheduleId}");
        await Expect(page.GetByText("See what failed")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.GetByText("See what failed").ClickAsync();
        await Expect(page.Locator(".letter")).ToContainTextAsync("reservation.held");
        await Expect(page.Locator(".letter")).ToContainTextAsync("Tried once: 404");
        await staff.LookAsync("ops-webhooks");
        await page.Locator(".send-again").ClickAsync();
        await Expect(page.GetByText("Nothing has failed.")).ToBeVisibleAsync();
        await Expect(page.Locator("#polite")).ToHaveTextAsync("1 sent again.");
        staff.ShouldHaveSaidNothing();
    }

    private sealed class StuckQueue : IQueueInspector
    {
        public PendingDeadLetter? Letter { get; set; }

        public Task<QueueLoad?> MeasureAsync(CancellationToken cancellationToken) => Task.FromResult<QueueLoad?>(null);

        public Task<IReadOnlyList<PendingDeadLetter>> PeekDeadLettersAsync(int limit, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<PendingDeadLetter>>(Letter is { } letter ? [letter] : []);
    }
}
