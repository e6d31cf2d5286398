using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Simulation.Buyers;

namespace Concert.Simulation.Checks;

/// <summary>One wallet's history as clients saw it. The state is the balance in won.</summary>
public static class WalletHistory
{
    public static IEnumerable<Operation<long>> Of(ClientLog log, string userId)
    {
        foreach (var charge in log.Charges.Where(c => c.UserId == userId && !c.Refused))
        {
            var unknown = charge.Balance is null;
            yield return new(
                $"charge {charge.Amount} -> {(unknown ? "?" : charge.Balance)}",
                charge.AskedAt,
                unknown ? long.MaxValue : charge.AnsweredAt,
                balance => unknown || balance + charge.Amount == charge.Balance ? balance + charge.Amount : null,
                MayNever: unknown);
        }

        foreach (var story in log.Reservations.Where(s => s.UserId == userId && s.Id is not null))
        {
            foreach (var operation in Of(story))
            {
                yield return operation;
            }
        }

        foreach (var seen in log.Balances.Where(b => b.Value.UserId == userId))
        {
            yield return new($"balance {seen.Value.Balance}", seen.From, seen.To, balance => balance == seen.Value.Balance ? balance : null, IsRead: true);
        }

        foreach (var seen in log.Shortages.Where(s => s.Value.UserId == userId))
        {
            yield return new($"less than {seen.Value.Needed}", seen.From, seen.To, balance => balance < seen.Value.Needed ? balance : null, IsRead: true);
        }
    }

    private static IEnumerable<Operation<long>> Of(ReservationStory story)
    {
        var end = story.Last!;
        var name = $"…{story.Id![^6..]}";
        if (end.History.Any(h => h.Status == ReservationStatus.Confirmed))
        {
            var amount = end.TotalAmount!.Value + (end.Cancellations ?? []).SkipLast(end.Status == ReservationStatus.Cancelled ? 1 : 0).Where(c => c.RefundAmount is not null).Sum(c => c.Amount);
            var seen = Math.Min(
                story.Views.Where(v => v.Value.History.Any(h => h.Status == ReservationStatus.Confirmed)).Min(v => v.To),
                story.Payments.SelectMany(p => p.Views).Where(v => v.Value.CompletedAt is not null && v.Value.ReservationId == story.Id).Select(v => v.To).DefaultIfEmpty(long.MaxValue).Min());

            // Not before the places were asked for: a payment by seat may have been meant for another hold on it.
            yield return new($"{name} pays {amount}", story.AskedAt, seen, balance => balance >= amount ? balance - amount : null);
        }

        foreach (var (n, refund) in (end.Cancellations ?? []).Select((c, n) => (n, c.RefundAmount)))
        {
            if (refund is { } back)
            {
                var seen = story.Views.Where(v => v.Value.Cancellations?.Count > n).Min(v => v.To);
                yield return new($"{name} gets {back} back", story.AskedAt, seen, balance => balance + back);
            }
        }

        foreach (var refused in story.Payments.Where(p => p.Views.Exists(v => v.Value.Reason == "insufficient-balance")))
        {
            var amount = refused.Views.First(v => v.Value.Reason is not null).Value.TotalAmount!.Value;
            yield return new(
                $"{name} is refused {amount}", refused.AskedAt, refused.Views.First(v => v.Value.Reason is not null).To, balance => balance < amount ? balance : null, IsRead: true);
        }
    }
}
