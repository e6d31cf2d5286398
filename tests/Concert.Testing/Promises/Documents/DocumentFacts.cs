using System.Globalization;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Wallets;

namespace Concert.Testing.Promises.Documents;

/// <summary>From stored documents to facts. The one place where the rules meet the domain's shapes.</summary>
public static class DocumentFacts
{
    public static ReservationFact Of(SectionRef section, ReservationDocument document)
    {
        var id = document.IdIn(section).ToString();
        return new ReservationFact(id, document.UserId, document.Status.Name())
        {
            Seats = [.. (document.Seats ?? []).Select(s => SeatOf(s.Number))],
            Places = document.Places,
            Total = document.Total,
            Reason = document.Reason,
            HoldEndsAt = document.HoldEndsAt,
            PaymentId = document.Payment is { } payment ? $"{id}.{payment}" : null,
            Refund = document.Cancellations?.Sum(c => c.Refund ?? 0),
            Parts = [.. document.Parts.Select(p => new PartFact(p.At, [.. (p.Seats ?? []).Select(s => SeatOf(s.Number))], p.Places, p.Amount, p.Refund))],
            IsCancelling = document.IsCancelling,
            History = [.. document.History.Select(h => new HistoryFact(h.At, h.Status.Name(), h.Reason))],
        };
    }

    public static SeatFact Of(SeatDocument document, string? holder) => new(document.Status.Name(), holder, document.HoldEndsAt);

    public static PaymentFact Of(string userId, PaymentDocument document) =>
        new($"{document.ReservationId}.{document.Code}", userId, document.ReservationId, document.Status.Name(), document.Amount)
        {
            Refund = document.Refund,
            Refunds = document.Refunds?.Count ?? 0,
            Reason = document.Reason,
            AcceptedAt = document.AcceptedAt,
        };

    public static LedgerFact Of(LedgerDocument document) =>
        new(document.Id, document.Kind, document.Amount, document.BalanceAfter, document.Reference) { Number = document.Number };

    public static string SeatOf(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The same of a seat that the API shows: by its id, for what is printed on it is only its look.</summary>
    public static string SeatOf(string seatId) =>
        SectionRef.TryParseSeat(seatId, out _, out var key) ? SeatOf(key) : throw new FormatException($"{seatId} is no seat's id.");

    public static SectionRef SectionOf(PartitionRef partition)
    {
        var colon = partition.Key.LastIndexOf(':');
        return new SectionRef(partition.Key[..colon], partition.Key[(colon + 1)..]);
    }
}
