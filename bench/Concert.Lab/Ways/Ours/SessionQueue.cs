using System.Diagnostics.Metrics;
using System.Text.Json;
using Concert.Booking;
using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands.Handling;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Telemetry;
using Concert.Booking.Wallets;
using Concert.Embedded;
using Concert.Embedded.Messaging;
using Concert.Lab.Judging;
using Concert.Lab.Ways.Messaging;
using Concert.Lab.Works;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Concert.Lab.Ways.Ours;

/// <summary>
/// The service itself, without HTTP: the real use cases, queue, pump, handlers and store on a data folder, as shipped. It does more than the others: a command on disk
/// before it is decided, the limit per user, the user's list, history, marks for repeats.
/// </summary>
internal sealed class SessionQueue : Way
{
    private const string User = "wallet";
    private const string Opening = "opening";
    private const long Price = 10_000;

    private static readonly TimeSpan Remember = TimeSpan.FromMinutes(10);

    private readonly string _folder;
    private readonly Outcomes<string, bool> _outcomes = new();
    private readonly Dictionary<string, int> _reservations = [];
    private readonly MeterListener _meters = new();
    private ServiceProvider? _services;
    private CreatedSchedule _schedule = null!;
    private long _retries;
    private int _round;

    /// <param name="folder">For the data folders, one a round.</param>
    public SessionQueue(string folder)
    {
        _folder = folder;
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument == BookingTelemetry.Retries || instrument == BookingTelemetry.Redeliveries)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _retries, count));
        _meters.Start();
    }

    public override long Retries => base.Retries + Volatile.Read(ref _retries);

    private ServiceProvider Services => _services!;

    public override async Task<bool> DoAsync(Operation operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return operation.Kind == OperationKind.Wallet
            ? await ChangeWalletAsync(operation, cancellationToken)
            : await HoldAsync(operation, cancellationToken);
    }

    public override async Task<Evidence> ReadAsync(Work work)
    {
        var stored = new StoredSale(Services.GetRequiredService<IDocumentStore>());
        if (work.Kind == OperationKind.Wallet)
        {
            return await stored.ReadWalletAsync(User, Opening);
        }

        while (Services.GetRequiredService<EmbeddedQueue>().Status.Depth > 0)
        {
            await Task.Delay(10);
        }

        Dictionary<string, int> operations;
        lock (_reservations)
        {
            operations = new Dictionary<string, int>(_reservations);
        }

        var report = (await Services.GetRequiredService<IScheduleReports>().ReportAsync(_schedule.Id, CancellationToken.None)).Value;
        return await stored.ReadHoldsAsync(_schedule, operations, work.Kind == OperationKind.Place ? (int)report.ReservedSeats : 0);
    }

    public override async ValueTask DisposeAsync()
    {
        _meters.Dispose();
        await CloseAsync();
    }

    protected override async Task ResetAsync(Work work)
    {
        await CloseAsync();
        var folder = Path.Combine(_folder, $"round-{_round++}");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["WaitingRoom:SigningKey"] = new('k', 32),
            ["Admin:Key"] = new('a', 32),
            ["Booking:HoldFor"] = "01:00:00",
        }).Build();
        var services = new ServiceCollection();
        services.AddLogging().AddHybridCache(cache => cache.MaximumPayloadBytes = CatalogReader.MaxPayloadBytes);
        services.AddConcertBooking(configuration);
        services.AddConcertEmbedded(configuration, folder);
        services.AddSingleton<CommandProcessor>();
        services.Replace(ServiceDescriptor.Singleton<ICommandProcessor>(provider =>
            new AnnouncingProcessor(provider.GetRequiredService<CommandProcessor>(), code => _outcomes.Set(code, true))));
        _services = services.BuildServiceProvider();
        await Services.GetRequiredService<QueuePump>().StartAsync(CancellationToken.None);
        if (work.Kind == OperationKind.Wallet)
        {
            var opening = new WalletChange.Charge(Opening, "", Opening, work.OpeningBalance, Remember);
            _ = await Services.GetRequiredService<WalletWriter>().ApplyAsync(User, opening, CancellationToken.None);
        }
        else
        {
            _schedule = await CreateAsync(Services.GetRequiredService<ICatalogAdmin>(), work);
        }

        lock (_reservations)
        {
            _reservations.Clear();
        }

        _outcomes.Clear();
        Volatile.Write(ref _retries, 0);
    }

    /// <summary>Sections of 200 seats, as in a real house, whose carts are of one section.</summary>
    private static async Task<CreatedSchedule> CreateAsync(ICatalogAdmin catalog, Work work)
    {
        const int PerSection = 200;
        var concert = (await catalog.CreateConcertAsync(new NewConcert("Lab"), null, CancellationToken.None)).Value;
        var now = TimeProvider.System.GetUtcNow();
        var sections = Enumerable.Range(0, (work.SeatCount + PerSection - 1) / PerSection).Select(i => new NewSection(
            $"S{i + 1}", JsonSerializer.SerializeToElement(new { from = 1, to = Math.Min(PerSection, work.SeatCount - (i * PerSection)), price = Price })));
        NewInventory[] inventories = work.Capacity > 0 ? [new NewInventory("G", work.Capacity, Price)] : [];
        var schedule = new NewSchedule(concert.Id, now.AddDays(30), now.AddDays(31), now.AddMinutes(-1), now.AddDays(29), [.. sections], inventories);
        return (await catalog.CreateScheduleAsync(schedule, null, CancellationToken.None)).Value;
    }

    /// <summary>
    /// What the use case of a charge and the saga of a payment do to the wallet. Both write more than the entry: what makes a repeat harmless, and of a payment
    /// its record.
    /// </summary>
    private async Task<bool> ChangeWalletAsync(Operation operation, CancellationToken cancellationToken)
    {
        var (writer, reference) = (Services.GetRequiredService<WalletWriter>(), $"{operation.Id}");
        var at = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        WalletChange change = operation.Amount > 0
            ? new WalletChange.Charge(reference, "", reference, operation.Amount, Remember)
            : new WalletChange.Debit(new PaymentDocument(NewPaymentCode(), PaymentStatus.Pending, reference, -operation.Amount, at, at));
        while (true)
        {
            try
            {
                return await writer.ApplyAsync(User, change, cancellationToken) is WalletOutcome.Applied;
            }
            catch (StoreUnavailableException)
            {
                CountRetry();
                await Task.Delay(10, cancellationToken);
            }
        }
    }

    /// <summary>A code carries its time, by which its user's list is ordered. Nothing is reserved here that it could be the payment of.</summary>
    private string NewPaymentCode()
    {
        var minter = Services.GetRequiredService<IdGenerator>();
        return minter.NewPayment(minter.NewReservation(new SectionRef("c1-1", "1"), User, _ => 0), User).Code;
    }

    private async Task<bool> HoldAsync(Operation operation, CancellationToken cancellationToken)
    {
        var reserve = Services.GetRequiredService<IReserveUseCase>();
        var reservations = Services.GetRequiredService<IReservationReader>();
        var caller = new Caller($"buyer-{operation.Id}");
        var request = operation.Kind == OperationKind.Place
            ? new ReservationRequest(null, null, _schedule.Inventories[0].Id, 1)
            : new ReservationRequest(null, [.. operation.Seats.Select(SeatId)], null, null);
        string id;
        while (true)
        {
            var accepted = await reserve.RequestAsync(caller, request, cancellationToken);
            if (!accepted.IsRefused(out var refusal))
            {
                id = accepted.Value.Id;
                break;
            }

            if (refusal.Code != RefusalCode.Unavailable)
            {
                return false;
            }

            CountRetry();
            await Task.Delay(10, cancellationToken);
        }

        var code = id[(id.IndexOf('.', StringComparison.Ordinal) + 1)..];
        lock (_reservations)
        {
            _reservations[code] = operation.Id;
        }

        await _outcomes.WaitAsync(code, cancellationToken);
        return (await reservations.GetAsync(caller, id, cancellationToken)).Value.Status == ReservationStatus.Held;
    }

    private string SeatId(int seat)
    {
        foreach (var section in _schedule.Sections)
        {
            if (seat <= section.SeatIds.Count)
            {
                return section.SeatIds[seat - 1];
            }

            seat -= section.SeatIds.Count;
        }

        throw new ArgumentOutOfRangeException(nameof(seat));
    }

    private async Task CloseAsync()
    {
        if (_services is { } open)
        {
            await open.GetRequiredService<QueuePump>().StopAsync(CancellationToken.None);
            await open.DisposeAsync();
            _services = null;
            Directory.Delete(Path.Combine(_folder, $"round-{_round - 1}"), recursive: true);
        }
    }
}
