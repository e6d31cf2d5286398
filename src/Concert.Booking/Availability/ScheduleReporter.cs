using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Telemetry;
using Concert.Booking.Wallets;
using Microsoft.Extensions.Logging;

namespace Concert.Booking.Availability;

/// <summary>
/// The report reads everything from the store: seats, reservations and dead letters one by one, beside the inventories' counters. It is for staff and for
/// proof, not for the rush, and raises an alarm when what it finds cannot be.
/// </summary>
public sealed class ScheduleReporter(IDocumentStore store, CatalogReader catalog, ScheduleSections sections, ILogger<ScheduleReporter> logger) : IScheduleReports
{
    private static readonly ReservationStatus[] Statuses =
    [
        ReservationStatus.Held, ReservationStatus.Paying, ReservationStatus.Confirmed,
        ReservationStatus.Cancelled, ReservationStatus.Expired, ReservationStatus.Rejected,
    ];

    public async Task<Result<ScheduleReport>> ReportAsync(string scheduleId, CancellationToken cancellationToken)
    {
        catalog.Forget(scheduleId);
        var schedule = await catalog.FindCurrentAsync(scheduleId, cancellationToken);
        if (schedule is null)
        {
            return Refusal.NotYours("schedule");
        }

        var tally = new Tally();
        foreach (var section in ScheduleSections.Of(schedule))
        {
            await AddReservationsAsync(tally, section, cancellationToken);
            await (section.IsInventory ? AddCountersAsync(tally, section, cancellationToken) : AddSeatsAsync(tally, section, cancellationToken));
            await foreach (var _ in sections.ReadAllAsync(section, DeadLetterDocument.Prefix, cancellationToken))
            {
                tally.DeadLetters++;
            }
        }

        var total = schedule.Sections.Sum(s => (long)s.SeatCount) + schedule.Inventories.Sum(i => (long)i.Quantity);
        return new ScheduleReport(
            total,
            total - tally.Held - tally.Sold - tally.Blocked,
            tally.Held,
            tally.Sold,
            tally.Blocked,
            tally.Reserved,
            tally.ByStatus,
            await ChargedAsync(cancellationToken),
            tally.Paid,
            tally.Refunded,
            tally.DeadLetters)
        {
            CallOff = schedule.CalledOff is { } calledOff ? await ProgressAsync(scheduleId, calledOff, tally, cancellationToken) : null,
        };
    }

    private async Task<CallOffProgress> ProgressAsync(string scheduleId, CalledOff calledOff, Tally tally, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(CallOffDocument.PartitionOf(scheduleId), CallOffDocument.DocumentId, cancellationToken);
        var finishedAt = stored is null ? null : DocumentJson.Read<CallOffDocument>(stored).FinishedAt;
        return new CallOffProgress(
            calledOff.At,
            calledOff.Reason,
            tally.Ended + tally.GivenBack + tally.Live,
            tally.Ended,
            tally.GivenBack,
            tally.GivenBackAmount,
            tally.Live,
            finishedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null);
    }

    private async Task AddReservationsAsync(Tally tally, SectionRef section, CancellationToken cancellationToken)
    {
        await foreach (var stored in sections.ReadAllAsync(section, ReservationDocument.Prefix, cancellationToken))
        {
            var reservation = DocumentJson.Read<ReservationDocument>(stored);
            if (reservation.Moved is not null)
            {
                continue;
            }

            var status = reservation.Status.Name();
            tally.ByStatus[status] = tally.ByStatus.GetValueOrDefault(status) + 1;
            var paid = reservation is { Payment: not null, Status: ReservationStatus.Confirmed or ReservationStatus.Cancelled };
            tally.Paid += paid ? reservation.PaidTotal : 0;
            tally.Refunded += reservation.Refunded ?? 0;
            tally.Live += reservation.Status is ReservationStatus.Held or ReservationStatus.Paying or ReservationStatus.Confirmed ? 1 : 0;
            if (reservation is { HasEnded: true, Cancellations: [.., { IsCallOff: true } last] })
            {
                tally.Ended += last.Refund is null ? 1 : 0;
                tally.GivenBack += last.Refund is null ? 0 : 1;
                tally.GivenBackAmount += last.Refund ?? 0;
            }

            if (section.IsInventory)
            {
                tally.Held += reservation.Status is ReservationStatus.Held or ReservationStatus.Paying ? reservation.Places : 0;
                tally.Sold += reservation.Status == ReservationStatus.Confirmed ? reservation.Places : 0;
            }
            else
            {
                tally.Reserved += reservation.Status is ReservationStatus.Held or ReservationStatus.Paying or ReservationStatus.Confirmed ? reservation.Places : 0;
            }
        }
    }

    private async Task AddSeatsAsync(Tally tally, SectionRef section, CancellationToken cancellationToken)
    {
        await foreach (var stored in sections.ReadAllAsync(section, SeatDocument.Prefix, cancellationToken))
        {
            var seat = DocumentJson.Read<SeatDocument>(stored);
            tally.Held += seat.Status == SeatStatus.Held ? 1 : 0;
            tally.Sold += seat.Status == SeatStatus.Sold ? 1 : 0;
            tally.Blocked += seat.Status == SeatStatus.Blocked ? 1 : 0;
        }
    }

    private async Task AddCountersAsync(Tally tally, SectionRef section, CancellationToken cancellationToken)
    {
        var counters = await sections.CountersAsync(section, cancellationToken);
        tally.Reserved += counters.Held + counters.Sold;
        tally.Blocked += counters.Blocked;
        if (counters.Left < 0 || counters.Held < 0 || counters.Sold < 0 || counters.Blocked < 0)
        {
            BookingTelemetry.InvariantBroken.Add(1, new KeyValuePair<string, object?>("invariant", "S4"));
            logger.LogCritical("Inventory {Section} has impossible counters: {Counters}", section.PartitionKey, counters);
        }
    }

    private async Task<long> ChargedAsync(CancellationToken cancellationToken)
    {
        long charged = 0;
        string? continuation = null;
        do
        {
            var page = await store.ScanAsync(DocumentContainer.Wallets, WalletDocument.DocumentId, continuation, 1000, cancellationToken);
            charged += page.Items.Sum(w => DocumentJson.Read<WalletDocument>(w.Document).Charged);
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return charged;
    }

    private sealed class Tally
    {
        public long Reserved { get; set; }

        public long Held { get; set; }

        public long Sold { get; set; }

        public long Blocked { get; set; }

        public long Paid { get; set; }

        public long Refunded { get; set; }

        public long DeadLetters { get; set; }

        /// <summary>Reservations that have places.</summary>
        public long Live { get; set; }

        /// <summary>Holds that a call-off ended.</summary>
        public long Ended { get; set; }

        /// <summary>Paid reservations that a call-off gave back.</summary>
        public long GivenBack { get; set; }

        public long GivenBackAmount { get; set; }

        public Dictionary<string, long> ByStatus { get; } = Statuses.ToDictionary(s => s.Name(), _ => 0L, StringComparer.Ordinal);
    }
}
