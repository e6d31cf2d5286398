using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Simulation.Buyers;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;
using Concert.Simulation.Sale;

namespace Concert.Simulation.Checks;

/// <summary>Judges a finished sale by what its clients saw, and by nothing else.</summary>
public sealed class OutsideJudgement(World world, ClientLog log, SimQueue queue, SaleSettings settings)
{
    public void Judge()
    {
        foreach (var story in log.Reservations.Where(s => s.Id is not null))
        {
            JudgeEnd(story);
            JudgeViews(story);
        }

        foreach (var group in log.Reservations.Where(s => s.Key is not null).GroupBy(s => (s.UserId, s.Key)))
        {
            JudgeKey(group.Key.UserId, group.Key.Key!, [.. group]);
        }

        for (var seat = 1; seat <= settings.Seats; seat++)
        {
            if (Linearizer.Explain(SeatHistory.Of(log, seat), SeatHistory.Start) is { } why)
            {
                world.Fail("linearizable-seat", $"No order of what clients saw of seat {seat} makes sense:\n{why}");
            }
        }

        foreach (var user in log.Balances.Select(b => b.Value.UserId).Distinct(StringComparer.Ordinal))
        {
            if (Linearizer.Explain(WalletHistory.Of(log, user), 0L) is { } why)
            {
                world.Fail("linearizable-wallet", $"No order of what clients saw of the wallet of {user} makes sense:\n{why}");
            }
        }
    }

    /// <summary>F1, from outside: what was accepted has its end.</summary>
    private void JudgeEnd(ReservationStory story)
    {
        var end = story.Last!;
        if (end.Status is ReservationStatus.Pending or ReservationStatus.Held or ReservationStatus.Paying)
        {
            world.Fail("F1", $"Reservation {story.Id} is {end.Status} for ever");
        }

        foreach (var payment in story.Payments.Where(p => p.Accepted))
        {
            var paid = payment.Views[^1].Value;
            if (paid.Status == PaymentStatus.Pending)
            {
                world.Fail("F1", $"Payment {payment.Id} is PENDING for ever; its reservation is {end.Status}");
            }

            var sold = paid.Status is PaymentStatus.Completed or PaymentStatus.Refunded;
            var bought = log.Reservations.Find(r => r.Id == paid.ReservationId)?.Last ?? end;
            if (sold != (bought.PaymentId == payment.Id))
            {
                world.Fail("S2", $"Payment {payment.Id} ended {paid.Status}, and its reservation {bought.Status} with payment {bought.PaymentId}");
            }
        }

        // A dead letter that concerns the reservation is said in its history; later than the deadline a refusal is right.
        if (end.Status == ReservationStatus.Confirmed && settings.DoorsOpenIn > TimeSpan.FromDays(1) && story.Cancels.Exists(c => c.Accepted)
            && end.History.All(h => h.Reason != "unavailable") && queue.Buried.Count == 0)
        {
            world.Fail("F1", $"The cancellation of {story.Id} was accepted and did nothing");
        }
    }

    /// <summary>What was seen once is never unsaid.</summary>
    private void JudgeViews(ReservationStory story)
    {
        Seen<ReservationView>? before = null;
        foreach (var seen in story.Views.Where(v => v.Value.Status != ReservationStatus.Pending).OrderBy(v => v.To))
        {
            if (before is not null && before.To < seen.From && seen.Value.History.Count < before.Value.History.Count)
            {
                world.Fail("history", $"Reservation {story.Id} was seen {before.Value.Status} and later {seen.Value.Status}");
            }

            before = seen;
        }

        if (before is not null && story.Views.Exists(v => v.From > before.To && v.Value.Status == ReservationStatus.Pending))
        {
            world.Fail("history", $"Reservation {story.Id} was seen {before.Value.Status} and later PENDING");
        }
    }

    /// <summary>L3: one key, one effect; and nobody is accused of another body who sent none.</summary>
    private void JudgeKey(string userId, string key, List<ReservationStory> stories)
    {
        var effects = stories.Where(s => !s.IsGuess && s.Last?.History.Any(h => h.Status == ReservationStatus.Held) == true).Select(s => s.Id).Distinct(StringComparer.Ordinal).Count();
        if (effects > 1)
        {
            world.Fail("L3", $"Key {key} of {userId} held places {effects} times");
        }

        if (stories is [{ Last.Reason: "idempotency-mismatch" } only])
        {
            world.Fail("L3", $"Key {key} of {userId} came with one body only, and {only.Id} was refused for another");
        }
    }
}
