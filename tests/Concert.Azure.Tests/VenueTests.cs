using System.Text.Json;
using Concert.Azure.Tests.Cosmos;
using Concert.Azure.Tests.Redis.Server;
using Concert.Booking;
using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Block;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Tickets;
using Concert.Booking.Timers;
using Concert.Booking.Wallets;
using Concert.Booking.Webhooks;
using Concert.Testing.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests;

/// <summary>What venues and promoters have, from the first call to the last, over the adapters of Azure: the real Cosmos SDK, a real Redis, sessions of the fake queue.</summary>
public sealed class VenueTests(SharedRedis redis) : IAsyncLifetime
{
    private const long Dear = 150_000;
    private const long Cheap = 90_000;

    private readonly HastyTime _time = new(new DateTimeOffset(2026, 5, 1, 20, 0, 0, TimeSpan.FromHours(9)));
    private readonly FakeWebhookSender _receivers = new();
    private FakeQueue _queue = null!;
    private GatewayFixture _cosmos = null!;
    private ServiceProvider _redis = null!;
    private ServiceProvider _services = null!;
    private string _schedule = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cosmos = await GatewayFixture.CreateAsync();
        _redis = ConcertRedis.Instance(await redis.ServerAsync(), ConcertRedis.Patient);
        _queue = new FakeQueue(_time);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["WaitingRoom:SigningKey"] = new string('k', 32),
            ["Admin:Key"] = new string('a', 16),
        }).Build();
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton<IDocumentStore>(_cosmos.Store)
            .AddSingleton<ICommandSender>(_queue)
            .AddSingleton<IQueueInspector>(_queue)
            .AddSingleton(_redis.Gate())
            .AddSingleton(_redis.Room())
            .AddSingleton(_redis.Maps())
            .AddSingleton<IWebhookSender>(_receivers)
            .AddHybridCache().Services
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddConcertBooking(configuration)
            .BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _redis.DisposeAsync();
        _cosmos.Dispose();
    }

    [Fact]
    public async Task Sale_OfAVenue_GoesFromSeatsAsPrintedToTheCallOff()
    {
        await Get<IWebhookUseCases>().RegisterAsync(new NewWebhook("https://shop.example/events", null), null, Cancel);
        var sections = await PutOnSaleAsync();

        // The best places of the house, and of the other section once the first is full.
        var four = await BestAsync("kim", 4);
        var three = await BestAsync("lee", 3);
        (four.Seats.Select(s => s.Section).Distinct().Single(), three.Seats.Select(s => s.Section).Distinct().Single()).ShouldBe(("Stalls", "Balcony"));
        four.TotalAmount.ShouldBe(4 * Dear);
        (await BestAsync("park", 4)).Reason.ShouldBe("sold-out");

        // House seats, and a sale that rests.
        var house = sections[1].SeatIds.First(id => three.Seats.All(s => s.Id != id));
        (await Get<IBlockUseCase>().BlockAsync(_schedule, new BlockRequest([house], null, null), null, Cancel)).Refusal.ShouldBeNull();
        (await Get<IBlockUseCase>().BlockAsync(_schedule, new BlockRequest([four.Seats[0].Id], null, null), null, Cancel)).Refusal!.Code.ShouldBe(RefusalCode.SeatTaken);
        (await Get<IScheduleEditor>().ChangeAsync(_schedule, new ScheduleChange(SalesPaused: true, Grades: [new("A", Price: Dear + 1)]), null, Cancel)).Refusal.ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(4));
        (await Get<IReserveUseCase>().RequestAsync(new Caller("choi"), new ReservationRequest(house, null, null, null), Cancel)).Refusal!.Code.ShouldBe(RefusalCode.BookingClosed);

        // A part is given back of what was paid at the price of the hold; the rest has a ticket, which is used once.
        await PayAsync("kim", four, 4 * Dear);
        await Get<ICancelUseCase>().RequestAsync(new Caller("kim"), four.Id, new CancelRequest([four.Seats[3].Id]), Cancel);
        await DrainAsync();
        var kept = await FindAsync("kim", four.Id);
        (kept.Status, kept.Seats.Count, await BalanceAsync("kim")).ShouldBe((ReservationStatus.Confirmed, 3, Dear));
        var ticket = (await Get<ITicketReader>().GetAsync(new Caller("kim"), four.Id, Cancel)).Value;
        var scans = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Get<ICheckInUseCase>().CheckInAsync(new CheckInRequest(ticket.Code), null, Cancel)));
        scans.Count(s => s.Refusal is null).ShouldBe(1);
        scans.Single(s => s.Refusal is not null).Refusal!.Code.ShouldBe(RefusalCode.AlreadyUsed);

        // Called off: everybody has everything back, also who was in already.
        (await Get<ICallOffUseCase>().CallOffAsync(_schedule, new CallOffRequest("The singer is ill"), null, Cancel)).Refusal.ShouldBeNull();
        for (var round = 0; round < 3; round++)
        {
            await Get<ITimerUseCases>().RepairPaymentsAsync(Cancel);
            await DrainAsync();
            _time.Advance(TimeSpan.FromSeconds(30));
        }

        (await FindAsync("kim", four.Id), await FindAsync("lee", three.Id)).ShouldSatisfyAllConditions(
            both => both.Item1.Status.ShouldBe(ReservationStatus.Cancelled),
            both => both.Item2.Status.ShouldBe(ReservationStatus.Cancelled));
        (await BalanceAsync("kim")).ShouldBe(4 * Dear);
        var report = (await Get<IScheduleReports>().ReportAsync(_schedule, Cancel)).Value;
        (report.Held, report.Sold, report.Blocked, report.Paid, report.Refunded).ShouldBe((0, 0, 1, 4 * Dear, 4 * Dear));
        (report.CallOff!.Ended, report.CallOff.Refunded, report.CallOff.Left).ShouldBe((1, 1, 0));
        report.CallOff.FinishedAt.ShouldNotBeNull();

        // And all of it was told.
        while (await Get<ITimerUseCases>().DeliverWebhooksAsync(Cancel) > 0)
        {
        }

        string.Join(' ', _receivers.Attempts.Select(EventOf).Order(StringComparer.Ordinal)).ShouldBe(
            "reservation.cancelled reservation.cancelled reservation.cancelled reservation.confirmed reservation.held reservation.held schedule.called-off");
    }

    private static string EventOf(WebhookMessage message) => JsonDocument.Parse(message.Body).RootElement.GetProperty("type").GetString()!;

    private T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    private Task DrainAsync() => _queue.DrainAsync(Get<ICommandProcessor>());

    private async Task<IReadOnlyList<CreatedSection>> PutOnSaleAsync()
    {
        var now = _time.GetUtcNow();
        var concert = (await Get<ICatalogAdmin>().CreateConcertAsync(new NewConcert("Spring"), null, Cancel)).Value;
        var schedule = (await Get<ICatalogAdmin>().CreateScheduleAsync(
            new NewSchedule(
                concert.Id,
                now.AddDays(30),
                now.AddDays(30).AddHours(3),
                now.AddDays(-1),
                now.AddDays(29),
                [new("Stalls", null, [new(1, 6, null, "A", "A")]), new("Balcony", null, [new(1, 5, null, "B", "B")])],
                null,
                [new("A", "Front", Dear), new("B", "Back", Cheap)]),
            null,
            Cancel)).Value;
        _schedule = schedule.Id;
        return schedule.Sections;
    }

    private async Task<ReservationView> BestAsync(string user, int count)
    {
        var asked = await Get<IReserveUseCase>().RequestAsync(
            new Caller(user), new ReservationRequest(null, null, null, null) { ConcertScheduleId = _schedule, Count = count }, Cancel);
        if (asked.Refusal is { } refused)
        {
            refused.Code.ShouldBe(RefusalCode.SoldOut);
            return new ReservationView("", ReservationStatus.Rejected, refused.Code.Name(), _schedule, [], null, null, null, null, _time.GetUtcNow(), null, null, []);
        }

        await DrainAsync();
        return await FindAsync(user, asked.Value.Id);
    }

    private async Task<ReservationView> FindAsync(string user, string id) => (await Get<IReservationReader>().GetAsync(new Caller(user), id, Cancel)).Value;

    private async Task PayAsync(string user, ReservationView reservation, long amount)
    {
        (await Get<IWalletUseCases>().ChargeAsync(new Caller(user), amount, Cancel)).Refusal.ShouldBeNull();
        (await Get<IPayUseCase>().RequestAsync(new Caller(user), new PaymentRequest(reservation.Id, null), Cancel)).Refusal.ShouldBeNull();
        await DrainAsync();
    }

    private async Task<long> BalanceAsync(string user) => (await Get<IWalletUseCases>().BalanceAsync(new Caller(user), Cancel)).Value.Balance;
}
