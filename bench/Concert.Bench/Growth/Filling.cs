using Concert.Bench.Service;
using Concert.Benchmarks.Services;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.Settings;
using Concert.Booking.Storage;

namespace Concert.Bench.Growth;

/// <summary>
/// Writes holds of distinct users in large batches: decided by the domain's own function and with every document that a hold has, but hundreds to a commit, so
/// that a million take a minute.
/// </summary>
internal sealed class Filling(InProcessService service, Action<int> progress)
{
    private const int HoldsOfBatch = 450;
    private const int UsersAtOnce = 1_000;

    private static readonly BookingOptions Rules = new() { HoldFor = TimeSpan.FromDays(1) };

    private readonly IDocumentStore _store = service.Services.GetRequiredService<IDocumentStore>();
    private readonly IdGenerator _ids = service.Services.GetRequiredService<IdGenerator>();
    private readonly StoredDocument _counters = new(CountersDocument.DocumentId, DocumentJson.Write(new CountersDocument(int.MaxValue, 0, 0)), "1");
    private int _done;

    /// <summary>Each user holds one place of an inventory.</summary>
    public Task FillInventoryAsync(ScheduleDocument schedule, int inventory, int holds) =>
        FillAsync(schedule, new SectionRef(schedule.ScheduleId, schedule.Inventories[inventory].Key), new int?[holds]);

    /// <summary>Each user holds one seat: every second one of the house.</summary>
    public async Task FillHalfAsync(ScheduleDocument schedule)
    {
        foreach (var section in schedule.Sections)
        {
            await FillAsync(
                schedule, new SectionRef(schedule.ScheduleId, section.Key), [.. Enumerable.Range(1, section.SeatCount).Where(seat => seat % 2 == 0).Select(seat => (int?)seat)]);
        }
    }

    private async Task FillAsync(ScheduleDocument schedule, SectionRef section, IReadOnlyList<int?> seats)
    {
        foreach (var chunk in seats.Chunk(HoldsOfBatch))
        {
            List<ReservationDocument> held = [];
            List<DocumentOperation> operations = [];
            foreach (var seat in chunk)
            {
                var decision = Decide(schedule, section, seat, $"{schedule.ScheduleId}-{_done + held.Count}");
                held.Add(decision.Reservation!);
                operations.AddRange(decision.Changes!.ToOperations().Where(operation => operation is DocumentOperation.Create));
            }

            if (section.IsInventory)
            {
                operations.Add(new DocumentOperation.Increment(CountersDocument.DocumentId, [new FieldIncrement("left", -chunk.Length), new FieldIncrement("held", chunk.Length)]));
            }

            await CommitAsync(section.Partition, operations);
            foreach (var some in held.Chunk(UsersAtOnce))
            {
                await Task.WhenAll(some.Select(reservation => ListAsync(section, reservation)));
            }

            _done += chunk.Length;
            progress(_done);
        }
    }

    private Decision Decide(ScheduleDocument schedule, SectionRef section, int? seat, string user)
    {
        var id = _ids.NewReservation(section, user, hash => seat ?? (int)(hash % 128));
        var now = TimeProvider.System.GetUtcNow();
        var state = new SectionState(section);
        state.Add(id.DocumentId, null);
        if (seat is { } number)
        {
            state.Add(SeatDocument.IdOf(number), null);
        }
        else
        {
            state.Add(_counters.Id, _counters);
        }

        var command = new ReserveCommand(id.ToString(), now, user, seat is null ? null : [seat.Value], seat is null ? 1 : null);
        return ReserveDecision.Decide(state, id, command, schedule, now, Rules, _ids.RefusalLifetime);
    }

    /// <summary>The user's own documents of a hold.</summary>
    private Task ListAsync(SectionRef section, ReservationDocument reservation)
    {
        var id = reservation.IdIn(section).ToString();
        return CommitAsync(
            new PartitionRef(DocumentContainer.Wallets, reservation.UserId),
            [
                DocumentJson.Put(new RequestEntryDocument(reservation.CreatedAt, id), null),
                DocumentJson.Put(new LimitDocument(section.ScheduleId, [new CountedPlaces(id, reservation.Places)]), null),
            ]);
    }

    private async Task CommitAsync(PartitionRef partition, IReadOnlyList<DocumentOperation> operations)
    {
        if (await _store.CommitAsync(partition, operations, CancellationToken.None) is var result and not CommitResult.Committed)
        {
            throw new InvalidOperationException($"{partition} was not filled: {result}");
        }
    }
}
