using Concert.Booking.Catalog;
using Concert.Booking.Identity;
using Concert.Booking.Storage;

namespace Concert.Booking.Reservations;

/// <summary>The documents of one section that a decision looks at, as they were read. What is not here was not there.</summary>
public sealed class SectionState(SectionRef section)
{
    private readonly Dictionary<string, Versioned<SeatDocument>> _seats = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Versioned<ReservationDocument>> _reservations = new(StringComparer.Ordinal);

    public SectionRef Section => section;

    /// <summary>An inventory's counters; null in a numbered section, whose seats say more.</summary>
    public CountersDocument? Counters { get; private set; }

    public SeatDocument Seat(int number) => _seats.TryGetValue(SeatDocument.IdOf(number), out var seat) ? seat.Value : SeatDocument.Available(number);

    public ReservationDocument? Reservation(string code) =>
        _reservations.TryGetValue(ReservationDocument.Prefix + code, out var found) ? found.Value : null;

    /// <summary>
    /// Whether a command is about somebody else's reservation: when it was accepted there was only the id to ask, and its tag is as good as the key's secrecy.
    /// </summary>
    public bool IsAnothers(string code, string userId) => Reservation(code) is { } reservation && reservation.UserId != userId;

    public string? ETagOf(string documentId) =>
        _seats.TryGetValue(documentId, out var seat) ? seat.ETag
        : _reservations.TryGetValue(documentId, out var reservation) ? reservation.ETag
        : null;

    /// <summary>Keeps a document that was read.</summary>
    public void Add(StoredDocument? stored)
    {
        if (stored is null)
        {
            return;
        }

        if (stored.Id.StartsWith(SeatDocument.Prefix, StringComparison.Ordinal))
        {
            _seats[stored.Id] = new(DocumentJson.Read<SeatDocument>(stored), stored.ETag);
        }
        else if (stored.Id.StartsWith(ReservationDocument.Prefix, StringComparison.Ordinal))
        {
            _reservations[stored.Id] = new(DocumentJson.Read<ReservationDocument>(stored), stored.ETag);
        }
        else if (stored.Id == CountersDocument.DocumentId)
        {
            Counters = DocumentJson.Read<CountersDocument>(stored);
        }
    }
}

/// <summary>
/// What a decision changes in a section: documents under the ETags they were read at, and the counters by increments, all in one batch.
/// Nothing is written when nothing was changed.
/// </summary>
public sealed class SectionChanges(SectionState state)
{
    private readonly Dictionary<int, SeatDocument> _seats = [];
    private readonly Dictionary<string, ReservationDocument> _reservations = new(StringComparer.Ordinal);
    private long _left;
    private long _held;
    private long _sold;

    public IReadOnlyCollection<ReservationDocument> Reservations => _reservations.Values;

    public SeatDocument Seat(int number) => _seats.TryGetValue(number, out var changed) ? changed : state.Seat(number);

    public ReservationDocument? Reservation(string code) => _reservations.TryGetValue(code, out var changed) ? changed : state.Reservation(code);

    public void Put(ReservationDocument reservation) => _reservations[reservation.Code] = reservation;

    /// <summary>Gives the places of a reservation to it: available → held.</summary>
    public void Hold(ReservationDocument reservation)
    {
        foreach (var line in reservation.Seats ?? [])
        {
            _seats[line.Number] = new SeatDocument(line.Number, SeatStatus.Held, reservation.Code, reservation.HoldEndsAt);
        }

        _left -= reservation.Places;
        _held += reservation.Places;
        Put(reservation);
    }

    /// <summary>Held → sold.</summary>
    public void Sell(ReservationDocument reservation)
    {
        foreach (var line in reservation.Seats ?? [])
        {
            _seats[line.Number] = new SeatDocument(line.Number, SeatStatus.Sold, reservation.Code, null);
        }

        _held -= reservation.Places;
        _sold += reservation.Places;
        Put(reservation);
    }

    /// <summary>Held or sold → available. A place that is no longer this reservation's is left alone: another writer's change would show in its ETag.</summary>
    public void Release(ReservationDocument reservation, bool sold)
    {
        foreach (var line in reservation.Seats ?? [])
        {
            if (Seat(line.Number).Holder == reservation.Code)
            {
                _seats[line.Number] = SeatDocument.Available(line.Number);
            }
        }

        _left += reservation.Places;
        _held -= sold ? 0 : reservation.Places;
        _sold -= sold ? reservation.Places : 0;

        // Until the places are given back to the user's limit too: the run that frees them may be one that nobody waits for any more.
        Put(reservation with { Due = reservation.History[^1].At });
    }

    /// <summary>The batch. The counters' floor of 0 is what refuses places that an inventory does not have.</summary>
    public IReadOnlyList<DocumentOperation> ToOperations()
    {
        var operations = new List<DocumentOperation>();
        // Also when the counts come out even, as when a hold takes over as many seats as it ends: the version says that the map of seats has changed.
        if (_seats.Count > 0 || _left != 0 || _held != 0 || _sold != 0)
        {
            operations.Add(new DocumentOperation.Increment(CountersDocument.DocumentId, [.. CounterFields()]));
        }

        foreach (var seat in _seats.Values)
        {
            operations.Add(DocumentJson.Put(seat, state.ETagOf(seat.Id)));
        }

        foreach (var reservation in _reservations.Values)
        {
            operations.Add(DocumentJson.Put(reservation, state.ETagOf(reservation.Id)));
        }

        return operations;
    }

    private IEnumerable<FieldIncrement> CounterFields()
    {
        yield return new FieldIncrement("version", 1);
        if (_left != 0)
        {
            yield return new FieldIncrement("left", _left, Min: 0);
        }

        if (_held != 0)
        {
            yield return new FieldIncrement("held", _held, Min: 0);
        }

        if (_sold != 0)
        {
            yield return new FieldIncrement("sold", _sold, Min: 0);
        }
    }
}
