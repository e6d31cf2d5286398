using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Reservations;
using Concert.Booking.Storage;

namespace Concert.Testing.Promises.Documents;

/// <summary>One section's documents as evidence, kept up to date one document at a time so that it can be checked after every commit.</summary>
/// <param name="section">Which.</param>
/// <param name="capacity">Places on sale; when it is not given, what an inventory's first counters add up to, and of a numbered section it is not known.</param>
public sealed class SectionObserver(SectionRef section, long? capacity = null)
{
    private readonly Dictionary<string, SeatFact> _seats = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReservationFact> _reservations = new(StringComparer.Ordinal);
    private CountersDocument? _counters;
    private int _held;
    private int _sold;
    private int _blocked;
    private long? _capacity = capacity;

    public SectionRef Section => section;

    /// <summary>A view of what there is now: later documents show in it.</summary>
    public PlacesEvidence Evidence => new(section.PartitionKey)
    {
        Capacity = _capacity + (_counters?.Added ?? 0),
        Seats = section.IsInventory ? null : _seats,
        FromDocuments = true,
        Reservations = _reservations.Values,
        Counts = section.IsInventory
            ? _counters is null ? [] : [new CountFact("counters") { Available = _counters.Left, Held = _counters.Held, Sold = _counters.Sold, Blocked = _counters.Blocked }]
            : [new CountFact("seats") { Held = _held, Sold = _sold, Blocked = _blocked }],
    };

    public ReservationFact? Reservation(string code) => _reservations.GetValueOrDefault(code);

    /// <summary>Takes a document in its new form. Returns the reservation's fact when it is one.</summary>
    public ReservationFact? Put(IDocument? document)
    {
        switch (document)
        {
            case SeatDocument seat:
                Set(seat.Number, DocumentFacts.Of(seat, seat.Holder is { } holder ? Reservation(holder)?.Id ?? holder : null));
                break;
            case ReservationDocument { Moved: not null }:
                // Its reservation is elsewhere.
                break;
            case ReservationDocument reservation:
                return _reservations[reservation.Code] = DocumentFacts.Of(section, reservation);
            case CountersDocument counters:
                _counters = counters;
                _capacity ??= counters.Capacity - counters.Added;
                break;
        }

        return null;
    }

    /// <summary>Forgets a document that was deleted.</summary>
    public void Remove(IDocument? document)
    {
        switch (document)
        {
            case SeatDocument seat: Set(seat.Number, null); break;
            case ReservationDocument reservation: _reservations.Remove(reservation.Code); break;
            case CountersDocument: _counters = null; break;
        }
    }

    private void Set(int number, SeatFact? fact)
    {
        var seat = DocumentFacts.SeatOf(number);
        Count(_seats.GetValueOrDefault(seat), -1);
        Count(fact, 1);
        if (fact is null)
        {
            _seats.Remove(seat);
        }
        else
        {
            _seats[seat] = fact;
        }
    }

    private void Count(SeatFact? seat, int by)
    {
        _held += seat?.Status == Status.Held ? by : 0;
        _sold += seat?.Status == Status.Sold ? by : 0;
        _blocked += seat?.Status == Status.Blocked ? by : 0;
    }
}
