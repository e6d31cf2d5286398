using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.Settings;
using Concert.Booking.Storage;
using Concert.Booking.Timers;
using Concert.Booking.Wallets;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Tests.Support;

/// <summary>The whole domain over fakes, with one sale on: section 1 with seats 1 to 20 at 50,000 won, section 2 with seats 1 to 300, and 30 standing places.</summary>
internal sealed class World : IDisposable
{
    public const string ConcertId = "caaaaaaaa";
    public const string ScheduleId = "caaaaaaaa-bbbbbb";
    public const long SeatPrice = 50_000;
    public const long StandingPrice = 30_000;
    public const int SeatCount = 20;
    public const int LargeCount = 300;
    public const int Standing = 30;

    public static readonly DateTimeOffset Start = new(2026, 5, 1, 20, 0, 0, TimeSpan.FromHours(9));
    public static readonly SectionRef Seats = new(ScheduleId, "1");
    public static readonly SectionRef Large = new(ScheduleId, "2");
    public static readonly SectionRef Floor = new(ScheduleId, "g1");

    public static readonly ScheduleDocument Schedule = new(
        ScheduleId,
        Start.AddDays(30),
        Start.AddDays(30).AddHours(3),
        Start.AddHours(-1),
        Start.AddDays(30),
        [
            new SectionPlan("1", "Stalls", [new SeatRun(1, SeatCount, SeatPrice)]),
            new SectionPlan("2", "Balcony", [new SeatRun(1, LargeCount, SeatPrice)]),
        ],
        [new InventoryPlan("g1", "Floor", Standing, StandingPrice)]);

    private readonly ServiceProvider _services;

    public World(params (string Setting, string Value)[] settings)
        : this(null, settings)
    {
    }

