using System.Collections.Concurrent;

namespace Concert.Resilience.Tests.Crashes.Load;

/// <summary>A top-up. Its amount is its user's only one of that height, so that the ledger shows whose entry is whose.</summary>
internal sealed class Charge(long amount)
{
    public long Amount => amount;

    /// <summary>The balance it was answered with; null when it was not answered.</summary>
    public long? Balance { get; set; }
}

/// <summary>A request for places, and all that was read of it.</summary>
internal sealed class Request(string userId, IReadOnlyList<string> seats, int quantity, string? key)
{
    public string? Key => key;

    /// <summary>From the 202; null when it was refused or not answered.</summary>
    public string? Id { get; set; }

    public string? Refusal { get; set; }

    public ConcurrentQueue<ReservationFact> Seen { get; } = new();

    public ConcurrentQueue<PaymentRequest> Payments { get; } = new();

    /// <summary>A cancellation was answered with 202.</summary>
    public bool CancelAccepted { get; set; }

    public RequestFact ToFact() => new(userId)
    {
        Key = key,
        Seats = seats,
        Places = seats.Count > 0 ? seats.Count : quantity,
        Id = Id,
        Refusal = Refusal,
        CancelStands = CancelAccepted,
        Seen = [.. Seen],
        Payments = [.. Payments.Select(p => new PaymentRequestFact(p.Id, [.. p.Seen]))],
    };
}

/// <summary>A request to pay.</summary>
internal sealed class PaymentRequest
{
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

    public ConcurrentQueue<Charge> Charges { get; } = new();

    public ConcurrentQueue<Request> Requests { get; } = new();

    public ConcurrentQueue<LedgerFact> Ledger { get; } = new();

    public ConcurrentQueue<long> Balances { get; } = new();

    public Charge NewCharge(long about)
    {
        var charge = new Charge(about + Interlocked.Increment(ref _charges));
        Charges.Enqueue(charge);
        return charge;
    }
}

/// <summary>All that the service said to anybody.</summary>
internal sealed class Facts
{
    private readonly ConcurrentDictionary<string, UserFacts> _users = new(StringComparer.Ordinal);

    public ICollection<UserFacts> Users => _users.Values;

    public IEnumerable<Request> Requests => Users.SelectMany(user => user.Requests);

    public ConcurrentQueue<string> Faults { get; } = new();

    public UserFacts User(string id) => _users.GetOrAdd(id, name => new UserFacts(name));
}
