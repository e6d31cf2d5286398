using Concert.Booking.Reservations.Cancel;
using System.Text.Json.Nodes;
using Concert.Booking.Calls;
using Concert.Booking.Outbox;
using Concert.Booking.Ports;
using Concert.Booking.Tests.Support;
using Concert.Booking.Webhooks;
using Concert.Testing.Fakes;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Webhooks;

[Trait("Rule", "R-WEBHOOK")]
public sealed class WebhookTests
{
    private const string Shop = "https://shop.example.com/hook";

    [Fact]
    public async Task Sale_WithAReceiver_TellsEveryStepInOrder()
    {
        using var world = new World();
        await RegisterAsync(world, Shop);
        var (sold, _) = await world.BuyAsync("kim", 1, 2);
        await world.DeliverAsync();
        world.Receivers.Attempts.Select(TypeOf).ShouldBe([WebhookEvents.Held, WebhookEvents.Confirmed]);
        var data = JsonNode.Parse(world.Receivers.Attempts[1].Body)!["data"]!;
        data["userId"]!.GetValue<string>().ShouldBe("kim");
        data["reservation"]!["id"]!.GetValue<string>().ShouldBe(sold);
        data["reservation"]!["status"]!.GetValue<string>().ShouldBe("CONFIRMED");
        data["reservation"]!["seats"]!.AsArray().Count.ShouldBe(2);
        Left(world).ShouldBe(0);
    }

    [Fact]
    public async Task Hold_OverAndCancelled_TellsBoth()
    {
        using var world = new World();
        await RegisterAsync(world, Shop);
        await world.HoldAsync("kim", 1);
        var second = await world.HoldAsync("lee", 2);
        await world.Cancellations.RequestAsync(new Caller("lee"), second, CancelRequest.Whole, CancellationToken.None);
        await world.DrainAsync();
        world.Time.Advance(TimeSpan.FromMinutes(6));
        await world.Timers.ReleaseExpiredHoldsAsync(CancellationToken.None);
        await world.DrainAsync();
        await world.DeliverAsync();
        world.Receivers.Attempts.Select(TypeOf).Order(StringComparer.Ordinal)
            .ShouldBe([WebhookEvents.Cancelled, WebhookEvents.Expired, WebhookEvents.Held, WebhookEvents.Held]);
    }

    [Fact]
    public async Task Part_GivenBack_TellsOfItWithTheReservationAsItStands()
    {
        using var world = new World();
        await RegisterAsync(world, Shop, WebhookEvents.Cancelled);
        var (reservation, _) = await world.BuyAsync("kim", 1, 2);
        await world.Cancellations.RequestAsync(new Caller("kim"), reservation, new CancelRequest([World.Seat(2)]), CancellationToken.None);
        await world.DrainAsync();
        await world.DeliverAsync();
        await world.Cancellations.RequestAsync(new Caller("kim"), reservation, CancelRequest.Whole, CancellationToken.None);
        await world.DrainAsync();
        await world.DeliverAsync();

        world.Receivers.Attempts.Select(TypeOf).ShouldBe([WebhookEvents.Cancelled, WebhookEvents.Cancelled]);
        var (part, whole) = (Told(0), Told(1));
        part["status"]!.GetValue<string>().ShouldBe("CONFIRMED");
        part["seats"]!.AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<string>().ShouldBe(World.Seat(1));
        part["cancellations"]!.AsArray().ShouldHaveSingleItem()!["refundAmount"]!.GetValue<long>().ShouldBe(World.SeatPrice);
        whole["status"]!.GetValue<string>().ShouldBe("CANCELLED");
        whole["cancellation"]!["refundAmount"]!.GetValue<long>().ShouldBe(2 * World.SeatPrice);

        JsonNode Told(int n) => JsonNode.Parse(world.Receivers.Attempts[n].Body)!["data"]!["reservation"]!;
    }

