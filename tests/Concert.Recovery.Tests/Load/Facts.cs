using System.Collections.Concurrent;

namespace Concert.Recovery.Tests.Load;

/// <summary>One line of a reservation's history.</summary>
internal readonly record struct HistoryLine(DateTimeOffset At, string Status, string? Reason);

/// <summary>A reservation as it was read once.</summary>
internal sealed record ReservationSeen(string Status, IReadOnlyList<HistoryLine> History);

/// <summary>An entry of a ledger.</summary>
internal sealed record LedgerSeen(string Id, string Kind, long Amount, long BalanceAfter, string Reference, DateTimeOffset CreatedAt);

/// <summary>A top-up. Its amount is its user's only one of that height, so that the ledger shows whose entry is whose.</summary>
internal sealed class ChargeFact(long amount)
{
    public long Amount => amount;

    /// <summary>The balance it was answered with; null when it was not answered.</summary>
    public long? Balance { get; set; }
}

/// <summary>A request for places.</summary>
internal sealed class RequestFact(string scheduleId, IReadOnlyList<string> seats, int quantity, string? key)
{
    public string ScheduleId => scheduleId;

    public IReadOnlyList<string> Seats => seats;

    public int Quantity => quantity;

    public string? Key => key;

    /// <summary>From the 202; null when it was refused or not answered.</summary>
    public string? Id { get; set; }

    public string? Refusal { get; set; }

    public ConcurrentQueue<ReservationSeen> Seen { get; } = new();

    public ConcurrentQueue<PaymentFact> Payments { get; } = new();

    /// <summary>A cancellation was answered with 202.</summary>
    public bool CancelAccepted { get; set; }
}

/// <summary>A request to pay.</summary>
internal sealed class PaymentFact(string? key)
{
    public string? Key => key;

    public string? Id { get; set; }

    public ConcurrentQueue<string> Seen { get; } = new();
}

/// <summary>All that one user was told.</summary>
internal sealed class UserFacts(string id)
{
    private long _charges;

    public string Id => id;

    /// <summary>Any genuine token: it tells who its user is long after its end.</summary>
    public string? Token { get; set; }

    public ConcurrentQueue<ChargeFact> Charges { get; } = new();

    public ConcurrentQueue<RequestFact> Requests { get; } = new();

    public ConcurrentQueue<LedgerSeen> Ledger { get; } = new();

    public ConcurrentQueue<long> Balances { get; } = new();

    public ChargeFact NewCharge(long about)
    {
        var charge = new ChargeFact(about + Interlocked.Increment(ref _charges));
        Charges.Enqueue(charge);
        return charge;
    }
}

/// <summary>All that the service said to anybody.</summary>
internal sealed class Facts
{
    private readonly ConcurrentDictionary<string, UserFacts> _users = new(StringComparer.Ordinal);

    public ICollection<UserFacts> Users => _users.Values;

    public IEnumerable<RequestFact> Requests => Users.SelectMany(user => user.Requests);

    public ConcurrentQueue<string> Faults { get; } = new();

    public UserFacts User(string id) => _users.GetOrAdd(id, name => new UserFacts(name));
}
