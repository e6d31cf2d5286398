using Concert.Booking.Catalog;
using Concert.Booking.Identity;
using Concert.Booking.Messaging;
using Concert.Booking.Reservations;
using Concert.Booking.Shared;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;

namespace Concert.Booking.Payments;

/// <summary>Accepting payments, and reading them.</summary>
public sealed class PaymentUseCases(
    IDocumentStore store,
    CommandOutbox outbox,
    CatalogReader catalog,
    RequestRegister register,
    IdMinter minter,
    TimeProvider time) : IPaymentUseCases
{
    public async Task<Result<PaymentView>> RequestAsync(Caller caller, PaymentRequest request, CancellationToken cancellationToken)
    {
        if (request.ReservationId is null == request.SeatId is null)
        {
            return Refusal.Invalid("Give one of reservationId and seatId.");
        }

        if (await FindRepeatedAsync(caller, request, cancellationToken) is { } repeated)
        {
            return repeated;
        }

        var found = await FindReservationAsync(caller, request, cancellationToken);
        if (found.IsRefused(out var refusal))
        {
            return refusal;
        }

        var now = time.GetUtcNow();
        var reservation = await ReadReservationAsync(found.Value, cancellationToken);
        if (await RefuseAsync(caller, found.Value, reservation, now, cancellationToken) is { } refused)
        {
            return refused;
        }

        var id = minter.NewPayment(found.Value, caller.UserId, caller.IdempotencyKey);
        var command = new PayCommand(found.Value.ToString(), now, caller.UserId, id.ToString(), caller.Token, Keyed(caller, request));
        return await outbox.SendAsync($"pay:{id.Code}", found.Value.SessionId, command, caller.TraceParent, cancellationToken) is { } unavailable
            ? unavailable
            : await ViewAsync(id, null, reservation, now, cancellationToken);
    }

    public async Task<Result<PaymentView>?> FindRepeatedAsync(Caller caller, PaymentRequest request, CancellationToken cancellationToken)
    {
        var known = await register.FindAsync(caller.UserId, PaySaga.Operation, Keyed(caller, request), cancellationToken);
        if (known.IsRefused(out var refusal))
        {
            return refusal;
        }

        if (known.Value is not { } earlier)
        {
            return null;
        }

        return await GetAsync(caller, earlier, cancellationToken);
    }

    public async Task<Result<PaymentView>> GetAsync(Caller caller, string paymentId, CancellationToken cancellationToken)
    {
        if (!PaymentId.TryParse(paymentId, out var id) || !minter.IsGenuine(id, caller.UserId))
        {
            return Refusal.NotYours("payment");
        }

        var stored = await store.ReadAsync(Partition(caller), id.DocumentId, cancellationToken);
        if (stored is null && !minter.IsYoung(id.CreatedAt, id.IsKeyed))
        {
            return Refusal.NotYours("payment");
        }

        var payment = stored is null ? null : DocumentJson.Read<PaymentDocument>(stored);
        var reservation = await ReadReservationAsync(id.Reservation, cancellationToken);
        return await ViewAsync(id, payment, reservation, id.IsKeyed ? time.GetUtcNow() : id.CreatedAt, cancellationToken);
    }

    public async Task<Result<Paged<PaymentView>>> ListAsync(Caller caller, string? continuation, int limit, CancellationToken cancellationToken)
    {
        var after = ListContinuation.Read(continuation, PaymentEntryDocument.Prefix);
        if (after.IsRefused(out var refusal))
        {
            return refusal;
        }

        var page = await store.QueryAsync(
            Partition(caller), new PartitionQuery(PaymentEntryDocument.Prefix, after.Value, limit), cancellationToken);
        var items = await Task.WhenAll(page.Items.Select(async item =>
        {
            var code = DocumentJson.Read<PaymentEntryDocument>(item).Code;
            var stored = await store.ReadAsync(Partition(caller), PaymentDocument.Prefix + code, cancellationToken);
            if (stored is null || DocumentJson.Read<PaymentDocument>(stored) is not { } payment
                || !ReservationId.TryParse(payment.ReservationId, out var reservationId))
            {
                return null;
            }

            var reservation = await ReadReservationAsync(reservationId, cancellationToken);
            return await ViewAsync(new PaymentId(reservationId, code), payment, reservation, default, cancellationToken);
        }));
        return new Paged<PaymentView>([.. items.OfType<PaymentView>()], ListContinuation.Write(page.Continuation));
    }

    private static KeyedRequest? Keyed(Caller caller, PaymentRequest request) =>
        RequestRegister.Keyed(caller.IdempotencyKey, request.ReservationId ?? request.SeatId ?? "");

    private static PartitionRef Partition(Caller caller) => new(DocumentContainer.Wallets, caller.UserId);

    /// <summary>The reservation meant: by its id, or by the seat that the caller holds.</summary>
    private async Task<Result<ReservationId>> FindReservationAsync(Caller caller, PaymentRequest request, CancellationToken cancellationToken)
    {
        if (request.ReservationId is { } text)
        {
            return ReservationId.TryParse(text, out var given) && minter.IsGenuine(given, caller.UserId) ? given : Refusal.NotYours("reservation");
        }

        if (!SectionRef.TryParseSeat(request.SeatId, out var section, out var number)
            || await store.ReadAsync(section.Partition, SeatDocument.IdOf(number), cancellationToken) is not { } stored
            || DocumentJson.Read<SeatDocument>(stored).Holder is not { } holder)
        {
            return Refusal.NotYours("hold on that seat");
        }

        var id = new ReservationId(section, holder);
        return minter.IsGenuine(id, caller.UserId) ? id : Refusal.NotYours("hold on that seat");
    }

    /// <summary>What is already certain; the handler decides the rest.</summary>
    private async Task<Refusal?> RefuseAsync(
        Caller caller, ReservationId id, ReservationDocument? reservation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        switch (reservation)
        {
            case null:
                return minter.IsYoung(id.CreatedAt, id.IsKeyed) ? null : Refusal.NotYours("reservation");
            case { Status: ReservationStatus.Paying or ReservationStatus.Confirmed }:
                return new Refusal(RefusalCode.AlreadyPaid, "The reservation is paid, or its payment is on its way.");
            case { Status: ReservationStatus.Held, HoldEndsAt: { } ends } when now.ToUnixTimeMilliseconds() < ends:
                var stored = await store.ReadAsync(Partition(caller), WalletDocument.DocumentId, cancellationToken);
                var balance = stored is null ? 0 : DocumentJson.Read<WalletDocument>(stored).Balance;
                return balance < reservation.Total
                    ? new Refusal(RefusalCode.InsufficientBalance, $"The balance is {balance} won; {reservation.Total} are needed.")
                    : null;
            default:
                return new Refusal(RefusalCode.HoldExpired, $"There is no hold to pay any more: the reservation is {reservation.Status}.");
        }
    }

    private async Task<ReservationDocument?> ReadReservationAsync(ReservationId id, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(id.Section.Partition, id.DocumentId, cancellationToken);
        return stored is null ? null : DocumentJson.Read<ReservationDocument>(stored);
    }

    private async Task<PaymentView> ViewAsync(
        PaymentId id, PaymentDocument? payment, ReservationDocument? reservation, DateTimeOffset acceptedAt, CancellationToken cancellationToken)
    {
        var section = id.Reservation.Section;
        var schedule = await catalog.FindScheduleAsync(section.ScheduleId, cancellationToken);
        var concert = await catalog.FindConcertAsync(section.ConcertId, cancellationToken);

        // Until the reservation has followed, the payment is not over: whoever reads COMPLETED finds the seats sold, whoever reads FAILED can pay again.
        var settling = reservation is { Status: ReservationStatus.Paying } && reservation.Payment == id.Code;
        var settled = payment is not null && !settling ? payment : null;
        return new PaymentView(
            id.ToString(),
            settled?.Status ?? PaymentStatus.Pending,
            settled?.Reason,
            id.Reservation.ToString(),
            [.. (reservation?.Seats ?? []).Select(s => s.Number)],
            section.IsInventory ? section.InventoryId : null,
            reservation?.Quantity,
            concert?.Name,
            schedule?.OpenAt,
            schedule?.CloseAt,
            payment?.Amount ?? reservation?.Total,
            payment is null ? acceptedAt : DateTimeOffset.FromUnixTimeMilliseconds(payment.AcceptedAt),
            settled is { Status: PaymentStatus.Completed or PaymentStatus.Refunded } ? DateTimeOffset.FromUnixTimeMilliseconds(settled.DecidedAt) : null,
            settled?.Refund);
    }
}
