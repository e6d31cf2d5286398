using Concert.Booking.Calls;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Tests.Support;
using Concert.Booking.Wallets;
using Shouldly;

namespace Concert.Booking.Tests.Properties;

/// <summary>Plays a script against the whole domain and keeps what every caller was promised.</summary>
internal sealed class Sale : IDisposable
{
    private const int MaxFaultsInARow = 4;

    private readonly Dictionary<string, List<string>> _reservations = new(StringComparer.Ordinal);
    private readonly List<(string User, string Id)> _payments = [];
    private readonly Dictionary<string, long> _charged = new(StringComparer.Ordinal);
    private Random? _faults;
    private int _inARow;
    private int _keys;

    public World World { get; } = new(("Booking:MaxCommitAttempts", "20"));

    public void Dispose() => World.Dispose();

    /// <summary>From now on commits meet faults, the same ones for the same seed.</summary>
    public void BeginFaults(int seed, params CommitFault[] kinds)
    {
        _faults = new Random(seed);
        World.Store.OnCommit = (_, _) =>
        {
            var fault = _inARow < MaxFaultsInARow && _faults.Next(100) < 15 ? kinds[_faults.Next(kinds.Length)] : CommitFault.None;
            _inARow = fault == CommitFault.None ? 0 : _inARow + 1;
            return fault;
        };
    }

    public void EndFaults() => World.Store.OnCommit = null;

    public async Task PlayAsync(Step step)
    {
        var user = $"user{step.User}";
        switch (step.What)
        {
            case Happening.Charge:
                await ChargeAsync(user, (1 + (step.Choice % 4)) * World.SeatPrice);
                break;
            case Happening.ReserveSeats:
                var first = 1 + (step.Choice % 6);
                var count = 1 + (step.Choice / 6 % 3);
                List<string> seats = [.. Enumerable.Range(0, count).Select(i => World.Seat(1 + ((first + i) % 6)))];
                if (step.Choice % 7 == 0)
                {
                    // The gate opens by itself now and then; the ETag is what counts.
                    World.Gate.Flush();
                }

                await ReserveAsync(user, new ReservationRequest(null, seats, null, null));
                break;
            case Happening.ReservePlaces:
                await ReserveAsync(user, new ReservationRequest(null, null, World.Floor.InventoryId, 1 + (step.Choice % 8)));
                break;
            case Happening.Pay:
                await PayAsync(user, step.Choice);
                break;
            case Happening.Cancel:
                if (Mine(user, step.Choice) is { } cancelled)
                {
                    _ = await World.Cancellations.RequestAsync(new Caller(user), cancelled, CancelRequest.Whole, CancellationToken.None);
                }

                break;
            case Happening.CancelPart:
                if (Mine(user, step.Choice) is { } partly && World.Reservation(partly) is { } now)
                {
                    // The second half of its seats or places, whatever becomes of them until this is handled.
                    var part = now.Seats is { } lines
                        ? new CancelRequest([.. lines.Skip(lines.Count / 2).Select(s => Support.World.Seat(s.Number))])
                        : new CancelRequest(null, Math.Max(1, now.Places / 2));
                    _ = await World.Cancellations.RequestAsync(new Caller(user), partly, part, CancellationToken.None);
                }

                break;
            case Happening.Deliver:
                await World.Queue.DeliverAsync(World.Processor, step.Choice);
                break;
            case Happening.Wait:
                World.Time.Advance(TimeSpan.FromSeconds(step.Choice % 60));
                break;
            case Happening.WaitLong:
                World.Time.Advance(TimeSpan.FromSeconds(300 + (step.Choice % 30)));
                break;
            case Happening.RunTimers:
                await RunTimersAsync();
                break;
            case Happening.Redeliver:
                if (World.Queue.Sent.Count > 0)
                {
                    // A handler that lost its session lock and goes on.
                    await World.Processor.ProcessAsync(World.Queue.Sent[step.Choice % World.Queue.Sent.Count], 2, CancellationToken.None);
                }

                break;
            case Happening.GiveUpOn:
                await World.Queue.ExpireAsync(World.Processor, step.Choice);
                break;
        }
    }

