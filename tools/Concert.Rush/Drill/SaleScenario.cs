using Concert.Rush.Observation;
using Concert.Rush.Options;
using Concert.Testing.Http;
using Concert.Testing.Sales;

namespace Concert.Rush.Drill;

/// <summary>A crowd, one schedule, each buyer with one wish: single seats, the same seat, overlapping carts, or the best places. It may be called off, or open while everybody waits for it.</summary>
public sealed class SaleScenario(DrillContext drill) : IScenario
{
    private static readonly TimeSpan KnownEverywhere = TimeSpan.FromSeconds(3.5);

    private readonly Pace _pace = new(drill.Options.Rolling, drill.Options.Buyers);
    private OpenSale? _venue;
    private BarrierFact? _barrier;
    private BoxOffice? _staff;
    private FairStart? _start;
    private DateTimeOffset _opensAt;

    private OpenSale Sale => _venue ?? throw new InvalidOperationException("Not prepared.");

    public async Task<IReadOnlyList<OpenSale>> PrepareAsync(CancellationToken cancellationToken)
    {
        var opensIn = drill.Options.Scenario == Scenario.Early ? drill.Options.OpensIn : (TimeSpan?)null;
        _opensAt = drill.Time.GetUtcNow() + (opensIn ?? TimeSpan.Zero);
        _venue = await Venue.CreateAsync(drill, "sale", drill.Options.Places, drill.Options.SeatsOfASection, cancellationToken, opensIn);
        if (opensIn is not null)
        {
            await RequireRestingAsync(cancellationToken);
        }

        return [_venue];
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        drill.Board.Phase = "On sale";
        var order = Enumerable.Range(0, drill.Options.Buyers).ToArray();
        new Random(drill.Options.Seed).Shuffle(order);
        var visits = order.Select(i => (Index: i, Visit: new Visit(drill, drill.User(i), Sale.ConcertId))).ToList();
        if (drill.Options.Scenario == Scenario.Early)
        {
            _start = new FairStart(drill, [.. visits.Select(v => v.Visit.Pass)], _opensAt);
            await StartFairlyAsync(_start, cancellationToken);
        }

        var buyers = Task.WhenAll(visits.Select(v => BuyerAsync(v.Index, v.Visit, cancellationToken)));
        _staff = drill.Options.Scenario == Scenario.CallOff ? new BoxOffice(drill, Sale) : null;
        var calledOff = _staff?.CallOffAsync(buyers, cancellationToken) ?? Task.CompletedTask;
        await _pace.EverybodyDecided;
        if (_pace.Rolling is { IsCompletedSuccessfully: true, Result: false })
        {
            _barrier = await LookAsync(cancellationToken);
            drill.Board.Phase = "Paying and cancelling";
        }

        _pace.OpenNow();
        await buyers;
        try
        {
            await calledOff;
        }
        catch (OperationCanceledException)
        {
            // The verdict says how far it came.
        }
    }

    public DrillEvidence Complete(DrillEvidence evidence) => evidence with
    {
        Buyers = drill.Options.Buyers,
        Barrier = _barrier,
        CallOff = _staff?.Fact,
        FairStart = _start?.Fact,
        Fours = Sale.Sections.Sum(seats => seats.Count / RushOptions.CartSize),
    };

    /// <summary>What buyer <paramref name="index"/> wants. Carts start two seats apart and go round; half of the buyers ask in the opposite order.</summary>
    public static IReadOnlyList<string> Wish(Scenario scenario, IReadOnlyList<string> seats, int index)
    {
        if (scenario != Scenario.Carts)
        {
            return [seats[index % seats.Count]];
        }

        var starts = Math.Max(1, seats.Count / 2);
        var cart = Enumerable.Range(2 * (index % starts), RushOptions.CartSize).Select(n => seats[n % seats.Count]);
        return [.. index / starts % 2 == 0 ? cart : cart.Reverse()];
    }

