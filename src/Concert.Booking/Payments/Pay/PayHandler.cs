using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Telemetry;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Wallets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Payments.Pay;

/// <summary>
/// Paying across two partitions in idempotent steps: reservation PAYING · debit, ledger entry and payment in one batch · reservation CONFIRMED and
/// seats sold. A crash between any two is finished by the redelivery or by the repair timer, which both come in here.
/// </summary>
public sealed class PayHandler(
    CatalogReader catalog,
    SectionWriter writer,
    WalletWriter wallets,
    IWaitingRoom room,
    AdmissionMemory admissions,
    IOptions<BookingOptions> rules,
    ILogger<PayHandler> logger)
{
    public async Task<HandlerOutcome> HandleAsync(ReservationId id, PayCommand command, CancellationToken cancellationToken)
    {
        if (!PaymentId.TryParse(command.PaymentId, out var paymentId) || paymentId.Reservation != id)
        {
            return new HandlerOutcome.Poison(PoisonReason.BadPaymentId, "The payment's id is not one of this reservation.");
        }

        var begun = await writer.ChangeAsync(id, (state, now) => BeginAsync(state, id, paymentId.Code, command, now, cancellationToken), cancellationToken);
        if (begun.Refused is { } refused)
        {
            var failed = Payment(id, paymentId.Code, begun.Reservation?.Total ?? 0, command.AcceptedAt) with { Reason = refused.Name() };
            await wallets.ApplyAsync(command.UserId, new WalletChange.Fail(failed), cancellationToken);
            return new HandlerOutcome.Payment(PaymentStatus.Failed, refused);
        }

        return await FinishAsync(id, begun.Reservation!, begun.State, command, cancellationToken);
    }

    /// <summary>Finishes a payment that has begun; nothing to do when it is done.</summary>
    public Task<HandlerOutcome> ResumeAsync(ReservationId id, ReservationDocument paying, SectionState? known, CancellationToken cancellationToken) =>
        FinishAsync(id, paying, known, null, cancellationToken);

    private async Task<HandlerOutcome> FinishAsync(
        ReservationId id, ReservationDocument reservation, SectionState? known, PayCommand? command, CancellationToken cancellationToken)
    {
        var code = reservation.Payment!;
        if (reservation.Status == ReservationStatus.Confirmed)
        {
            await EndTokenAsync(command?.Token, cancellationToken);
            return new HandlerOutcome.Payment(PaymentStatus.Completed);
        }

        var acceptedAt = command?.AcceptedAt ?? DateTimeOffset.FromUnixTimeMilliseconds(reservation.History[^1].At);
        var payment = Payment(id, code, reservation.Total, acceptedAt);
        var outcome = await wallets.ApplyAsync(reservation.UserId, new WalletChange.Debit(payment), cancellationToken);
        if (outcome is WalletOutcome.Refused refused)
        {
            await writer.ChangeAsync(
                id, (state, now) => PayDecisions.GiveBack(state, id.Code, code, refused.Code.Name(), now, rules.Value), cancellationToken, known);
            return new HandlerOutcome.Payment(PaymentStatus.Failed, refused.Code);
        }

        // Before the last step, so that whoever reads COMPLETED finds the token ended.
        await EndTokenAsync(command?.Token ?? reservation.Token, cancellationToken);
        var confirmed = await writer.ChangeAsync(id, (state, now) => PayDecisions.Confirm(state, id.Code, code, now), cancellationToken, known);
        if (confirmed.Reservation?.Payment != code)
        {
            BookingTelemetry.InvariantBroken.Add(1, new KeyValuePair<string, object?>("invariant", "S2"));
            logger.LogCritical("Reservation {ReservationId} was paid by {Payment} and is not its own any more", id, code);
        }

        return new HandlerOutcome.Payment(PaymentStatus.Completed);
    }

    /// <summary>With each attempt by the schedule as it stands: what is called off is not sold, however long this takes.</summary>
    private async ValueTask<Decision> BeginAsync(
        SectionState state, ReservationId id, string payment, PayCommand command, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (state.BelongsToAnother(id.Code, command.UserId))
        {
            return Decision.Unchanged(null, RefusalCode.NotYours);
        }

        var schedule = await catalog.FindCurrentAsync(id.Section.ScheduleId, cancellationToken);
        return PayDecisions.Begin(state, id.Code, payment, command.AcceptedAt, now, rules.Value, command.Token, schedule is { CalledOff: not null });
    }

    private static PaymentDocument Payment(ReservationId id, string code, long amount, DateTimeOffset acceptedAt)
    {
        var at = acceptedAt.ToUnixTimeMilliseconds();
        return new PaymentDocument(code, PaymentStatus.Pending, id.ToString(), amount, at, at);
    }

    private async Task EndTokenAsync(TokenClaims? token, CancellationToken cancellationToken)
    {
        if (token is null)
        {
            return;
        }

        admissions.Forget(token);
        try
        {
            await room.EndAsync(token, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            // The token ends by its own time; a payment does not wait for the waiting room.
            logger.LogWarning(e, "Queue token {TokenId} could not be ended", token.Id);
        }
    }
}