    /// <summary>Once faults stop: F1, every accepted command ends in a final state and no seat stays stuck.</summary>
    public async Task SettleAsync()
    {
        EndFaults();
        for (var round = 0; round < 8; round++)
        {
            await World.DrainAsync();
            World.Time.Advance(TimeSpan.FromMinutes(2));
            await RunTimersAsync();
        }

        await World.DrainAsync();
        Invariants.CheckSettled(World);
        foreach (var (user, id) in _reservations.SelectMany(r => r.Value.Select(id => (r.Key, id))))
        {
            var view = (await World.Reservations.GetAsync(new Caller(user), id, CancellationToken.None)).Value;
            view.Status.ShouldBeOneOf(
                ReservationStatus.Confirmed, ReservationStatus.Cancelled, ReservationStatus.Expired, ReservationStatus.Rejected);
        }

        foreach (var (user, id) in _payments)
        {
            var view = (await World.Payments.GetAsync(new Caller(user), id, CancellationToken.None)).Value;
            view.Status.ShouldBeOneOf(PaymentStatus.Completed, PaymentStatus.Refunded, PaymentStatus.Failed);
        }

        World.Store.All<SeatDocument>(DocumentContainer.Bookings, Support.World.Seats.PartitionKey, SeatDocument.Prefix)
            .ShouldAllBe(s => s.Status == SeatStatus.Sold, "F1: no seat stays stuck");
        World.Counters(World.Floor).Held.ShouldBe(0, "F1: no place stays stuck");
        foreach (var (user, charged) in _charged)
        {
            World.Store.Find<WalletDocument>(World.WalletOf(user), WalletDocument.DocumentId)!.Charged.ShouldBe(charged, "L3");
        }
    }

    /// <summary>Where everything stands, without the way it came: a redelivery may add to a history.</summary>
    public string Ends() => string.Join('\n', World.Store.All().Select(d => d.Document.Id.StartsWith(ReservationDocument.Prefix, StringComparison.Ordinal)
        ? $"{d.Partition} {DocumentJson.Read<ReservationDocument>(d.Document) with { History = [] }}"
        : $"{d.Partition} {System.Text.Encoding.UTF8.GetString(d.Document.Json.Span)}"));

    private async Task ReserveAsync(string user, ReservationRequest request)
    {
        var asked = await World.Reserve.RequestAsync(new Caller(user), request, CancellationToken.None);
        if (asked.Refusal is null)
        {
            if (!_reservations.TryGetValue(user, out var mine))
            {
                _reservations[user] = mine = [];
            }

            mine.Add(asked.Value.Id);
        }
    }

    private async Task PayAsync(string user, int choice)
    {
        if (Mine(user, choice) is { } reservation)
        {
            var asked = await World.Pay.RequestAsync(new Caller(user), new PaymentRequest(reservation, null), CancellationToken.None);
            if (asked.Refusal is null)
            {
                _payments.Add((user, asked.Value.Id));
            }
        }
    }

    private string? Mine(string user, int choice) =>
        _reservations.TryGetValue(user, out var mine) ? mine[^(1 + (choice % Math.Min(3, mine.Count)))] : null;

    /// <summary>As a client does: what may or may not have been made is asked for again under the same key.</summary>
    private async Task ChargeAsync(string user, long amount)
    {
        var key = $"charge {++_keys}";
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                _ = (await World.Wallets.ChargeAsync(new Caller(user, key), amount, CancellationToken.None)).Value;
                _charged[user] = _charged.GetValueOrDefault(user) + amount;
                return;
            }
            catch (StoreUnavailableException) when (attempt < 50)
            {
            }
        }
    }

    private async Task RunTimersAsync()
    {
        await World.Timers.ReleaseExpiredHoldsAsync(CancellationToken.None);
        await World.Timers.RepairPaymentsAsync(CancellationToken.None);
    }
}
