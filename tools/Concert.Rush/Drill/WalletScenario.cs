using Concert.Rush.Observation;
using Concert.Testing.Http;
using Concert.Testing.Sales;

namespace Concert.Rush.Drill;

/// <summary>
/// One wallet, charged and used at the same time from many sides. A payment ends its token and a user has one token per waiting room, so the
/// uses are spread over concerts: each is a room with one use after the other, all rooms run at once, and each payment goes out together with
/// its share of the charges. A room has one schedule and makes at most 8 uses, the most places that one user may have of a schedule.
/// </summary>
public sealed class WalletScenario(DrillContext drill) : IScenario
{
    /// <summary>The service's default limit of places per user and schedule.</summary>
    public const int UsesPerRoom = 8;

    private const int PreparedAtOnce = 16;
    private const long LargestCharge = 10_000_000;

    private readonly string _user = drill.User(0);
    private readonly int _uses = drill.Options.Uses;
    private readonly int _charges = drill.Options.Charges;
    private OpenSale[] _venues = [];
    private int _openingCharges;

    public async Task<IReadOnlyList<OpenSale>> PrepareAsync(CancellationToken cancellationToken)
    {
        var rooms = Math.Max(1, drill.Options.Rooms ?? (_uses + UsesPerRoom - 1) / UsesPerRoom);
        var venues = new OpenSale[rooms];
        var bounded = new ParallelOptions { MaxDegreeOfParallelism = PreparedAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, rooms, bounded, async (room, token) =>
        {
            var seats = Math.Max(1, Share(_uses, rooms, room));
            venues[room] = await Venue.CreateAsync(drill, $"wallet-{room}", seats, UsesPerRoom, token);
        });
        return _venues = venues;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        drill.Board.Phase = "Opening the wallet";
        try
        {
            await OpenWalletAsync(cancellationToken);
            drill.Board.Phase = "Charging and paying";
            await Task.WhenAll(_venues.Select((venue, room) => RoomAsync(venue, room, cancellationToken)));
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or ApiException)
        {
            drill.Seen.NeverAnswered(_user, $"wallet drill ({stopped.Message})");
        }
    }

    public DrillEvidence Complete(DrillEvidence evidence) =>
        evidence with { Buyers = 1, ExpectedUses = _uses, ExpectedCharges = _charges + _openingCharges };

    /// <summary>Enough for every use, so that a refused payment is a fault and not a matter of timing.</summary>
    private async Task OpenWalletAsync(CancellationToken cancellationToken)
    {
        var left = _uses * (Venue.BasePrice + 50_000);
        while (left > 0)
        {
            var amount = Math.Min(left, LargestCharge);
            await Till.ChargeAsync(drill, _user, amount, $"{_user}-opening-{_openingCharges++}", cancellationToken);
            left -= amount;
        }
    }

    private async Task RoomAsync(OpenSale venue, int room, CancellationToken cancellationToken)
    {
        var visit = new Visit(drill, _user, venue.ConcertId);
        var (uses, charges) = (Share(_uses, _venues.Length, room), Share(_charges, _venues.Length, room));
        var choices = drill.ChoicesOf(room);
        for (var use = 0; use < Math.Max(uses, 1); use++)
        {
            var amounts = Enumerable.Range(0, Share(charges, Math.Max(uses, 1), use)).Select(_ => choices.NextInt64(1, 50_000)).ToArray();
            var charging = Task.WhenAll(amounts.Select(a => visit.ChargeAsync(a, cancellationToken)));
            var cancels = choices.NextDouble() < drill.Options.CancelShare;
            try
            {
                if (use < uses)
                {
                    await UseAsync(visit, venue, use, cancels, cancellationToken);
                }
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or ApiException)
            {
                drill.Seen.NeverAnswered(_user, $"use {use} of room {room} ({stopped.Message})");
            }

            await charging;
        }

        await visit.Pass.LeaveAsync(cancellationToken);
        drill.Board.Up(Stage.Finished);
    }

    private async Task UseAsync(Visit visit, OpenSale venue, int use, bool cancels, CancellationToken cancellationToken)
    {
        if (!visit.Pass.IsInside)
        {
            await visit.Pass.JoinAsync(cancellationToken);
        }

        var ask = await visit.HoldAsync(venue.ScheduleId, [venue.Seats[use]], cancellationToken);
        if (ask.WasHeld && await visit.PayAsync(ask, cancellationToken) && cancels)
        {
            await visit.CancelAsync(ask, cancellationToken);
        }
    }

    /// <summary>Part <paramref name="index"/> of <paramref name="total"/> cut into <paramref name="parts"/> as evenly as whole numbers allow.</summary>
    private static int Share(int total, int parts, int index) => (int)(((long)total * (index + 1) / parts) - ((long)total * index / parts));
}
