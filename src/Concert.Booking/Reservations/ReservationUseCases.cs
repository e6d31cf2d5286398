using Concert.Booking.Catalog;
using Concert.Booking.Identity;
using Concert.Booking.Messaging;
using Concert.Booking.Shared;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations;

/// <summary>Accepting commands about reservations, and reading them. Accepting writes no document: the queue has the command, the id says the rest.</summary>
public sealed class ReservationUseCases(
    IDocumentStore store,
    CommandOutbox outbox,
    CatalogReader catalog,
    ISeatGate gate,
    RequestRegister register,
    ReservationViews views,
    IdMinter minter,
    TimeProvider time,
    IOptions<BookingOptions> rules,
    IOptions<CancellationOptions> cancellation) : IReservationUseCases
{
    public async Task<Result<ReservationView>> RequestAsync(Caller caller, ReservationRequest request, CancellationToken cancellationToken)
    {
        var checkedRequest = ReservationRequests.Check(request, rules.Value);
        if (checkedRequest.IsRefused(out var refusal))
        {
            return refusal;
        }

        var valid = checkedRequest.Value;
        var keyed = RequestRegister.Keyed(caller.IdempotencyKey, valid.Canonical);
        if (await FindEarlierAsync(caller, keyed, cancellationToken) is { } earlier)
        {
            return earlier;
        }

        var schedule = await catalog.FindScheduleAsync(valid.Section.ScheduleId, cancellationToken);
        var plan = schedule?.Sections.FirstOrDefault(s => s.Key == valid.Section.Section);
        if (schedule is null || (valid.Seats is not null && (plan is null || valid.Seats.Any(n => plan.Find(n) is null)))
            || (valid.Quantity is not null && schedule.Inventories.All(i => i.Key != valid.Section.Section)))
        {
            return Refusal.NotYours("place");
        }

        var now = time.GetUtcNow();
        if (now < schedule.BookingStartAt || now > schedule.BookingEndAt)
        {
            return new Refusal(RefusalCode.BookingClosed, $"Booking is open from {schedule.BookingStartAt:O} to {schedule.BookingEndAt:O}.");
        }

        var sessions = rules.Value.SessionsPerSection;
        var id = minter.NewReservation(
            valid.Section,
            caller.UserId,
            caller.IdempotencyKey,
            hash => valid.Seats is null ? (int)(hash % (uint)sessions) : ReservationRequests.ShardOf(plan!, valid.Seats[0], sessions));
        return await AcceptAsync(caller, id, valid, schedule, keyed, now, cancellationToken);
    }

    public async Task<Result<ReservationView>?> FindEarlierAsync(Caller caller, ReservationRequest request, CancellationToken cancellationToken)
    {
        var checkedRequest = ReservationRequests.Check(request, rules.Value);
        return checkedRequest.IsRefused(out var refusal)
            ? refusal
            : await FindEarlierAsync(caller, RequestRegister.Keyed(caller.IdempotencyKey, checkedRequest.Value.Canonical), cancellationToken);
    }

    public async Task<Result<ReservationView>> GetAsync(Caller caller, string reservationId, CancellationToken cancellationToken)
    {
        if (!ReservationId.TryParse(reservationId, out var id) || !minter.IsGenuine(id, caller.UserId))
        {
            return Refusal.NotYours("reservation");
        }

        var stored = await store.ReadAsync(id.Section.Partition, id.DocumentId, cancellationToken);
        return await ViewAsync(id, stored, cancellationToken) is { } view ? view : Refusal.NotYours("reservation");
    }

    public async Task<Result<Paged<ReservationView>>> ListAsync(Caller caller, string? continuation, int limit, CancellationToken cancellationToken)
    {
        var after = ListContinuation.Read(continuation, RequestEntryDocument.Prefix);
        if (after.IsRefused(out var refusal))
        {
            return refusal;
        }

        var page = await store.QueryAsync(
            new PartitionRef(DocumentContainer.Wallets, caller.UserId),
            new PartitionQuery(RequestEntryDocument.Prefix, after.Value, limit),
            cancellationToken);
        var items = await Task.WhenAll(page.Items.Select(async item =>
        {
            var entry = DocumentJson.Read<RequestEntryDocument>(item);
            return ReservationId.TryParse(entry.Reservation, out var id)
                ? await ViewAsync(id, await store.ReadAsync(id.Section.Partition, id.DocumentId, cancellationToken), cancellationToken)
                : null;
        }));
        return new Paged<ReservationView>([.. items.OfType<ReservationView>()], ListContinuation.Write(page.Continuation));
    }

    public async Task<Result<ReservationView>> RequestCancelAsync(Caller caller, string reservationId, CancellationToken cancellationToken)
    {
        var keyed = RequestRegister.Keyed(caller.IdempotencyKey, reservationId);
        var known = await register.FindAsync(caller.UserId, CancelSaga.Operation, keyed, cancellationToken);
        if (known.IsRefused(out var refusal))
        {
            return refusal;
        }

        var current = await GetAsync(caller, reservationId, cancellationToken);
        if (known.Value is not null || current.IsRefused(out refusal))
        {
            return current;
        }

        var now = time.GetUtcNow();
        if (await RefuseCancelAsync(current.Value, now, cancellationToken) is { } refused)
        {
            return refused;
        }

        _ = ReservationId.TryParse(reservationId, out var id);
        var command = new CancelCommand(reservationId, now, caller.UserId, "asked by its user", keyed);
        var messageId = keyed is null ? $"cancel:{minter.NewReference()}" : $"cancel:{RequestRegister.Hash(caller.UserId)}:{keyed.KeyHash}";
        return await outbox.SendAsync(messageId, id.SessionId, command, caller.TraceParent, cancellationToken) is { } unavailable
            ? unavailable
            : current;
    }

    private async Task<Result<ReservationView>?> FindEarlierAsync(Caller caller, KeyedRequest? keyed, CancellationToken cancellationToken)
    {
        var known = await register.FindAsync(caller.UserId, ReserveHandler.Operation, keyed, cancellationToken);
        if (known.IsRefused(out var refusal))
        {
            return refusal;
        }

        return known.Value is { } earlier ? await GetAsync(caller, earlier, cancellationToken) : default(Result<ReservationView>?);
    }

    private async Task<Result<ReservationView>> AcceptAsync(
        Caller caller,
        ReservationId id,
        ValidRequest valid,
        ScheduleDocument schedule,
        KeyedRequest? keyed,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        List<string> seatIds = [.. (valid.Seats ?? []).Select(id.Section.SeatId)];
        if (seatIds.Count > 0
            && !await gate.TryEnterAsync(id.Section.PartitionKey, seatIds, id.ToString(), rules.Value.HoldFor, cancellationToken))
        {
            return new Refusal(RefusalCode.SeatTaken, "Somebody else has this seat or is getting it.");
        }

        var command = new ReserveCommand(id.ToString(), now, caller.UserId, valid.Seats, valid.Quantity, keyed);
        if (await SendAsync(id, seatIds, command, caller.TraceParent, cancellationToken) is { } unavailable)
        {
            return unavailable;
        }

        var plan = schedule.Sections.FirstOrDefault(s => s.Key == id.Section.Section);
        List<ReservedSeat> seats = [.. (valid.Seats ?? []).Select(n => new ReservedSeat(id.Section.SeatId(n), plan!.Name, n, plan.Find(n)!.Value.Price))];
        var price = schedule.Inventories.FirstOrDefault(i => i.Key == id.Section.Section)?.Price ?? 0;
        return views.Pending(id) with
        {
            Seats = seats,
            Quantity = valid.Quantity,
            TotalAmount = valid.Quantity is { } quantity ? price * quantity : seats.Sum(s => s.Price),
        };
    }

    /// <summary>Sends, or opens the gate again, also when the caller breaks it off.</summary>
    private async Task<Refusal?> SendAsync(
        ReservationId id, List<string> seatIds, ReserveCommand command, string? traceParent, CancellationToken cancellationToken)
    {
        var sent = false;
        try
        {
            var unavailable = await outbox.SendAsync(id.ToString(), id.SessionId, command, traceParent, cancellationToken);
            sent = unavailable is null;
            return unavailable;
        }
        finally
        {
            if (!sent && seatIds.Count > 0)
            {
                await gate.ReleaseAsync(id.Section.PartitionKey, seatIds, id.ToString(), CancellationToken.None);
            }
        }
    }

    /// <summary>What is already certain; the handler decides the rest.</summary>
    private async Task<Refusal?> RefuseCancelAsync(ReservationView current, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (current.Status is ReservationStatus.Rejected or ReservationStatus.Expired or ReservationStatus.Cancelled)
        {
            return new Refusal(RefusalCode.NotCancellable, $"The reservation is {current.Status}.");
        }

        if (current.Status != ReservationStatus.Confirmed)
        {
            return null;
        }

        var schedule = await catalog.FindScheduleAsync(current.ConcertScheduleId, cancellationToken);
        return schedule is not null && CancelDecisions.RefundOf(current.TotalAmount ?? 0, schedule.OpenAt - now, cancellation.Value) is null
            ? new Refusal(RefusalCode.CancelWindowClosed, $"A paid reservation can be cancelled until {cancellation.Value.Deadline} before doors open.")
            : null;
    }

    /// <summary>Null when there is no such reservation (any more).</summary>
    private async Task<ReservationView?> ViewAsync(ReservationId id, StoredDocument? stored, CancellationToken cancellationToken)
    {
        if (stored is null)
        {
            return minter.IsYoung(id.CreatedAt, id.IsKeyed) ? views.Pending(id) : null;
        }

        var schedule = await catalog.FindScheduleAsync(id.Section.ScheduleId, cancellationToken);
        return schedule is null ? null : ReservationViews.View(id, DocumentJson.Read<ReservationDocument>(stored), schedule);
    }
}
