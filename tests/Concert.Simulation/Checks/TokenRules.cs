using Concert.Booking.Commands;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;
using Concert.Testing.Fakes;

namespace Concert.Simulation.Checks;

/// <summary>Paid ⇒ the token that paid is ended, whoever finished the payment; looked at whenever a reservation becomes CONFIRMED.</summary>
public sealed class TokenRules
{
    private readonly World _world;
    private readonly SimRooms _rooms;
    private readonly Dictionary<string, TokenClaims> _paysWith = new(StringComparer.Ordinal);

    public TokenRules(World world, SimStore store, SimRooms rooms, SimQueue queue)
    {
        (_world, _rooms) = (world, rooms);
        queue.Stored += Stored;
        store.Committed += Committed;
    }

    private void Stored(CommandMessage message)
    {
        if (CommandJson.TryRead(message.Body) is PayCommand { Token: { } token } pay)
        {
            _paysWith[pay.PaymentId[(pay.PaymentId.LastIndexOf('.') + 1)..]] = token;
        }
    }

    private void Committed(MemoryPartition partition, IReadOnlyList<Change> changes)
    {
        foreach (var change in changes)
        {
            // A room that was away or lost its memory could not be told; then the token ends by its time.
            if (change.After?.Parsed is ReservationDocument { Status: ReservationStatus.Confirmed, Payment: { } payment }
                && change.Before?.Parsed is ReservationDocument { Status: ReservationStatus.Paying }
                && _paysWith.GetValueOrDefault(payment) is { } token && _rooms.Flushes == 0 && !_rooms.CouldNotEnd.Contains(token.Id) && _rooms.IsIn(token))
            {
                _world.Fail("token", $"{token.UserId} has paid with {payment} and its token goes on");
            }
        }
    }
}
