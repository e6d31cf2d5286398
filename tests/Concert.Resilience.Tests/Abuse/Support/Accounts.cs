using System.Text.Json;

namespace Concert.Resilience.Tests.Abuse.Support;

/// <summary>What was accepted while bad requests were sent. Everything that is not in here must have changed nothing.</summary>
internal sealed class Accounts
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _reservations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _charges = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, int> _statuses = [];

    public int Reservations
    {
        get
        {
            lock (_lock)
            {
                return _reservations.Count;
            }
        }
    }

    public long Charged
    {
        get
        {
            lock (_lock)
            {
                return _charges.Values.Sum();
            }
        }
    }

    /// <summary>How often each status was answered.</summary>
    public string Statuses
    {
        get
        {
            lock (_lock)
            {
                return string.Join(", ", _statuses.Select(s => $"{s.Key}: {s.Value}"));
            }
        }
    }

    public void Begin(IEnumerable<string> reservations) => _reservations.UnionWith(reservations);

    public void Note(int number, Request request, Answer answer)
    {
        lock (_lock)
        {
            _statuses[answer.Status] = _statuses.GetValueOrDefault(answer.Status) + 1;
            if (answer.Status == 202 && answer.Header("Location")?.StartsWith("/api/reservation/", StringComparison.Ordinal) == true)
            {
                _reservations.Add(answer.Data["id"]!.GetValue<string>());
            }
            else if (answer.Status == 200 && request.Method.Equals("POST", StringComparison.OrdinalIgnoreCase) && request.Body is { Length: > 0 } body && answer.Json["data"] is System.Text.Json.Nodes.JsonObject data
                && data.Count == 1 && data.ContainsKey("balance"))
            {
                NoteCharge(number, request, body);
            }
        }
    }

    // The same key of the same user is one effect.
    private void NoteCharge(int number, Request request, byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        var user = json.RootElement.GetProperty("userId").GetString();
        var key = request.Header("Idempotency-Key")?.Trim(' ', '\t');
        _charges[key is null ? $"{number}" : $"{user}\n{key}"] = json.RootElement.GetProperty("amount").GetInt64();
    }
}