    /// <summary>Another instance of the service over the same store, queue, gate and room.</summary>
    public World(World? beside, params (string Setting, string Value)[] settings)
    {
        Time = beside?.Time ?? new HastyTime(Start);
        Store = beside?.Store ?? new FakeStore(Time);
        Queue = beside?.Queue ?? new FakeQueue(Time);
        Gate = beside?.Gate ?? new FakeGate(Time);
        Room = beside?.Room ?? new FakeRoom(Time);
        Receivers = beside?.Receivers ?? new FakeWebhookSender();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["WaitingRoom:SigningKey"] = new string('k', 32),
            ["Admin:Key"] = new string('a', 16),
        }).AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Setting, s.Value))).Build();
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<IRandomSource>(new SeededRandom(beside is null ? 1 : 2))
            .AddSingleton<IDocumentStore>(Store)
            .AddSingleton<ICommandSender>(Queue)
            .AddSingleton<IQueueInspector>(Queue)
            .AddSingleton<ISeatGate>(Gate)
            .AddSingleton<IWaitingRoom>(Room)
            .AddSingleton<ISeatMapCache>(Maps)
            .AddSingleton<IWebhookSender>(Receivers)
            .AddSingleton<IDistributedCache>(Cache)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddConcertBooking(configuration)
            .AddHybridCache().Services
            .BuildServiceProvider();
        if (beside is null)
        {
            PutOnSale();
        }
    }

    public HastyTime Time { get; }

    public FakeStore Store { get; }

    public FakeQueue Queue { get; }

    public FakeGate Gate { get; }

    public FakeRoom Room { get; }

    public FakeWebhookSender Receivers { get; }

    public FakeSeatMapCache Maps { get; } = new();

    public FakeDistributedCache Cache { get; } = new();

    public ICommandProcessor Processor => Get<ICommandProcessor>();

    public IdGenerator Minter => Get<IdGenerator>();

    public IReserveUseCase Reserve => Get<IReserveUseCase>();

    public IReservationReader Reservations => Get<IReservationReader>();

    public ICancelUseCase Cancellations => Get<ICancelUseCase>();

    public IPayUseCase Pay => Get<IPayUseCase>();

    public IPaymentReader Payments => Get<IPaymentReader>();

    public IWalletUseCases Wallets => Get<IWalletUseCases>();

    public ITimerUseCases Timers => Get<ITimerUseCases>();

    public BookingOptions Rules => Get<IOptions<BookingOptions>>().Value;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public void Dispose() => _services.Dispose();

    public static PartitionRef WalletOf(string user) => new(DocumentContainer.Wallets, user);

    public static string Seat(int number) => Seats.SeatId(number);

    /// <summary>As it was decided, wherever that is.</summary>
    public ReservationDocument? Reservation(ReservationId id)
    {
        var (section, last) = (id.Section, 0);
        while (true)
        {
            var stored = Store.Find<ReservationDocument>(section.Partition, id.DocumentId);
            if (stored?.Moved is not { } moved)
            {
                return stored;
            }

            if (moved.Number <= last)
            {
                return null;
            }

            (section, last) = (section with { Section = moved.To }, moved.Number);
        }
    }

    public ReservationDocument? Reservation(string id) => Reservation(Parse(id));

    public PaymentDocument? Payment(string id) =>
        Store.All().Where(d => d.Document.Id == PaymentId.DocumentIdOf(CodeOf(id))).Select(d => DocumentJson.Read<PaymentDocument>(d.Document)).SingleOrDefault();

    /// <summary>The last part of an id.</summary>
    public static string CodeOf(string id) => id[(id.LastIndexOf('.') + 1)..];

    public SeatDocument SeatAt(int number, SectionRef? section = null) =>
        Store.Find<SeatDocument>((section ?? Seats).Partition, SeatDocument.IdOf(number)) ?? SeatDocument.Available(number);

    public CountersDocument Counters(SectionRef section) => Store.Find<CountersDocument>(section.Partition, CountersDocument.DocumentId)!;

    public long Balance(string user) => Store.Find<WalletDocument>(WalletOf(user), WalletDocument.DocumentId)?.Balance ?? 0;

    public static ReservationId Parse(string id) =>
        ReservationId.TryParse(id, out var parsed) ? parsed : throw new InvalidOperationException($"{id} is not a reservation's id.");

    /// <summary>Handles all that waits in the queue.</summary>
    public Task DrainAsync() => Queue.DrainAsync(Processor);

    public async Task ChargeAsync(string user, long amount)
    {
        var charged = await Wallets.ChargeAsync(new Caller(user), amount, CancellationToken.None);
        _ = charged.Value;
    }

    /// <summary>Asks for seats of section 1 and handles the command; returns the reservation's id.</summary>
    public Task<string> HoldAsync(string user, params int[] seats) => HoldAsync(new Caller(user), seats);

    public async Task<string> HoldAsync(Caller caller, params int[] seats)
    {
        var asked = await Reserve.RequestAsync(caller, new ReservationRequest(null, [.. seats.Select(Seat)], null, null), CancellationToken.None);
        await DrainAsync();
        return asked.Value.Id;
    }

    public async Task<string> HoldPlacesAsync(string user, int quantity)
    {
        var asked = await Reserve.RequestAsync(new Caller(user), new ReservationRequest(null, null, Floor.InventoryId, quantity), CancellationToken.None);
        await DrainAsync();
        return asked.Value.Id;
    }

    /// <summary>Asks to pay; the command waits in the queue.</summary>
    public async Task<string> AskToPayAsync(string user, string reservation, TokenClaims? token = null) =>
        (await Pay.RequestAsync(new Caller(user, Token: token), new PaymentRequest(reservation, null), CancellationToken.None)).Value.Id;

    /// <summary>Charges what is needed, holds, pays and handles everything.</summary>
    public async Task<(string Reservation, string Payment)> BuyAsync(string user, params int[] seats)
    {
        await ChargeAsync(user, SeatPrice * seats.Length);
        var reservation = await HoldAsync(user, seats);
        var payment = await AskToPayAsync(user, reservation);
        await DrainAsync();
        return (reservation, payment);
    }

    private void PutOnSale()
    {
        var catalog = new PartitionRef(DocumentContainer.Catalog, ConcertId);
        Store.Seed(catalog, new ConcertDocument("Spring", Start.ToUnixTimeMilliseconds()));
        Store.Seed(catalog, Schedule);
        Store.Seed(Floor.Partition, new CountersDocument(Standing, 0, 0));
    }
}
