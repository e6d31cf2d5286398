using System.Text;
using Concert.Booking.Calls;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;

namespace Concert.Booking.Commands.Handling;

/// <summary>
/// A command that could not be handled gets an honest end: a reservation that was not made is REJECTED, a payment that did not begin is FAILED, all else
/// stays as it was and says why. Each is kept once in its section, with the command where it may be sent again, and counted in the report.
/// </summary>
public sealed class DeadLetterHandler(
    IDocumentStore store, StoreLoop loop, WalletWriter wallets, UserPlaces places, ISeatGate gate, IdGenerator ids, TimeProvider time)
{
    private const int MaxAttempts = 10;

    /// <summary>Writes the end, or finds it written; returns the section that it is kept in, null for a command about nothing.</summary>
    public async Task<SectionRef?> HandleAsync(string messageId, Command command, string reason, CancellationToken cancellationToken)
    {
        if (!ReservationId.TryParse(command.ReservationId, out var id))
        {
            return null;
        }

        var record = new DeadLetterDocument(messageId, command.Name, reason, time.GetUtcNow().ToUnixTimeMilliseconds())
        {
            ReservationId = command.ReservationId,
            Body = SendAgainRules.MayEver(command) ? Encoding.UTF8.GetString(CommandJson.Write(command)) : null,
        };
        var section = (await SectionLoader.ForReservationAsync(store, id, withSeats: false, cancellationToken)).Section;
        var reservation = await loop.RunAsync(
            section.Partition,
            MaxAttempts,
            async token =>
            {
                var state = await SectionLoader.ForReservationAsync(store, id, withSeats: false, token);
                var before = state.Reservation(id.Code);
                if (command is ReserveCommand { Seats: { Count: > 0 } seats } && before is null or { Status: ReservationStatus.Rejected })
                {
                    // Before it is written, as with every seat that is given up.
                    await gate.ReleaseAsync(id.Section.PartitionKey, [.. seats.Select(id.Section.SeatId)], id.ToString(), token);
                }

                if (state.Section != section)
                {
                    throw new StoreUnavailableException($"{id} has moved on meanwhile.");
                }

                if (await store.ReadAsync(section.Partition, record.Id, token) is not null)
                {
                    return new Attempt<ReservationDocument?>([], before);
                }

                var changes = new SectionChanges(state);
                var after = After(state, id, command, before);
                List<DocumentOperation> operations = [DocumentJson.Put(record with { Outcome = OutcomeOf(command, after ?? before) }, null)];
                if (after is not null)
                {
                    changes.Put(after);
                }

                operations.AddRange(changes.ToOperations());
                return new Attempt<ReservationDocument?>(operations, after ?? before);
            },
            cancellationToken);

        if (reservation is { Status: ReservationStatus.Rejected })
        {
            await places.ListAsync(id, reservation, cancellationToken);
        }

        if (command is PayCommand pay && NeverBegan(pay, reservation, out var paymentId))
        {
            var at = pay.AcceptedAt.ToUnixTimeMilliseconds();
            var failed = new PaymentDocument(
                paymentId.Code, PaymentStatus.Pending, pay.ReservationId, reservation?.Total ?? 0, at, at, RefusalCode.Unavailable.Name());
            await wallets.ApplyAsync(pay.UserId, new WalletChange.Fail(failed), cancellationToken);
        }

        return section;
    }

    private static DeadLetterOutcome OutcomeOf(Command command, ReservationDocument? reservation) => command switch
    {
        ReserveCommand when reservation is { Status: ReservationStatus.Rejected } => DeadLetterOutcome.Refused,
        PayCommand pay when NeverBegan(pay, reservation, out _) => DeadLetterOutcome.Refused,
        _ => DeadLetterOutcome.Noted,
    };

    /// <summary>Once begun, it is the repair timer's to finish.</summary>
    private static bool NeverBegan(PayCommand pay, ReservationDocument? reservation, out PaymentId id) =>
        PaymentId.TryParse(pay.PaymentId, out id) && reservation?.Payment != id.Code;

    private ReservationDocument? After(SectionState state, ReservationId id, Command command, ReservationDocument? before) => command switch
    {
        ReserveCommand reserve when before is null =>
            ReserveDecision.Unprocessable(state, id, reserve, time.GetUtcNow(), ids.RefusalLifetime),
        CancelCommand when before is not null => before with
        {
            History = [.. before.History, new HistoryLine(time.GetUtcNow().ToUnixTimeMilliseconds(), before.Status, RefusalCode.Unavailable.Name())],
        },
        _ => null,
    };
}
