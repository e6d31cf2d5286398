using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Outbox;
using Concert.Booking.Ports;
using Concert.Booking.States;
using Concert.Booking.Storage;

namespace Concert.Booking.Reservations;

/// <summary>The documents of one section that a decision looks at, as they were read. What is not here was not there.</summary>
public sealed class SectionState(SectionRef section)
{
    private readonly Dictionary<string, Versioned<SeatDocument>> _seats = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Versioned<ReservationDocument>> _reservations = new(StringComparer.Ordinal);
    private readonly HashSet<string> _absent = new(StringComparer.Ordinal);

    public SectionRef Section => section;

    /// <summary>An inventory's counters; null in a numbered section, whose seats say more.</summary>
    public CountersDocument? Counters { get; private set; }

    /// <summary>As it was read; a seat without a document is available.</summary>
    public SeatDocument Seat(int number) => _seats.TryGetValue(SeatDocument.IdOf(number), out var seat) ? seat.Value : SeatDocument.Available(number);

    /// <summary>As it was decided; a request that has moved on to another section is not here.</summary>
    public ReservationDocument? Reservation(string code) => Stored(code) is { Moved: null } reservation ? reservation : null;

    /// <summary>The move of a request that went on from here; null when it did not.</summary>
    public MovedOn? Moved(string code) => Stored(code)?.Moved;

    /// <summary>
    /// Whether a command is about somebody else's reservation: when it was accepted there was only the id to ask, and its tag is as good as the key's secrecy.
    /// </summary>
    public bool BelongsToAnother(string code, string userId) => Reservation(code) is { } reservation && reservation.UserId != userId;

    public string? ETagOf(string documentId) =>
        _seats.TryGetValue(documentId, out var seat) ? seat.ETag
        : _reservations.TryGetValue(documentId, out var reservation) ? reservation.ETag
        : null;

    /// <summary>Whether anybody has looked for the document; if not, <see cref="Seat"/> knows nothing of it.</summary>
    public bool HasLookedFor(string documentId) => _absent.Contains(documentId) || ETagOf(documentId) is not null;

    /// <summary>Keeps what was read under an id; null for what is not there.</summary>
    public void Add(string id, StoredDocument? stored)
    {
        if (stored is null)
        {
            _absent.Add(id);
        }
        else if (id.StartsWith(SeatDocument.Prefix, StringComparison.Ordinal))
        {
            Add(DocumentJson.Read<SeatDocument>(stored), stored.ETag);
        }
        else if (id.StartsWith(ReservationDocument.Prefix, StringComparison.Ordinal))
        {
            Add(DocumentJson.Read<ReservationDocument>(stored), stored.ETag);
        }
        else if (id == CountersDocument.DocumentId)
        {
            Counters = DocumentJson.Read<CountersDocument>(stored);
        }
    }

    private ReservationDocument? Stored(string code) =>
        _reservations.TryGetValue(ReservationDocument.Prefix + code, out var found) ? found.Value : null;

    internal void Add(SeatDocument seat, string etag) => _seats[seat.Id] = new(seat, etag);

    internal void Add(ReservationDocument reservation, string etag) => _reservations[reservation.Id] = new(reservation, etag);
}

/// <summary>
/// The changes of a decision to a section: documents under the ETags they were read at, and an inventory's counters by increments, all in one batch.
/// Nothing is written when nothing was changed. A seat that a live reservation has changes only in a batch that changes the reservation too: the
/// reservation's ETag stands for its seats, which need not be read.
/// </summary>
public sealed class SectionChanges(SectionState state)
{
    /// <summary>The new state of a seat; null when it is available again and needs no document.</summary>
    private readonly Dictionary<int, SeatDocument?> _seats = [];
    private readonly Dictionary<string, ReservationDocument> _reservations = new(StringComparer.Ordinal);
    private readonly List<(ReservationDocument Reservation, IReadOnlyList<SeatLine> Seats)> _givenUp = [];
    private long _left;
    private long _held;
    private long _sold;

