using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;

namespace Concert.Booking.Payments.Pay;

/// <summary>The reservation to pay, or the seat the caller holds.</summary>
public sealed record PaymentRequest(string? ReservationId, string? SeatId);

/// <summary>Pays holds. An interface, so that the API's tests can stand in for the domain.</summary>
public interface IPayUseCase
{
    /// <summary>Accepts the command without deciding it: the view says PENDING.</summary>
    Task<Result<PaymentView>> RequestAsync(Caller caller, PaymentRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Finds the result of the same request under the same Idempotency-Key; null when it is new. A repeat needs no admission: paying ended the token.
    /// </summary>
    Task<Result<PaymentView>?> FindEarlierAsync(Caller caller, PaymentRequest request, CancellationToken cancellationToken);
}

/// <summary>Takes requests to pay a hold.</summary>
public sealed class PayUseCase(
    IDocumentStore store,
    CommandDispatcher commands,
    CatalogReader catalog,
    IdempotencyClaims claims,
    ReservationReader reservations,
    PaymentReader reader,
    IdGenerator ids,
    TimeProvider time) : IPayUseCase
{
    private const string Operation = "pay";

    public async Task<Result<PaymentView>> RequestAsync(Caller caller, PaymentRequest request, CancellationToken cancellationToken)
    {
        if (request.ReservationId is null == request.SeatId is null)
        {
            return Refusal.Invalid("Give either reservationId or seatId.");
        }

        var keyed = Keyed(caller, request);
        if (keyed is not null && await FindEarlierAsync(caller, keyed, cancellationToken) is { } earlier)
        {
            return earlier;
        }

        var found = await FindReservationAsync(caller, request, cancellationToken);
        if (found.IsRefused(out var refusal))
        {
            return refusal;
        }

        var now = time.GetUtcNow();
        if (await RefuseAsync(caller, found.Value, now, cancellationToken) is { } refused)
        {
            return refused;
        }

        var id = ids.NewPayment(found.Value.Id, caller.UserId);
        if (keyed is not null)
        {
            var taken = await claims.TakeAsync(keyed, id.ToString(), now, cancellationToken);
            if (taken.IsRefused(out refusal))
            {
                return refusal;
            }

            if (taken.Value.Resource != id.ToString())
            {
                return await RepeatAsync(caller, taken.Value, cancellationToken);
            }
        }

        return await SendAsync(caller, new OwnPayment(id, null, found.Value.Document) { Section = found.Value.Section }, now, cancellationToken);
    }

    public async Task<Result<PaymentView>?> FindEarlierAsync(Caller caller, PaymentRequest request, CancellationToken cancellationToken) =>
        Keyed(caller, request) is { } keyed ? await FindEarlierAsync(caller, keyed, cancellationToken) : null;

    private async Task<Result<PaymentView>?> FindEarlierAsync(Caller caller, KeyedCall keyed, CancellationToken cancellationToken)
    {
        var known = await claims.FindAsync(keyed, cancellationToken);
        if (known.IsRefused(out var refusal))
        {
            return refusal;
        }

        return known.Value is { } claim ? await RepeatAsync(caller, claim, cancellationToken) : default(Result<PaymentView>?);
    }

    private static KeyedCall? Keyed(Caller caller, PaymentRequest request) =>
        caller.IdempotencyKey is { } key ? KeyedCall.OfUser(caller.UserId, Operation, key, request.ReservationId ?? "", request.SeatId ?? "") : null;

    /// <summary>The payment as it is now; while nothing shows that its command arrived, the same command goes out again under the same ids.</summary>
    private async Task<Result<PaymentView>> RepeatAsync(Caller caller, ClaimDocument claim, CancellationToken cancellationToken)
    {
        if (!PaymentId.TryParse(claim.Resource, out var id))
        {
            return Refusal.NotYours("payment");
        }

        var earlier = await reader.FindAsync(caller.UserId, id, isClaimed: true, cancellationToken);
        if (earlier.IsRefused(out var refusal))
        {
            return refusal;
        }

        return earlier.Value.IsWritten
            ? await reader.ViewAsync(earlier.Value, cancellationToken)
            : await SendAsync(caller, earlier.Value, DateTimeOffset.FromUnixTimeMilliseconds(claim.At), cancellationToken);
    }

    private async Task<Result<PaymentView>> SendAsync(Caller caller, OwnPayment payment, DateTimeOffset acceptedAt, CancellationToken cancellationToken)
    {
        var id = payment.Id;
        var command = new PayCommand(id.Reservation.ToString(), acceptedAt, caller.UserId, id.ToString(), caller.Token);
        return await commands.SendAsync($"{command.Name}:{id.Code}", id.Reservation.SessionId, command, caller.TraceParent, cancellationToken) is { } unavailable
            ? unavailable
            : await reader.ViewAsync(payment with { Document = null }, cancellationToken);
    }

    /// <summary>The reservation meant: by its id, or by the seat that the caller holds.</summary>
    private async Task<Result<OwnReservation>> FindReservationAsync(Caller caller, PaymentRequest request, CancellationToken cancellationToken)
    {
        if (request.ReservationId is { } text)
        {
            return await reservations.FindAsync(caller.UserId, text, cancellationToken);
        }

        if (!SectionRef.TryParseSeat(request.SeatId, out var section, out var number)
            || await store.ReadAsync(section.Partition, SeatDocument.IdOf(number), cancellationToken) is not { } stored
            || DocumentJson.Read<SeatDocument>(stored).Holder is not { } holder)
        {
            return Refusal.NotYours("hold on that seat");
        }

        var found = await reservations.FindAsync(caller.UserId, new ReservationId(section, holder), cancellationToken);
        return found.Refusal is null ? found : Refusal.NotYours("hold on that seat");
    }

    /// <summary>Refuses what is certain already; the handler decides the rest.</summary>
    private async Task<Refusal?> RefuseAsync(Caller caller, OwnReservation found, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (found.Document is { Status: ReservationStatus.Paying or ReservationStatus.Confirmed })
        {
            return new Refusal(RefusalCode.AlreadyPaid, "The reservation is already paid, or a payment is in progress.");
        }

        if (await catalog.FindScheduleAsync(found.Id.Section.ScheduleId, cancellationToken) is { CalledOff: not null })
        {
            return new Refusal(RefusalCode.BookingClosed, "The concert was called off.");
        }

        switch (found.Document)
        {
            case null:
                return null;
            case { Status: ReservationStatus.Held, HoldEndsAt: { } ends } held when now.ToUnixTimeMilliseconds() < ends:
                var wallet = new PartitionRef(DocumentContainer.Wallets, caller.UserId);
                var stored = await store.ReadAsync(wallet, WalletDocument.DocumentId, cancellationToken);
                var balance = stored is null ? 0 : DocumentJson.Read<WalletDocument>(stored).Balance;
                return balance < held.Total
                    ? new Refusal(RefusalCode.InsufficientBalance, $"The balance is {balance} won; {held.Total} are needed.")
                    : null;
            case var ended:
                return new Refusal(RefusalCode.HoldExpired, $"There is no longer a hold to pay; the reservation is {ended.Status.Name()}.");
        }
    }
}
