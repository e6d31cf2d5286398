using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Simulation.Buyers;
using Concert.Simulation.Sale;

namespace Concert.Simulation.Checks;

/// <summary>What clients did and saw, as the evidence that the rules look at.</summary>
public static class ClientEvidence
{
    /// <param name="log">With the audit's last look.</param>
    /// <param name="settings">What was on sale.</param>
    /// <param name="standing">Standing places that staff have made of it.</param>
    /// <param name="gaveUp">Some command went to the dead letters: a cancellation may be one of them.</param>
    public static SaleEvidence Of(ClientLog log, SaleSettings settings, int standing, bool gaveUp)
    {
        var stories = log.Reservations.Where(s => s.Id is not null).ToList();
        HashSet<string> unsure = [.. log.Reservations.Where(s => s.IsGuess || s.Id is null || s.Payments.Exists(p => p.Id is null)).Select(s => s.UserId)];
        var payments = stories.SelectMany(s => s.Payments.Where(p => p.Views.Count > 0).Select(p => Of(s.UserId, p.Views[^1].Value))).DistinctBy(p => p.Id, StringComparer.Ordinal).ToList();
        var report = log.FinalReport!;
        var places = new PlacesEvidence("the schedule")
        {
            Capacity = settings.Seats + settings.MoreSeats + standing,
            Reservations =
            [
                .. stories.DistinctBy(s => s.Id, StringComparer.Ordinal).Select(s => Of(s.UserId, s.Last!)),
                .. log.Unasked.Select(u => Of(u.UserId, u.View)),
            ],
            Counts =
            [
                new CountFact("report")
                {
                    Total = report.TotalSeats, Available = report.Available, Held = report.Held, Sold = report.Sold, Blocked = report.Blocked, Reserved = report.ReservedSeats, Reservations = report.Reservations,
                },
            ],
            Money = (report.Paid, report.Refunded),
        };
        return new SaleEvidence
        {
            Places = [places],
            Wallets = [.. log.Balances.GroupBy(b => b.Value.UserId, StringComparer.Ordinal).Select(b => new WalletEvidence(b.Key, b.Last().Value.Balance))],
            Payments = payments,
            Requests = [.. stories.Select(s => Of(s, settings, gaveUp))],
            Unsure = unsure,
            Missing = log.Missing,
            Charged = report.Charged,
        };
    }

    private static RequestFact Of(ReservationStory story, SaleSettings settings, bool gaveUp) => new(story.UserId)
    {
        Key = story.Key,
        Id = story.Id,
        IsGuess = story.IsGuess,
        Seats = [.. story.Seats.Select(DocumentFacts.SeatOf)],
        Places = story.Best?.Count ?? story.Seats.Count,

        // A dead letter that concerns the reservation is said in its history; later than the deadline a refusal is right.
        CancelStands = story.Cancels.Exists(c => c is { Accepted: true, Part: null }) && Stand(story, settings, gaveUp),
        PartsStand = Stand(story, settings, gaveUp) && !IsCalledOff(story) && story.Last!.History.All(h => h.Reason != "not-cancellable")
            ? [.. story.Cancels.Where(c => c is { Accepted: true, Part: not null }).Select(c => (PartSeats(c), c.Part!.Quantity ?? 0))]
            : [],
        PartsAsked = story.Cancels.Exists(c => c.Part is null) || IsCalledOff(story) ? null : [.. story.Cancels.Where(c => c.Part is not null).Select(c => (PartSeats(c), c.Part!.Quantity ?? 0))],
        Seen = [.. InTurn(story)],
        Payments = [.. story.Payments.Where(p => p.Accepted).Select(p => new PaymentRequestFact(p.Id, []))],
    };

    private static bool Stand(ReservationStory story, SaleSettings settings, bool gaveUp) =>
        settings.DoorsOpenIn > TimeSpan.FromDays(1) && !gaveUp && story.Last!.History.All(h => h.Reason != "unavailable") && story.Last.UsedAt is null;

    /// <summary>What is left of it comes back without its user's request.</summary>
    private static bool IsCalledOff(ReservationStory story) => story.Last!.Reason == ReservationDocument.CalledOff;

    private static IReadOnlyList<string> PartSeats(CancelStory cancel) => [.. (cancel.Part!.SeatIds ?? []).Select(DocumentFacts.SeatOf)];

    /// <summary>Views that overlap in time say nothing about each other.</summary>
    private static IEnumerable<ReservationFact> InTurn(ReservationStory story)
    {
        var end = long.MinValue;
        foreach (var view in story.Views.OrderBy(v => v.To))
        {
            if (view.From > end)
            {
                end = view.To;
                yield return Of(story.UserId, view.Value);
            }
        }
    }

    private static ReservationFact Of(string userId, ReservationView view) => new(view.Id, userId, view.Status.Name())
    {
        Seats = [.. view.Seats.Select(s => DocumentFacts.SeatOf(s.Id))],
        Places = view.Seats.Count > 0 ? view.Seats.Count : view.Quantity ?? 0,
        Total = view.TotalAmount ?? 0,
        Reason = view.Reason,
        HoldEndsAt = view.HoldExpiresAt?.ToUnixTimeMilliseconds(),
        PaymentId = view.PaymentId,
        Refund = view.Cancellations?.Sum(c => c.RefundAmount ?? 0),
        Parts =
        [
            .. (view.Cancellations ?? []).SkipLast(view.Status == ReservationStatus.Cancelled ? 1 : 0).Select(c => new PartFact(
                c.At.ToUnixTimeMilliseconds(), [.. (c.Seats ?? []).Select(s => DocumentFacts.SeatOf(s.Id))], c.Seats?.Count ?? c.Quantity ?? 0, c.Amount, c.RefundAmount)),
        ],
        History = [.. view.History.Select(h => new HistoryFact(h.At.ToUnixTimeMilliseconds(), h.Status.Name(), h.Reason))],
    };

    private static PaymentFact Of(string userId, PaymentView view) =>
        new(view.Id, userId, view.ReservationId, view.Status.Name(), view.TotalAmount ?? 0) { Refund = view.RefundAmount, Reason = view.Reason };
}