    /// <summary>Whether places change hands, so that a map from before is old.</summary>
    public bool MovesPlaces => _seats.Count > 0 || HasCounts;

    /// <summary>Seats that a reservation no longer has, or never got: they take requests again.</summary>
    public IReadOnlyList<(ReservationDocument Reservation, IReadOnlyList<SeatLine> Seats)> GivenUp => _givenUp;

    private bool HasCounts => _left != 0 || _held != 0 || _sold != 0;

    public SeatDocument Seat(int number) => _seats.TryGetValue(number, out var changed) ? changed ?? SeatDocument.Available(number) : state.Seat(number);

    public ReservationDocument? Reservation(string code) => _reservations.TryGetValue(code, out var changed) ? changed : state.Reservation(code);

    public void Put(ReservationDocument reservation)
    {
        _reservations[reservation.Code] = reservation;
        if (reservation.Status == ReservationStatus.Rejected)
        {
            GiveUp(reservation, reservation.Seats);
        }
    }

    /// <summary>Gives the places of a reservation to it: available → held.</summary>
    public void Hold(ReservationDocument reservation)
    {
        foreach (var line in reservation.Seats ?? [])
        {
            var held = Steps.OfSeat.Take(Seat(line.Number).Status, SeatStatus.Held);
            _seats[line.Number] = new SeatDocument(line.Number, held, reservation.Code, reservation.HoldEndsAt);
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
            // What nobody has looked at is the reservation's, by its ETag; and so is what it has bought since it was read, which makes the batch conflict.
            var seat = state.HasLookedFor(SeatDocument.IdOf(line.Number)) ? Seat(line.Number) : null;
            var from = seat is null || (seat.Status == SeatStatus.Sold && seat.Holder == reservation.Code) ? SeatStatus.Held : seat.Status;
            _seats[line.Number] = new SeatDocument(line.Number, Steps.OfSeat.Take(from, SeatStatus.Sold), reservation.Code, null);
        }

        _held -= reservation.Places;
        _sold += reservation.Places;
        Put(reservation);
    }

    /// <summary>Held or sold → available. A place that is no longer this reservation's is left alone: another writer's change would show in its ETag.</summary>
    public void Release(ReservationDocument reservation, bool sold) => Release(reservation, reservation.Seats, reservation.Places, sold);

    /// <summary>Some of the places of a reservation that keeps the others.</summary>
    /// <param name="kept">The reservation without them.</param>
    /// <param name="part">The places.</param>
    /// <param name="sold">Whether they were sold.</param>
    public void Release(ReservationDocument kept, CancellationRecord part, bool sold) => Release(kept, part.Seats, part.Places, sold);

    private void Release(ReservationDocument reservation, IReadOnlyList<SeatLine>? seats, int places, bool sold)
    {
        foreach (var line in seats ?? [])
        {
            // What nobody has looked at is the reservation's, by its ETag, and has the status that goes with the reservation's.
            var seat = state.HasLookedFor(SeatDocument.IdOf(line.Number)) ? Seat(line.Number) : null;
            if (seat is null || seat.Holder == reservation.Code)
            {
                _ = Steps.OfSeat.Take(seat?.Status ?? (sold ? SeatStatus.Sold : SeatStatus.Held), SeatStatus.Available);
                _seats[line.Number] = null;
            }
        }

        _left += places;
        _held -= sold ? 0 : places;
        _sold -= sold ? places : 0;
        Put(reservation);
        GiveUp(reservation, seats);
    }

    private void GiveUp(ReservationDocument reservation, IReadOnlyList<SeatLine>? seats)
    {
        if (seats is { Count: > 0 })
        {
            _givenUp.Add((reservation, seats));
        }
    }

