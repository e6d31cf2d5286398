using Concert.Rush.Observation;

namespace Concert.Rush.Tests.Fake;

internal sealed class FakeSchedule(string id, string concertId)
{
    public string Id => id;

    public string ConcertId => concertId;

    public Dictionary<string, long> Prices { get; } = [];

    /// <summary>Seat → the reservation that has it.</summary>
    public Dictionary<string, string> Taken { get; } = [];
}

internal sealed class FakeReservation(string id, string user, FakeSchedule schedule, List<string> seats)
{
    public string Id => id;

    public string User => user;

    public FakeSchedule Schedule => schedule;

    public List<string> Seats { get; } = seats;

    public string State { get; private set; } = Status.Pending;

    public string? Reason { get; private set; }

    public DateTimeOffset CreatedAt { get; } = DateTimeOffset.UtcNow;

    public DateTimeOffset? HoldExpiresAt { get; set; }

    public string? PaymentId { get; set; }

    public long? Refund { get; set; }

    public DateTimeOffset? CancelledAt { get; set; }

    public List<object> History { get; } = [];

    public long Total => Seats.Sum(s => schedule.Prices[s]);

    public bool Forgotten { get; set; }

    public void Become(string state, string? reason = null)
    {
        (State, Reason) = (state, reason);
        History.Add(new { at = DateTimeOffset.UtcNow, status = state, reason });
    }

    public object Body => new
    {
        id,
        status = State,
        reason = Reason,
        concertScheduleId = schedule.Id,
        seats = Seats.Select(s => new { id = s, section = "R", seatNumber = 1, price = schedule.Prices[s] }),
        totalAmount = State == Status.Pending ? (long?)null : Total,
        holdExpiresAt = HoldExpiresAt,
        createdAt = CreatedAt,
        paymentId = PaymentId,
        cancellation = Refund is null ? null : new { at = CancelledAt, refundAmount = Refund },
        history = History,
    };
}

internal sealed record FakePayment(string Id, FakeReservation Reservation, long Amount)
{
    public string State { get; set; } = Status.Pending;

    public string? Reason { get; set; }

    public object Body => new { id = Id, status = State, reason = Reason, totalAmount = Amount, seatNumbers = Reservation.Seats };
}

internal sealed class FakeWallet
{
    public long Balance { get; private set; }

    public List<FakeEntry> Ledger { get; } = [];

    public void Move(string kind, long amount, string reference)
    {
        Balance += amount;
        Ledger.Add(new FakeEntry($"led-{Ledger.Count}", kind, amount, Balance, reference, DateTimeOffset.UtcNow));
    }
}

internal sealed record FakeEntry(string Id, string Kind, long Amount, long BalanceAfter, string Reference, DateTimeOffset CreatedAt);
