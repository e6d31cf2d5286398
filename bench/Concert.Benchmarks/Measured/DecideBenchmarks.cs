using BenchmarkDotNet.Attributes;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Best;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Microsoft.Extensions.Options;

namespace Concert.Benchmarks.Measured;

/// <summary>Decisions as pure functions: from the documents as they were read to the batch as JSON.</summary>
public class DecideBenchmarks
{
    private const string UserId = "user-1";
    private const int Rows = 40;
    private const int SeatsOfRow = 25;
    private const int Seat = 12;

    private static readonly DateTimeOffset Now = new(2030, 1, 1, 20, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private readonly BookingOptions _booking = new();
    private readonly CancellationOptions _cancellation = new();
    private readonly SectionPlan _plan =
        new("1", "Stalls", [.. Enumerable.Range(0, Rows).Select(row => new SeatRun((row * SeatsOfRow) + 1, (row + 1) * SeatsOfRow, 50_000) { Row = $"{row + 1}", First = 1 })]);

    private readonly HashSet<int> _halfTaken = [.. Enumerable.Range(1, Rows * SeatsOfRow).Where(key => key * 2_654_435_761u % 2 == 0)];
    private ScheduleDocument _schedule = null!;
    private ReservationId _id;
    private ReserveCommand _command = null!;
    private CancelCommand _cancel = null!;
    private StoredDocument _reservation = null!;
    private StoredDocument _seat = null!;

    [GlobalSetup]
    public void Setup()
    {
        var ids = new IdGenerator(
            new KeyRing(Options.Create(new WaitingRoomOptions { SigningKey = new string('k', 32) })), new SystemRandomSource(), TimeProvider.System, Options.Create(_booking));
        _schedule = new ScheduleDocument("c1-s1", Now.AddDays(30), Now.AddDays(31), Now.AddDays(-1), Now.AddDays(29), [_plan], []);
        _id = ids.NewReservation(new SectionRef("c1-s1", "1"), UserId, _ => Seat);
        _command = new ReserveCommand(_id.ToString(), Now, UserId, [Seat], null);
        _cancel = new CancelCommand(_id.ToString(), Now, UserId, "changed my mind", "request-1");
        var held = ReserveDecision.Decide(Free(), _id, _command, _schedule, Now, _booking, Kept).Reservation!;
        _reservation = new StoredDocument(held.Id, DocumentJson.Write(held), "1");
        _seat = new StoredDocument(
            SeatDocument.IdOf(Seat), DocumentJson.Write(new SeatDocument(Seat, SeatStatus.Held, held.Code, held.HoldEndsAt)), "1");
    }

    /// <summary>A seat that is free.</summary>
    [Benchmark]
    public IReadOnlyList<DocumentOperation> Reserve() => Batch(ReserveDecision.Decide(Free(), _id, _command, _schedule, Now, _booking, Kept));

    /// <summary>A seat that somebody has.</summary>
    [Benchmark]
    public IReadOnlyList<DocumentOperation> RefuseTaken()
    {
        var state = new SectionState(_id.Section);
        state.Add(_id.DocumentId, null);
        state.Add(_seat.Id, _seat);
        return Batch(ReserveDecision.Decide(state, _id, _command, _schedule, Now, _booking, Kept));
    }

    /// <summary>The first step of a payment.</summary>
    [Benchmark]
    public IReadOnlyList<DocumentOperation> Pay() => Batch(PayDecisions.Begin(Held(), _id.Code, "payment-1", Now, Now, _booking));

    /// <summary>Of a hold.</summary>
    [Benchmark]
    public IReadOnlyList<DocumentOperation> Cancel() => Batch(CancelDecisions.Begin(Held(), _id.Code, _cancel, _schedule.OpenAt, Now, _booking, _cancellation));

    /// <summary>Four side by side of 1,000 seats, half of them taken here and there.</summary>
    [Benchmark]
    public object? BestPlacesOfFour() => BestPlaces.Choose(_plan, _halfTaken, 4, null, together: false);

    private static List<DocumentOperation> Batch(Decision decision) => decision.Changes!.ToOperations();

    private SectionState Free()
    {
        var state = new SectionState(_id.Section);
        state.Add(_id.DocumentId, null);
        state.Add(SeatDocument.IdOf(Seat), null);
        return state;
    }

    private SectionState Held()
    {
        var state = new SectionState(_id.Section);
        state.Add(_reservation.Id, _reservation);
        return state;
    }
}