    [Fact]
    public async Task Hold_WithoutAReceiver_WritesNothingMore()
    {
        using var world = new World();
        await world.HoldAsync("kim", 1);
        Left(world).ShouldBe(0);
        (await world.DeliverAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Hold_NobodyWantsToHearOf_WritesNothingMore()
    {
        using var world = new World();
        await RegisterAsync(world, Shop, WebhookEvents.Confirmed);
        await world.HoldAsync("kim", 1);
        Left(world).ShouldBe(0);
    }

    [Fact]
    public async Task Hold_BatchRefused_TellsNothing()
    {
        using var world = new World();
        await RegisterAsync(world, Shop);
        world.Store.OnCommit = (partition, operations) =>
            partition.Key == World.Seats.PartitionKey && operations.Any(o => o.Id.StartsWith(OutboxDocument.Prefix, StringComparison.Ordinal)) ? CommitFault.Refused : CommitFault.None;
        await world.HoldAsync("kim", 1);
        world.Store.OnCommit = null;
        world.Store.All().Any(d => d.Document.Id.StartsWith(OutboxDocument.Prefix, StringComparison.Ordinal)).ShouldBeFalse();
        world.SeatAt(1).Holder.ShouldBeNull();
    }

    [Fact]
    public async Task Receiver_Away_HoldsUpItsSubjectAndHearsTheRestLater()
    {
        using var world = new World();
        await RegisterAsync(world, Shop);
        world.Receivers.Answer = (_, _) => Task.FromResult<WebhookAnswer>(new WebhookAnswer.Failed("503 ServiceUnavailable"));
        await world.BuyAsync("kim", 1);
        (await world.DeliverAsync()).ShouldBe(0);
        // Confirmed waits for held, which waits for its next attempt.
        world.Receivers.Attempts.Select(TypeOf).ShouldBe([WebhookEvents.Held]);
        (await world.DeliverAsync()).ShouldBe(0);
        world.Receivers.Attempts.Count.ShouldBe(1);
        world.Receivers.Answer = (_, _) => Task.FromResult<WebhookAnswer>(new WebhookAnswer.Delivered());
        world.Time.Advance(TimeSpan.FromSeconds(6));
        (await world.DeliverAsync()).ShouldBe(2);
        world.Receivers.Attempts.Select(TypeOf).ShouldBe([WebhookEvents.Held, WebhookEvents.Held, WebhookEvents.Confirmed]);
        world.Receivers.Attempts.Take(2).Select(a => a.Id).Distinct().Count().ShouldBe(1);
        Left(world).ShouldBe(0);
    }

    [Fact]
    public async Task Receiver_AwayForADay_IsListedAndSentAgainOnRequest()
    {
        using var world = new World();
        var hook = await RegisterAsync(world, Shop, WebhookEvents.Held);
        world.Receivers.Answer = (_, _) => Task.FromResult<WebhookAnswer>(new WebhookAnswer.Failed("503 ServiceUnavailable"));
        var held = await world.HoldAsync("kim", 1);
        var pauses = new List<TimeSpan>();
        for (var last = DateTimeOffset.MinValue; (await Failures(world, hook)).Count == 0;)
        {
            await world.DeliverAsync();
            if (world.Receivers.Attempts is [.., var attempt] && attempt.At != last)
            {
                pauses.Add(attempt.At - last);
                last = attempt.At;
            }

            world.Time.Advance(TimeSpan.FromSeconds(5));
            pauses.Count.ShouldBeLessThan(40);
        }

        // The first is from the beginning of time.
        pauses.Skip(2).Zip(pauses.Skip(1)).Take(8).ShouldAllBe(p => p.First > p.Second);
        pauses[^1].ShouldBeGreaterThan(TimeSpan.FromHours(1));
        var failed = (await Failures(world, hook)).Single();
        (failed.Event, failed.About, failed.Fault, failed.Attempts).ShouldBe((WebhookEvents.Held, held, "503 ServiceUnavailable", world.Receivers.Attempts.Count));

        world.Receivers.Answer = (_, _) => Task.FromResult<WebhookAnswer>(new WebhookAnswer.Delivered());
        (await world.Get<IWebhookUseCases>().ResendAsync(hook, new ResendRequest([failed.Id]), "key", CancellationToken.None)).Value.Resent.ShouldBe(1);
        (await world.Get<IWebhookUseCases>().ResendAsync(hook, new ResendRequest([failed.Id]), "key", CancellationToken.None)).Value.Resent.ShouldBe(1);
        (await world.DeliverAsync()).ShouldBe(1);
        (await Failures(world, hook)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Receiver_Dead_SlowsNoOther()
    {
        using var world = new World();
        await RegisterAsync(world, "https://dead.example.com/");
        await RegisterAsync(world, Shop);
        var dead = new TaskCompletionSource<WebhookAnswer>();
        world.Receivers.Answer = (message, _) => message.Url.Host == "dead.example.com" ? dead.Task : Task.FromResult<WebhookAnswer>(new WebhookAnswer.Delivered());
        await world.HoldAsync("kim", 1);
        var round = world.DeliverAsync();
        await WaitForAsync(() => ToShop(world) == 1);
        await world.HoldAsync("lee", 2);
        await WaitForAsync(() => ToShop(world) == 2);
        round.IsCompleted.ShouldBeFalse();
        dead.SetResult(new WebhookAnswer.Failed("No answer within 5 s."));
        await round;
    }

    [Fact]
    public async Task Receiver_ThatDidNotAnswer_IsTriedWithOneEventFirst()
    {
        using var world = new World();
        await RegisterAsync(world, Shop, WebhookEvents.Held);
        world.Receivers.Answer = (_, _) => Task.FromResult<WebhookAnswer>(new WebhookAnswer.Failed("no"));
        await world.HoldAsync("kim", 1);
        await world.DeliverAsync();
        for (var seat = 2; seat <= 8; seat++)
        {
            await world.HoldAsync("lee" + seat, seat);
        }

        var before = world.Receivers.Attempts.Count;
        await world.DeliverAsync();
        world.Receivers.Attempts.Count.ShouldBe(before + 1);
    }

    [Fact]
    public async Task Relay_DiesBetweenCopyAndRemoval_CopiesTheSameAgain()
    {
        using var world = new World();
        await RegisterAsync(world, Shop, WebhookEvents.Held);
        await world.HoldAsync("kim", 1);
        world.Store.OnCommit = (_, operations) => operations is [DocumentOperation.Delete { Id: var id }] && id.StartsWith(OutboxDocument.Prefix, StringComparison.Ordinal)
            ? CommitFault.Refused
            : CommitFault.None;
        await Should.ThrowAsync<StoreUnavailableException>(world.DeliverAsync);
        world.Store.OnCommit = null;
        await world.DeliverAsync();
        world.Receivers.Attempts.Select(a => a.Id).Distinct().Count().ShouldBe(1);
        Left(world).ShouldBe(0);
    }

    [Fact]
    public async Task Removed_HearsNothingMoreAndLeavesNothingBehind()
    {
        using var world = new World();
        var hook = await RegisterAsync(world, Shop);
        world.Receivers.Answer = (_, _) => Task.FromResult<WebhookAnswer>(new WebhookAnswer.Failed("no"));
        await world.HoldAsync("kim", 1);
        await world.DeliverAsync();
        (await world.Get<IWebhookUseCases>().RemoveAsync(hook, "key", CancellationToken.None)).ShouldBeNull();
        (await world.Get<IWebhookUseCases>().RemoveAsync(hook, "key", CancellationToken.None)).ShouldBeNull();
        (await world.Get<IWebhookUseCases>().RemoveAsync(hook, null, CancellationToken.None))!.Code.ShouldBe(RefusalCode.NotYours);
        Left(world).ShouldBe(0);
        (await world.Get<IWebhookUseCases>().ListAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Register_SameKeyTwice_IsOneReceiverWithOneSecret()
    {
        using var world = new World();
        var webhooks = world.Get<IWebhookUseCases>();
        var first = (await webhooks.RegisterAsync(new NewWebhook(Shop, null), "key", CancellationToken.None)).Value;
        var again = (await webhooks.RegisterAsync(new NewWebhook(Shop, null), "key", CancellationToken.None)).Value;
        again.Id.ShouldBe(first.Id);
        again.Secret.ShouldBe(first.Secret);
        first.Secret!.ShouldStartWith("whsec_");
        first.Events.ShouldBe(WebhookEvents.All);
        (await webhooks.ListAsync(CancellationToken.None)).Single().Secret.ShouldBeNull();
        (await webhooks.RegisterAsync(new NewWebhook(Shop + "2", null), "key", CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("shop.example.com")]
    [InlineData("/hook")]
    [InlineData("http://shop.example.com/")]
    [InlineData("https://user:secret@shop.example.com/")]
    [InlineData("https://shop.example.com/#part")]
    public async Task Register_BadAddress_IsRefused(string? url)
    {
        using var world = new World();
        (await world.Get<IWebhookUseCases>().RegisterAsync(new NewWebhook(url, null), null, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
        world.Store.All().Any(d => d.Document.Id.StartsWith(WebhookDocument.Prefix, StringComparison.Ordinal)).ShouldBeFalse();
    }

    [Fact]
    public async Task Register_SeveralAtOnceForTheLastPlace_OneIsTakenAndRoomComesBack()
    {
        using var world = new World();
        for (var i = 1; i < WebhookRegistry.MaxReceivers; i++)
        {
            await RegisterAsync(world, $"{Shop}/{i}");
        }

        var webhooks = world.Get<IWebhookUseCases>();
        // Each has looked before any has written.
        var looked = 0;
        var all = new TaskCompletionSource();
        world.Store.OnCommit = (_, operations) =>
        {
            if (operations.Any(o => o.Id.StartsWith(WebhookDocument.Prefix, StringComparison.Ordinal)) && Interlocked.Increment(ref looked) == 3)
            {
                all.SetResult();
            }

            all.Task.Wait(TimeSpan.FromMinutes(1)).ShouldBeTrue();
            return CommitFault.None;
        };
        var asked = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => webhooks.RegisterAsync(new NewWebhook($"{Shop}/last/{i}", null), null, CancellationToken.None)));

        world.Store.OnCommit = null;
        asked.Count(a => a.Refusal?.Code == RefusalCode.LimitReached).ShouldBe(2);
        var receivers = world.Store.All().Where(d => d.Document.Id.StartsWith(WebhookDocument.Prefix, StringComparison.Ordinal)).ToList();
        receivers.Count.ShouldBe(WebhookRegistry.MaxReceivers);
        (await webhooks.RemoveAsync(asked.Single(a => a.Refusal is null).Value.Id, null, CancellationToken.None)).ShouldBeNull();
        await RegisterAsync(world, Shop);
    }

    [Fact]
    public async Task Event_CopiedToAReceiverThatIsNoMore_IsForgottenInTime()
    {
        using var world = new World();
        var hook = await RegisterAsync(world, Shop);
        await world.HoldAsync("kim", 1);
        // Removed while a relay that had read the list before copies to it.
        var receivers = await world.Get<WebhookRegistry>().ReadAsync(CancellationToken.None);
        (await world.Get<IWebhookUseCases>().RemoveAsync(hook, null, CancellationToken.None)).ShouldBeNull();
        (await world.Get<WebhookRelay>().MoveAsync(receivers, CancellationToken.None)).ShouldBe(1);
        var left = world.Store.All().Single(d => d.Document.Id.StartsWith(DeliveryDocument.Prefix, StringComparison.Ordinal)).Document;

        JsonNode.Parse(left.Json.Span)!["ttl"]!.GetValue<int>().ShouldBe((int)TimeSpan.FromDays(DeliveryDocument.KeptDays).TotalSeconds);
    }

    [Fact]
    public async Task Register_UnknownOrNoEvent_IsRefused()
    {
        using var world = new World();
        var webhooks = world.Get<IWebhookUseCases>();
        (await webhooks.RegisterAsync(new NewWebhook(Shop, ["reservation.sold"]), null, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
        (await webhooks.RegisterAsync(new NewWebhook(Shop, []), null, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
    }

    private static async Task<string> RegisterAsync(World world, string url, params string[] events) =>
        (await world.Get<IWebhookUseCases>().RegisterAsync(new NewWebhook(url, events is [] ? null : events), null, CancellationToken.None)).Value.Id;

    private static async Task<IReadOnlyList<FailedDelivery>> Failures(World world, string hook) =>
        (await world.Get<IWebhookUseCases>().FailuresAsync(hook, null, 100, CancellationToken.None)).Value.Items;

    private static int ToShop(World world) => world.Receivers.Attempts.Count(a => a.Url.AbsoluteUri == Shop);

    private static async Task WaitForAsync(Func<bool> condition)
    {
        for (var i = 0; i < 3_000 && !condition(); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }

        condition().ShouldBeTrue();
    }

    private static string TypeOf(WebhookMessage message) => JsonNode.Parse(message.Body)!["type"]!.GetValue<string>();

    /// <summary>Events that are somewhere on their way.</summary>
    private static int Left(World world) => world.Store.All().Count(d =>
        d.Document.Id.StartsWith(OutboxDocument.Prefix, StringComparison.Ordinal) || d.Document.Id.StartsWith(DeliveryDocument.Prefix, StringComparison.Ordinal));
}

internal static class WebhookWorld
{
    public static Task<int> DeliverAsync(this World world) => world.Timers.DeliverWebhooksAsync(CancellationToken.None);
}
