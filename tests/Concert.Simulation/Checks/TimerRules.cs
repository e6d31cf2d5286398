using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;

namespace Concert.Simulation.Checks;

/// <summary>What a timer asks for again and again grows rarer: the messages about one state of one reservation are few, however long nobody handles them.</summary>
public sealed class TimerRules
{
    private static readonly long ClocksDiffer = TimeSpan.FromSeconds(10).Ticks;

    private readonly World _world;
    private readonly TimeSpan _interval;
    private readonly Dictionary<string, (long First, HashSet<string> Ids)> _asked = new(StringComparer.Ordinal);

    public TimerRules(World world, SimQueue queue, TimeSpan interval)
    {
        (_world, _interval) = (world, interval);
        queue.Stored += Stored;
    }

    private void Stored(CommandMessage message)
    {
        if (CommandJson.TryRead(message.Body) is not ((ExpireCommand or ResumeCommand or CallOffCommand) and var command) || !ReservationId.TryParse(command.ReservationId, out var id))
        {
            return;
        }

        // The name of the round is the last part of the id; what stands before it names the state of the reservation.
        var subject = message.MessageId[..message.MessageId.LastIndexOf(':')];
        if (!_asked.TryGetValue(subject, out var asked))
        {
            _asked[subject] = asked = (_world.Now, []);
        }

        asked.Ids.Add(message.MessageId);
        var most = 2 + Math.Log2(1 + (double)(_world.Now - asked.First + ClocksDiffer) / _interval.Ticks);
        if (asked.Ids.Count > most)
        {
            _world.Fail(
                "breeding", $"{command.Name} of …{id.Code[^6..]} was sent {asked.Ids.Count} times in {TimeSpan.FromTicks(_world.Now - asked.First).TotalSeconds:0} s");
        }
    }
}
