using Concert.Booking.Ports;
using Concert.Booking.WaitingRoom;

namespace Concert.Testing.Fakes;

/// <summary>
/// The waiting rooms of the fake and of the simulated one: the service's own rules (<see cref="WaitingLine"/>), a line a room, in memory. Each call is one
/// atomic step.
/// </summary>
/// <param name="now">The rooms' clock, for the call that comes without a time.</param>
public sealed class MemoryRooms(Func<DateTimeOffset> now)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, WaitingLine> _lines = new(StringComparer.Ordinal);

    /// <summary>Called with the room's name and line after each call that changed it.</summary>
    public Action<string, WaitingLine>? Changed { get; set; }

    public JoinResult Join(TokenClaims claims, RoomLimits limits, DateTimeOffset at) =>
        Run(claims.Room, line => line.Join(claims, limits, at.ToUnixTimeMilliseconds()));

    public MemberState Get(TokenClaims claims, bool poll, RoomLimits limits, DateTimeOffset at) =>
        Run(claims.Room, line => line.Get(claims, poll, limits, at.ToUnixTimeMilliseconds()));

    public bool End(TokenClaims claims) => Run(claims.Room, line => line.End(claims, now().ToUnixTimeMilliseconds()));

    public AdmissionRound Admit(string room, RoomLimits limits, DateTimeOffset at) => Run(room, line => line.Admit(limits, at.ToUnixTimeMilliseconds()));

    /// <summary>The rooms that have members.</summary>
    public IReadOnlyList<string> List()
    {
        lock (_lock)
        {
            return [.. _lines.Where(l => l.Value.Count > 0).Select(l => l.Key)];
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            _lines.Clear();
        }
    }

    /// <summary>One step on a room's line.</summary>
    public T Run<T>(string room, Func<WaitingLine, LineStep<T>> step)
    {
        lock (_lock)
        {
            if (!_lines.TryGetValue(room, out var line))
            {
                _lines[room] = line = new WaitingLine();
            }

            var done = step(line);
            if (done.Changes.Count > 0)
            {
                Changed?.Invoke(room, line);
            }

            return done.Result;
        }
    }
}
