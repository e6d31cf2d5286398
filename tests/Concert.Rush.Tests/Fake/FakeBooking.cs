using Concert.Rush.Observation;

namespace Concert.Rush.Tests.Fake;

/// <summary>The fake's whole state behind one lock, with its faults. Commands are decided later by a worker, as in the real service.</summary>
internal sealed class FakeBooking(FakeSettings settings)
{
    private readonly Dictionary<string, FakeRoom> _rooms = [];
    private readonly Dictionary<string, object> _answers = [];
    private readonly Queue<Action> _commands = [];
    private int _ids;

    public Lock Gate { get; } = new();

    public Dictionary<string, FakeSchedule> Schedules { get; } = [];

    public Dictionary<string, FakeReservation> Reservations { get; } = [];

    public Dictionary<string, FakePayment> Payments { get; } = [];

    public Dictionary<string, FakeWallet> Wallets { get; } = [];

    public FakeFault Fault => settings.Fault;

    public string NextId(string prefix) => $"{prefix}{++_ids}";

    public FakeRoom Room(string id) => _rooms.TryGetValue(id, out var room) ? room : _rooms[id] = new FakeRoom(settings, id);

    public FakeWallet Wallet(string user) => Wallets.TryGetValue(user, out var wallet) ? wallet : Wallets[user] = new FakeWallet();

    /// <summary>The same key of the same user has one effect and one answer.</summary>
    public object Once(string user, string? key, Func<object> act) =>
        key is null ? act() : _answers.TryGetValue($"{user} {key}", out var before) ? before : _answers[$"{user} {key}"] = act();

    public void DecideAll()
    {
        lock (Gate)
        {
            while (_commands.TryDequeue(out var command))
            {
                command();
            }
        }
    }

    public FakeReservation Reserve(string user, FakeSchedule schedule, List<string> seats)
    {
        var reservation = new FakeReservation(NextId("res"), user, schedule, seats);
        Reservations.Add(reservation.Id, reservation);
        reservation.Forgotten = Fault == FakeFault.ForgetsReservation && Reservations.Count == 3;
        if (Fault != FakeFault.NeverDecides || Reservations.Count != 3)
        {
            _commands.Enqueue(() => Hold(reservation));
        }

        return reservation;
    }

    public FakePayment Pay(FakeReservation reservation, Action ended)
    {
        var payment = new FakePayment(NextId("pay"), reservation, reservation.Total);
        Payments.Add(payment.Id, payment);
        _commands.Enqueue(() => Settle(payment, ended));
        return payment;
    }

    public void Cancel(FakeReservation reservation) => _commands.Enqueue(() =>
    {
        if (reservation.State is not (Status.Held or Status.Confirmed))
        {
            return;
        }

        reservation.Refund = 0;
        if (reservation.State == Status.Confirmed)
        {
            reservation.Refund = reservation.Total + (Fault == FakeFault.RefundsTooMuch ? 1 : 0);
            Wallet(reservation.User).Move("REFUND", reservation.Refund.Value, reservation.Id);
            Payments[reservation.PaymentId!].State = Status.Refunded;
        }

        reservation.CancelledAt = DateTimeOffset.UtcNow;
        if (Fault != FakeFault.KeepsCancelledSeats)
        {
            Release(reservation);
        }

        reservation.Become(Status.Cancelled);
    });

    /// <summary>Ends holds whose time is over.</summary>
    public void Expire()
    {
        foreach (var reservation in Reservations.Values.Where(r => r.State == Status.Held && r.HoldExpiresAt < DateTimeOffset.UtcNow).ToList())
        {
            Release(reservation);
            reservation.Become(Status.Expired);
        }
    }

    private void Hold(FakeReservation reservation)
    {
        var taken = reservation.Schedule.Taken;
        var free = reservation.Seats.Where(s => !taken.ContainsKey(s)).ToList();
        var refused = Fault switch
        {
            FakeFault.Oversells => false,
            FakeFault.SplitsCarts => free.Count == 0,
            FakeFault.RefusesFreeSeat => free.Count < reservation.Seats.Count || free[0] == reservation.Schedule.Prices.Keys.First(),
            _ => free.Count < reservation.Seats.Count,
        };
        if (refused)
        {
            reservation.Become(Status.Rejected, "seat-taken");
            return;
        }

        if (Fault == FakeFault.SplitsCarts)
        {
            reservation.Seats.RemoveAll(taken.ContainsKey);
        }

        reservation.Seats.ForEach(s => taken[s] = reservation.Id);
        reservation.HoldExpiresAt = DateTimeOffset.UtcNow + settings.HoldFor;
        reservation.Become(Status.Held);
    }

    private void Settle(FakePayment payment, Action ended)
    {
        var (reservation, wallet) = (payment.Reservation, Wallet(payment.Reservation.User));
        if (reservation.State != Status.Held || wallet.Balance < payment.Amount)
        {
            payment.State = Status.Failed;
            payment.Reason = reservation.State == Status.Held ? "insufficient-balance" : "hold-expired";
            return;
        }

        wallet.Move("PAYMENT", -payment.Amount, payment.Id);
        if (Fault == FakeFault.DebitsTwice)
        {
            wallet.Move("PAYMENT", -payment.Amount, payment.Id);
        }

        payment.State = Status.Completed;
        reservation.PaymentId = payment.Id;
        reservation.Become(Status.Confirmed);
        ended();
    }

    private static void Release(FakeReservation reservation)
    {
        foreach (var seat in reservation.Seats.Where(s => reservation.Schedule.Taken.GetValueOrDefault(s) == reservation.Id))
        {
            reservation.Schedule.Taken.Remove(seat);
        }
    }
}
