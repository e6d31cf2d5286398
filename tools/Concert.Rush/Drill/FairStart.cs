using Concert.Rush.Observation;
using Concert.Testing.Http;

namespace Concert.Rush.Drill;

/// <summary>
/// The minutes around an opening: most buyers join before it, one after the other so that their order is known, then all look at the draw, and some more join.
/// Nobody books before that, so that between two admissions the line stands still and can be seen as it is.
/// </summary>
/// <param name="drill">The drill.</param>
/// <param name="passes">One for each buyer, in the order in which they join.</param>
/// <param name="opensAt">When booking opens, by this side's clock.</param>
public sealed class FairStart(DrillContext drill, IReadOnlyList<RoomPass> passes, DateTimeOffset opensAt)
{
    /// <summary>The service's clock is known to about a second.</summary>
    public static readonly TimeSpan ClockError = TimeSpan.FromSeconds(2);

    /// <summary>One of so many comes late.</summary>
    private const int LateShare = 10;
    private const int MostLooks = 20;
    private const int LooksAtOnce = 64;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    private readonly List<RoomPass> _early = [];
    private readonly List<RoomPass> _late = [];
    private FairStartFact _fact = new(opensAt);

    /// <summary>What was seen so far.</summary>
    public FairStartFact Fact => _fact with
    {
        Early = [.. _early.Select(p => p.FirstToken)],
        Late = [.. _late.Select(p => p.FirstToken)],
        Tokens = drill.Seen.Line?.Tokens ?? new Dictionary<string, TokenFact>(),
        MaxActive = drill.Options.MaxActive,
    };

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        drill.Board.Phase = "Joining before the opening";
        var toCome = new Queue<RoomPass>(passes);
        while (toCome.Count > Math.Max(1, passes.Count / LateShare) && drill.Time.GetUtcNow() < opensAt - (2 * ClockError))
        {
            var pass = toCome.Dequeue();
            await pass.JoinAsync(cancellationToken);
            _early.Add(pass);
        }

        await LookAsync(_early, cancellationToken);
        drill.Board.Phase = "Waiting for the opening";
        await UntilAsync(opensAt + ClockError, cancellationToken);
        drill.Board.Phase = "Looking at the draw";
        _fact = _fact with { Drawn = await LookUntilItStandsAsync(_early, cancellationToken) };
        await Parallel.ForEachAsync(toCome, Bounded(cancellationToken), async (pass, token) => await pass.JoinAsync(token));
        _late.AddRange(toCome);
        _fact = _fact with { Joined = await LookUntilItStandsAsync([.. _early, .. _late], cancellationToken) };
        drill.Board.Phase = "On sale";
    }

    private async Task UntilAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        while (at - drill.Time.GetUtcNow() is { Ticks: > 0 } left)
        {
            await Task.Delay(left < BetweenLooks ? left : BetweenLooks, drill.Time, cancellationToken);
        }
    }

    /// <summary>
    /// Positions never grow, so who is told the same twice was there all the time between; when everybody is, all of it was true at the moment between the two looks.
    /// </summary>
    private async Task<IReadOnlyDictionary<string, long>?> LookUntilItStandsAsync(IReadOnlyList<RoomPass> line, CancellationToken cancellationToken)
    {
        var last = await LookAsync(line, cancellationToken);
        for (var look = 1; look < MostLooks; look++)
        {
            var next = await LookAsync(line, cancellationToken);
            if (next.All(place => last[place.Key] == place.Value))
            {
                return next;
            }

            last = next;
            await Task.Delay(BetweenLooks, drill.Time, cancellationToken);
        }

        return null;
    }

    private async Task<IReadOnlyDictionary<string, long>> LookAsync(IReadOnlyList<RoomPass> line, CancellationToken cancellationToken)
    {
        var places = new long[line.Count];
        await Parallel.ForAsync(0, line.Count, Bounded(cancellationToken), async (i, token) => places[i] = await line[i].LookAsync(token));
        return line.Select((pass, i) => (pass.FirstToken, Place: places[i])).ToDictionary(p => p.FirstToken, p => p.Place, StringComparer.Ordinal);
    }

    private ParallelOptions Bounded(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = Math.Min(LooksAtOnce, drill.Options.Connections), CancellationToken = cancellationToken };
}
