using Concert.Booking.Catalog;
using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Simulation.Checks;
using Concert.Simulation.Engine;

namespace Concert.Simulation.Buyers;

/// <summary>Something a client saw, between its call and the answer (ticks).</summary>
public sealed record Seen<T>(long From, long To, T Value);

/// <summary>One request for places, however often it was sent.</summary>
public sealed class ReservationStory
{
    public required string UserId { get; init; }

    public required string Token { get; init; }

    public string? Key { get; init; }

    /// <summary>Seat numbers; empty for an inventory, and for the best places until they were seen.</summary>
    public required IReadOnlyList<int> Seats { get; set; }

    /// <summary>What was asked for when it was the best places; null when they were named.</summary>
    public ReservationRequest? Best { get; init; }

    public required long AskedAt { get; set; }

    public string? Id { get; set; }

    /// <summary>The service said 202.</summary>
    public bool Accepted { get; set; }

    /// <summary>No call of it changed anything.</summary>
    public bool Refused { get; set; }

    /// <summary>No answer named the reservation; it was found on the user's list and could be that of another such request.</summary>
    public bool IsGuess { get; set; }

    public List<Seen<ReservationView>> Views { get; } = [];

    public List<PaymentStory> Payments { get; } = [];

    public List<CancelStory> Cancels { get; } = [];

    public ReservationView? Last => Views.Count == 0 ? null : Views[^1].Value;
}

/// <summary>One request to pay, however often it was sent.</summary>
public sealed class PaymentStory
{
    public required long AskedAt { get; init; }

    public string? Id { get; set; }

    public bool Accepted { get; set; }

    public List<Seen<PaymentView>> Views { get; } = [];
}

public sealed class CancelStory
{
    public required long AskedAt { get; init; }

    /// <summary>Some of its seats or places; null for all.</summary>
    public CancelRequest? Part { get; init; }

    public bool Accepted { get; set; }
}

/// <summary>One call of staff to block or unblock a seat, however often it was sent.</summary>
public sealed class BlockStory
{
    public required int Seat { get; init; }

    public required bool IsBlock { get; init; }

    public required long AskedAt { get; init; }

    /// <summary>When the first answer came; it can have happened before that and not after.</summary>
    public long AnsweredAt { get; set; } = long.MaxValue;

    public bool Refused { get; set; }

    /// <summary>It was refused when it was sent again: what came before may have been carried out at any time since, or never.</summary>
    public bool IsUnsure { get; set; }
}

/// <summary>One top-up, however often it was sent. The balance is what the service answered; null while nobody knows.</summary>
public sealed class ChargeStory
{
    public required string UserId { get; init; }

    public required long Amount { get; init; }

    public required long AskedAt { get; init; }

    public long AnsweredAt { get; set; } = long.MaxValue;

    public long? Balance { get; set; }

    public bool Refused { get; set; }
}

/// <summary>A payment refused for want of money: the balance was below this at some moment.</summary>
public sealed record TooLittle(string UserId, long Needed);

/// <summary>Everything that clients did and saw: all that the judgement from outside may use.</summary>
public sealed class ClientLog(World world)
{
    public List<ReservationStory> Reservations { get; } = [];

    public List<ChargeStory> Charges { get; } = [];

    public List<BlockStory> Blocks { get; } = [];

    /// <summary>When staff first asked to call the schedule off.</summary>
    public long CallOffAskedAt { get; set; } = long.MaxValue;

    public List<TokenSighting> Tokens { get; } = [];

    /// <summary>Tokens that their buyers gave up, and when they asked to.</summary>
    public List<(string Token, long AskedAt)> Left { get; } = [];

    public List<Seen<SeatMapView>> Maps { get; } = [];

    public List<Seen<(string UserId, long Balance)>> Balances { get; } = [];

    public List<Seen<TooLittle>> Shortages { get; } = [];

    /// <summary>Reservations on a user's list that nobody asked for, as far as one can tell.</summary>
    public List<(string UserId, ReservationView View)> Unasked { get; } = [];

    /// <summary>Accepted and not on their user's list.</summary>
    public List<string> Missing { get; } = [];

    /// <summary>What staff read when all was over.</summary>
    public ScheduleReport? FinalReport { get; set; }

    public void Accepted(ReservationStory story, ReservationView view)
    {
        Report(OneEffect.Repeated($"Key {story.Key} of {story.UserId}", story.Id, view.Id));
        (story.Id, story.Accepted) = (view.Id, true);
    }

    public void Accepted(PaymentStory story, PaymentView view)
    {
        Report(OneEffect.Repeated("One key's payment", story.Id, view.Id));
        (story.Id, story.Accepted) = (view.Id, true);
    }

    public void Charged(ChargeStory story, long balance)
    {
        Report(OneEffect.Repeated($"One charge of {story.UserId}", story.Balance, balance));
        story.Balance = balance;
        story.AnsweredAt = Math.Min(story.AnsweredAt, world.Now);
    }

    /// <summary>The end of the hold that was seen last, by whomever.</summary>
    public DateTimeOffset? LastHoldEnds { get; private set; }

    public void Saw(ReservationStory story, long from, ReservationView view)
    {
        story.Views.Add(new(from, world.Now, view));
        if (story.Best is not null && view.Seats.Count > 0)
        {
            // Also those that were given back since.
            story.Seats = [.. view.Seats.Concat((view.Cancellations ?? []).SelectMany(c => c.Seats ?? [])).Select(seat => NumberOf(seat.Id)).Distinct()];
        }

        LastHoldEnds = view.HoldExpiresAt ?? LastHoldEnds;
    }

    public void Saw(PaymentStory story, long from, PaymentView view) => story.Views.Add(new(from, world.Now, view));

    /// <summary>The last part of a seat's id.</summary>
    public static int NumberOf(string seatId) => int.Parse(seatId[(seatId.LastIndexOf('-') + 1)..]);

    private void Report(IEnumerable<BrokenPromise> broken)
    {
        foreach (var promise in broken)
        {
            world.Fail(promise.Rule, promise.Detail);
        }
    }
}