    /// <summary>
    /// The line rests before an opening only if nothing of it is on sale. What another instance changes is known after three seconds.
    /// </summary>
    private async Task RequireRestingAsync(CancellationToken cancellationToken)
    {
        drill.Seen.Line = new LineLog();
        await Task.Delay(KnownEverywhere, drill.Time, cancellationToken);
        var token = (await drill.Api.IssueAsync($"rush-{drill.RunId}-probe", Sale.ConcertId, $"{drill.RunId}-probe-join", cancellationToken)).Require("Joining before the opening");
        await drill.Api.LeaveAsync(token.Token!, cancellationToken);
        if (token.Status != Status.Early)
        {
            throw new ApiException(
                $"A token of before the opening is {token.Status}, not EARLY: another sale of the same line is open. Run the service with WaitingRoom:Scope=Concert, or with nothing else on sale.");
        }
    }

    /// <summary>Who could not join joins with the others, and the verdicts say what is missing.</summary>
    private async Task StartFairlyAsync(FairStart start, CancellationToken cancellationToken)
    {
        try
        {
            await start.RunAsync(cancellationToken);
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or ApiException)
        {
            drill.Seen.NeverAnswered($"rush-{drill.RunId}-start", $"fair start ({stopped.Message})");
        }
    }

    private async Task BuyerAsync(int index, Visit visit, CancellationToken cancellationToken)
    {
        var step = "join";
        try
        {
            var ask = await DecidedAsync(index, visit, s => step = s, cancellationToken);
            step = "after the hold";
            if (ask.WasHeld)
            {
                await SettleAsync(index, visit, ask, cancellationToken);
            }

            await visit.Pass.LeaveAsync(cancellationToken);
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or ApiException)
        {
            // Steps that change something note by themselves that they had no answer.
            if (step is "join" or "waiting room")
            {
                drill.Seen.NeverAnswered(drill.User(index), stopped is ApiException ? $"{step} ({stopped.Message})" : step);
            }
        }

        drill.Board.Up(Stage.Finished);
    }

    private async Task<Ask> DecidedAsync(int index, Visit visit, Action<string> entering, CancellationToken cancellationToken)
    {
        var joined = false;
        try
        {
            var active = visit.Pass.IsInside ? visit.Pass.IsActive : await visit.Pass.JoinAsync(cancellationToken);
            _pace.HasJoined(active);
            joined = true;
            entering("waiting room");
            await visit.Pass.AwaitActiveAsync(cancellationToken);
            entering("hold");
            return await (drill.Options.Scenario == Scenario.Best
                ? visit.HoldBestAsync(Sale.ScheduleId, drill.Options.Sections == 1 ? Venue.SectionName(1) : null, RushOptions.CartSize, cancellationToken)
                : visit.HoldAsync(Sale.ScheduleId, Wish(drill.Options.Scenario, Sale.Seats, index), cancellationToken));
        }
        finally
        {
            if (!joined)
            {
                _pace.HasJoined(active: true);
            }

            _pace.HasBeenDecided();
        }
    }

    private async Task SettleAsync(int index, Visit visit, Ask ask, CancellationToken cancellationToken)
    {
        var choices = drill.ChoicesOf(index);
        var (pays, cancels, extra) = (choices.NextDouble() < drill.Options.PayShare, choices.NextDouble() < drill.Options.CancelShare, choices.Next(1, 5000));
        if (!await _pace.Rolling.WaitAsync(cancellationToken))
        {
            if (_pace.Crowded)
            {
                // Others need the place to get to their hold; whoever pays queues again.
                await visit.Pass.LeaveAsync(cancellationToken);
            }

            await _pace.Open.WaitAsync(cancellationToken);
        }

        if (pays)
        {
            await visit.ChargeAsync(ask.TotalAmount + extra, cancellationToken);
            if (_pace.Crowded && !visit.Pass.IsInside)
            {
                await visit.Pass.JoinAsync(cancellationToken);
            }

            await visit.PayAsync(ask, cancellationToken);
        }

        if (cancels)
        {
            await visit.CancelAsync(ask, cancellationToken);
        }
    }

    private async Task<BarrierFact?> LookAsync(CancellationToken cancellationToken)
    {
        drill.Board.Phase = "Everybody is decided";
        try
        {
            var report = (await drill.Api.ReportAsync(Sale.ScheduleId, cancellationToken)).Require("Reading the report");
            var now = drill.Api.Client.ServerNow;
            var running = drill.Seen.Asks.Where(a => a.WasHeld).All(a => a.HoldExpiresAt is not { } end || end > now.AddSeconds(2));
            return new BarrierFact(report.Held, report.Sold, running);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
