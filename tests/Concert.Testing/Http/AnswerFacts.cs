using Concert.Testing.Promises;
using Concert.Testing.Sales;

namespace Concert.Testing.Http;

/// <summary>From the service's answers to facts. The one place where the rules meet the API's shapes.</summary>
public static class AnswerFacts
{
    public static ReservationFact Of(ReservationAnswer answer, string userId)
    {
        string[] seats = [.. (answer.Seats ?? []).Select(s => s.Id)];
        return new ReservationFact(answer.Id, userId, answer.Status)
        {
            Seats = seats,
            Places = seats.Length > 0 ? seats.Length : answer.Quantity ?? 0,
            Total = answer.TotalAmount ?? 0,
            Reason = answer.Reason,
            HoldEndsAt = answer.HoldExpiresAt?.ToUnixTimeMilliseconds(),
            PaymentId = answer.PaymentId,
            Refund = answer.Cancellation?.RefundAmount ?? answer.Cancellations?.Sum(c => c.RefundAmount ?? 0),
            Parts =
            [
                .. (answer.Cancellations ?? []).SkipLast(answer.Status == Status.Cancelled ? 1 : 0).Select(c => new PartFact(
                    c.At.ToUnixTimeMilliseconds(), [.. (c.Seats ?? []).Select(s => s.Id)], c.Seats?.Count ?? c.Quantity ?? 0, c.Amount, c.RefundAmount)),
            ],
            History = [.. (answer.History ?? []).Select(h => new HistoryFact(h.At.ToUnixTimeMilliseconds(), h.Status, h.Reason))],
        };
    }

    public static PaymentFact Of(PaymentAnswer answer, string userId, string? reservationId = null) =>
        new(answer.Id, userId, answer.ReservationId ?? reservationId ?? "", answer.Status, answer.TotalAmount ?? 0) { Refund = answer.RefundAmount, Reason = answer.Reason };

    public static LedgerFact Of(LedgerEntryAnswer answer) => new(answer.Id, answer.Kind, answer.Amount, answer.BalanceAfter, answer.Reference);

    /// <summary>A schedule by the three sources that show it. A list of dates without it, or no map, is left out.</summary>
    public static PlacesEvidence Of(OpenSale sale, ReportAnswer report, DateAnswer? date, SeatMapAnswer? map) => new(sale.ScheduleId)
    {
        Capacity = sale.Places,
        Numbered = sale.Seats.Count,
        Seats = map?.Seats.DistinctBy(s => s.Id, StringComparer.Ordinal).ToDictionary(s => s.Id, s => new SeatFact(s.Status ?? Status.Available), StringComparer.Ordinal),
        Counts =
        [
            new CountFact("report")
            {
                Total = report.TotalSeats, Available = report.Available, Held = report.Held, Sold = report.Sold, Blocked = report.Blocked, Reserved = report.ReservedSeats, Reservations = report.Reservations,
            },
            .. date is null ? Array.Empty<CountFact>() : [new CountFact("dates") { Total = date.TotalSeats, Reserved = date.ReservedSeats }],
        ],
        Money = (report.Paid, report.Refunded),
    };
}
