using Concert.Booking.Reservations;

namespace Concert.Booking.Tests.Support;

/// <summary>The seat gate as one dictionary.</summary>
internal sealed class FakeGate : ISeatGate
{
    public Dictionary<string, string> Owners { get; } = new(StringComparer.Ordinal);

    public TimeSpan? Lifetime { get; private set; }

    public Task<bool> TryEnterAsync(
        string partition, IReadOnlyList<string> seatIds, string owner, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        Check(seatIds);
        lock (Owners)
        {
            Lifetime = lifetime;
            if (seatIds.Any(s => Owners.TryGetValue(s, out var other) && other != owner))
            {
                return Task.FromResult(false);
            }

            foreach (var seat in seatIds)
            {
                Owners[seat] = owner;
            }

            return Task.FromResult(true);
        }
    }

    public Task ReleaseAsync(string partition, IReadOnlyList<string> seatIds, string owner, CancellationToken cancellationToken)
    {
        Check(seatIds);
        lock (Owners)
        {
            foreach (var seat in seatIds.Where(s => Owners.TryGetValue(s, out var holder) && holder == owner))
            {
                Owners.Remove(seat);
            }
        }

        return Task.CompletedTask;
    }

    private static void Check(IReadOnlyList<string> seatIds)
    {
        if (seatIds.Count is < 1 or > 8)
        {
            throw new InvalidOperationException("The gate's contract was broken: 1 to 8 seats.");
        }
    }
}