    /// <summary>The batch. An inventory's floor of 0 is what refuses places that it does not have.</summary>
    public List<DocumentOperation> ToOperations()
    {
        var operations = new List<DocumentOperation>();
        foreach (var reservation in _reservations.Values)
        {
            operations.Add(DocumentJson.Put(reservation, state.ETagOf(reservation.Id)));
        }

        foreach (var (number, seat) in _seats)
        {
            operations.Add(Write(SeatDocument.IdOf(number), seat));
        }

        if (state.Section.IsInventory && HasCounts)
        {
            operations.Add(new DocumentOperation.Increment(CountersDocument.DocumentId, [.. CounterFields()]));
        }

        return operations;
    }

    /// <summary>The events that receivers may want to hear of: at most one event a reservation, which goes into the batch.</summary>
    public IEnumerable<(string Event, ReservationDocument Reservation)> Events()
    {
        foreach (var reservation in _reservations.Values)
        {
            if (EventOf(state.Reservation(reservation.Code), reservation) is { } name)
            {
                yield return (name, reservation);
            }
        }
    }

    /// <summary>Null for a step that is nobody's business: a payment that begins or is given back, a refusal, a note.</summary>
    private static string? EventOf(ReservationDocument? before, ReservationDocument after) => after.Status switch
    {
        var same when same == before?.Status =>
            after.Revision > before.Revision && after.History[^1].Reason == ReservationDocument.PartCancelled ? WebhookEvents.Cancelled : null,
        ReservationStatus.Held when before is null => WebhookEvents.Held,
        ReservationStatus.Confirmed => WebhookEvents.Confirmed,
        ReservationStatus.Cancelled => WebhookEvents.Cancelled,
        ReservationStatus.Expired => WebhookEvents.Expired,
        _ => null,
    };

    /// <summary>The section as it is once <paramref name="operations"/> are written.</summary>
    public SectionState Written(IReadOnlyList<DocumentOperation> operations, IReadOnlyList<string> etags)
    {
        var after = new SectionState(state.Section);
        for (var i = 0; i < operations.Count; i++)
        {
            if (_reservations.Values.FirstOrDefault(r => r.Id == operations[i].Id) is { } reservation)
            {
                after.Add(reservation, etags[i]);
            }
            else if (_seats.Values.FirstOrDefault(s => s?.Id == operations[i].Id) is { } seat)
            {
                after.Add(seat, etags[i]);
            }
        }

        return after;
    }

    /// <summary>A seat that is sold or freed and that nobody has looked at is its reservation's, whose ETag is in the batch.</summary>
    private DocumentOperation Write(string id, SeatDocument? seat)
    {
        var etag = state.ETagOf(id);
        return seat switch
        {
            null => new DocumentOperation.Delete(id, etag),
            { Status: SeatStatus.Sold } when !state.HasLookedFor(id) => new DocumentOperation.Upsert(id, DocumentJson.Write(seat)),
            _ => DocumentJson.Put(seat, etag),
        };
    }

    private IEnumerable<FieldIncrement> CounterFields()
    {
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

/// <summary>The decision on a reservation: the changes to write, and its state once they are written.</summary>
/// <param name="Changes">Null when there is nothing to write.</param>
/// <param name="Reservation">As it stands after the changes; null when there is none.</param>
/// <param name="Refused">Why the command was refused; null when it was not.</param>
/// <param name="Expired">Reservations whose hold this decision ended.</param>
public sealed record Decision(
    SectionChanges? Changes,
    ReservationDocument? Reservation,
    RefusalCode? Refused = null,
    IReadOnlyList<ReservationDocument>? Expired = null)
{
    /// <summary>The section as it stands after the changes, as far as it is known: what a next step may decide on without reading it again.</summary>
    public SectionState? State { get; init; }

    /// <summary>Nothing to write.</summary>
    public static Decision Unchanged(ReservationDocument? reservation, RefusalCode? refused = null) => new(null, reservation, refused);
}
