using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;
using Microsoft.Extensions.Options;

namespace Concert.Simulation.Planted;

/// <summary>What a call-off does to a paid reservation in place of the service.</summary>
internal abstract class CallOffDefect(ICommandProcessor inner) : ICommandProcessor
{
    public async Task<ProcessResult> ProcessAsync(CommandMessage message, int deliveryCount, CancellationToken cancellationToken)
    {
        try
        {
            if (CommandJson.TryRead(message.Body) is CallOffCommand callOff && ReservationId.TryParse(callOff.ReservationId, out var id))
            {
                await DoAsync(id, callOff, cancellationToken);
            }
        }
        catch (StoreUnavailableException e)
        {
            return new ProcessResult.Retry(TimeSpan.FromSeconds(1), e.Message);
        }

        return await inner.ProcessAsync(message, deliveryCount, cancellationToken);
    }

    public Task<ProcessResult> DeadLetterAsync(CommandMessage message, string reason, CancellationToken cancellationToken) =>
        inner.DeadLetterAsync(message, reason, cancellationToken);

    /// <summary>Before the command is handled as it should be.</summary>
    protected abstract Task DoAsync(ReservationId id, CallOffCommand callOff, CancellationToken cancellationToken);
}

/// <summary>Gives back what the table says, as if its user had cancelled.</summary>
internal sealed class CalledOffByTheTable(
    ICommandProcessor inner, SectionWriter writer, CatalogReader catalog, IOptions<BookingOptions> booking, IOptions<CancellationOptions> table) : CallOffDefect(inner)
{
    protected override async Task DoAsync(ReservationId id, CallOffCommand callOff, CancellationToken cancellationToken)
    {
        var schedule = await catalog.FindCurrentAsync(id.Section.ScheduleId, cancellationToken);
        await writer.ChangeAsync(
            id,
            (state, now) => state.Reservation(id.Code) is { Status: ReservationStatus.Confirmed, IsCancelling: false } paid
                ? CancelDecisions.Begin(
                    state, id.Code, new CancelCommand(callOff.ReservationId, callOff.AcceptedAt, paid.UserId, callOff.Why, ReservationDocument.CalledOff), schedule!.OpenAt, now, booking.Value, table.Value)
                : Decision.Unchanged(null),
            cancellationToken);
    }
}

/// <summary>Credits the wallet at once, and leaves the saga to credit it again.</summary>
internal sealed class CalledOffTwice(ICommandProcessor inner, IDocumentStore store, WalletWriter wallets) : CallOffDefect(inner)
{
    private const int Another = 99;

    protected override async Task DoAsync(ReservationId id, CallOffCommand callOff, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(id.Section.Partition, id.DocumentId, cancellationToken) is { } stored
            && DocumentJson.Read<ReservationDocument>(stored) is { Status: ReservationStatus.Confirmed, IsCancelling: false, Payment: { } payment } paid)
        {
            await wallets.ApplyAsync(paid.UserId, new WalletChange.Refund(payment, Another, paid.Total, IsLast: false), cancellationToken);
        }
    }
}

/// <summary>Ends holds and leaves what is paid to its users.</summary>
internal sealed class PaidLeftAlone(IDocumentStore inner) : StoreDefect(inner)
{
    public override Task<DocumentPage> QueryAsync(PartitionRef partition, PartitionQuery query, CancellationToken cancellationToken) => base.QueryAsync(
        partition,
        query.Statuses?.Contains(ReservationStatus.Paying.Name()) == true ? query with { Statuses = [ReservationStatus.Held.Name(), ReservationStatus.Paying.Name()] } : query,
        cancellationToken);
}

/// <summary>Looks once for what is live, and takes what it has asked for as done.</summary>
internal sealed class LooksOnce(IDocumentStore inner) : StoreDefect(inner)
{
    private readonly HashSet<PartitionRef> _looked = [];

    public override Task<DocumentPage> QueryAsync(PartitionRef partition, PartitionQuery query, CancellationToken cancellationToken) =>
        query.Statuses?.Contains(ReservationStatus.Paying.Name()) == true && !_looked.Add(partition)
            ? Task.FromResult(new DocumentPage([], null))
            : base.QueryAsync(partition, query, cancellationToken);
}

/// <summary>Does not see that the schedule is called off.</summary>
internal sealed class CallOffOverlooked(IDocumentStore inner) : StoreDefect(inner)
{
    public override async Task<StoredDocument?> ReadAsync(PartitionRef partition, string id, CancellationToken cancellationToken)
    {
        var read = await base.ReadAsync(partition, id, cancellationToken);
        return read is not null && id.StartsWith(SaleDocument.Prefix, StringComparison.Ordinal)
            ? read with { Json = DocumentJson.Write(DocumentJson.Read<SaleDocument>(read) with { CalledOff = null }) }
            : read;
    }
}
