using Concert.Booking;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Outbox;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;
using Concert.Testing.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Cosmos;

/// <summary>
/// Request units of the commands of a sale, with their reads: the real handlers over the real adapter and SDK, priced by <see cref="Gateway.PublishedCharges"/>
/// from published rules. An estimate to plan with, not a measurement. The table is in the test's output and in docs/scaling.md; the assertions keep a change
/// of a handler, a document or an index from raising the bill unseen.
/// </summary>
public sealed class BatchChargeTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string ConcertId = "c1a2b3c4d";
    private const string ScheduleId = ConcertId + "-ab12cd";
    private const long SeatPrice = 50_000;

    private static readonly SectionRef Stalls = new(ScheduleId, "1");
    private static readonly SectionRef Floor = new(ScheduleId, "g1");

    private readonly HastyTime _time = new(new DateTimeOffset(2026, 5, 1, 20, 0, 0, TimeSpan.FromHours(9)));
    private GatewayFixture _fixture = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _fixture = await GatewayFixture.CreateAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["WaitingRoom:SigningKey"] = new string('k', 32),
            ["Admin:Key"] = new string('a', 16),
        }).Build();
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton<IDocumentStore>(_fixture.Store)
            .AddSingleton<ICommandSender>(new FakeQueue(_time))
            .AddSingleton<IQueueInspector>(new FakeQueue(_time))
            .AddSingleton<ISeatGate>(new FakeGate(_time))
            .AddSingleton<IWaitingRoom>(new FakeRoom(_time))
            .AddSingleton<ISeatMapCache>(new FakeSeatMapCache())
            .AddHybridCache().Services
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddConcertBooking(configuration)
            .BuildServiceProvider();

        var now = _time.GetUtcNow();
        var schedule = new ScheduleDocument(
            ScheduleId,
            now.AddDays(30),
            now.AddDays(30).AddHours(3),
            now.AddDays(-1),
            now.AddDays(29),
            [new SectionPlan("1", "Stalls", [new SeatRun(1, 1_000, SeatPrice)])],
            [new InventoryPlan("g1", "Floor", 500, SeatPrice)]);
        await SeedAsync(new PartitionRef(DocumentContainer.Catalog, ConcertId), new ConcertDocument("Spring", 0));
        await SeedAsync(new PartitionRef(DocumentContainer.Catalog, ConcertId), schedule);
        await SeedAsync(Floor.Partition, new CountersDocument(500, 0, 0));

        // Every instance keeps the schedule: only its first command reads it.
        await _services.GetRequiredService<CatalogReader>().FindScheduleAsync(ScheduleId, Cancel);

        // It asks for the receivers of events every few seconds, however many holds come in between.
        await _services.GetRequiredService<WebhookRegistry>().ReadAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _fixture.Dispose();
    }

    [Fact]
    public async Task Commands_OfASale_CostNoMoreThanPlanned()
    {
        await TopUpAsync("wallet charge, first", 10_000_000);
        await TopUpAsync("wallet charge, later", 1);
        var (seat, hold) = await HoldAsync("hold of one seat, the user's first in the schedule", "kim", 1);
        var payment = await PayAsync("payment of one seat", "kim", seat);
        var cancel = await CancelAsync("cancellation of a paid seat", "kim", seat);
        var (second, later) = await HoldAsync("hold of one seat, a later one", "kim", 2);
        var cancelHold = await CancelAsync("cancellation of a hold", "kim", second);
        var (group, four) = await HoldAsync("hold of four seats", "kim", 11, 12, 13, 14);
        await PayAsync("payment of four seats", "kim", group);
        var standing = await HandleAsync("hold of standing places", Reserve(Floor, "park", null, 2), ReservationStatus.Held);

        var (overdue, _) = await HoldAsync("hold of one seat (again)", "choi", 20);
        var refusal = await HandleAsync("refusal by the handler", Reserve(Stalls, "jung", [20], null), ReservationStatus.Rejected);
        _time.Advance(TimeSpan.FromMinutes(6));
        await _services.GetRequiredService<WebhookRegistry>().ReadAsync(Cancel);
        var expiry = await HandleAsync("expiry of a hold", new ExpireCommand(overdue, _time.GetUtcNow()), ReservationStatus.Expired);

        hold.ShouldBeLessThanOrEqualTo(28);
        payment.ShouldBeLessThanOrEqualTo(60);
        cancel.ShouldBeLessThanOrEqualTo(70);
        later.ShouldBeLessThanOrEqualTo(33);
        four.ShouldBeLessThanOrEqualTo(55);
        standing.ShouldBeLessThanOrEqualTo(33);
        refusal.ShouldBeLessThanOrEqualTo(17);
        cancelHold.ShouldBeLessThanOrEqualTo(20);
        expiry.ShouldBeLessThanOrEqualTo(20);
    }

    private async Task<(string Reservation, double Units)> HoldAsync(string what, string user, params int[] seats)
    {
        var command = Reserve(Stalls, user, seats, null);
        return (command.ReservationId, await HandleAsync(what, command, ReservationStatus.Held));
    }

    private Task<double> PayAsync(string what, string user, string reservation)
    {
        ReservationId.TryParse(reservation, out var id).ShouldBeTrue();
        var payment = _services.GetRequiredService<IdGenerator>().NewPayment(id, user).ToString();
        var token = new TokenClaims(Guid.NewGuid(), user, ConcertId, _time.GetUtcNow());
        return HandleAsync(what, new PayCommand(reservation, _time.GetUtcNow(), user, payment, token), ReservationStatus.Confirmed);
    }

    private Task<double> CancelAsync(string what, string user, string reservation) =>
        HandleAsync(what, new CancelCommand(reservation, _time.GetUtcNow(), user, "requested by the user", "request"), ReservationStatus.Cancelled);

    private ReserveCommand Reserve(SectionRef section, string user, IReadOnlyList<int>? seats, int? quantity) =>
        new(_services.GetRequiredService<IdGenerator>().NewReservation(section, user, _ => 0).ToString(), _time.GetUtcNow(), user, seats, quantity);

    private Task<double> TopUpAsync(string what, long amount) => MeasureAsync(what, async () =>
        (await _services.GetRequiredService<IWalletUseCases>().ChargeAsync(new Caller("kim"), amount, Cancel)).Refusal.ShouldBeNull());

    /// <summary>Handles the command as the session trigger does; what it cost.</summary>
    private async Task<double> HandleAsync(string what, Command command, ReservationStatus status)
    {
        ReservationId.TryParse(command.ReservationId, out var id).ShouldBeTrue();
        var message = new CommandMessage($"{command.Name}:{id.Code}", id.SessionId, CommandJson.Write(command));
        var units = await MeasureAsync(what, async () =>
            (await _services.GetRequiredService<ICommandProcessor>().ProcessAsync(message, 1, Cancel)).ShouldBeOfType<ProcessResult.Done>());
        var stored = await _fixture.Store.ReadAsync(id.Section.Partition, id.DocumentId, Cancel);
        DocumentJson.Read<ReservationDocument>(stored!).Status.ShouldBe(status);
        return units;
    }

    private async Task<double> MeasureAsync(string what, Func<Task> act)
    {
        _fixture.Charges.Clear();
        await act();
        var steps = _fixture.Charges.Select(c => FormattableString.Invariant($"{(c.Operation == "commit" ? $"commit {c.Container}" : c.Operation)} {c.Units:0.0#}"));
        var units = Math.Round(_fixture.Charges.Sum(c => c.Units), 2);
        output.WriteLine(FormattableString.Invariant($"{what,-52}{units,7:0.0}   {string.Join(", ", steps)}"));
        return units;
    }

    private async Task SeedAsync<T>(PartitionRef partition, T document)
        where T : class, IDocument<T> =>
        (await _fixture.Store.CommitAsync(partition, [DocumentJson.Put(document, null)], Cancel)).ShouldBeOfType<CommitResult.Committed>();
}
