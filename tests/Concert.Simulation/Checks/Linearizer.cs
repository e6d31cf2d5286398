namespace Concert.Simulation.Checks;

/// <summary>
/// An operation as clients saw it: it took effect at one moment between <see cref="From"/> and <see cref="To"/> (ticks). With <see cref="MayNever"/>
/// nobody knows whether it did at all. <see cref="Apply"/> gives the state after it, or null when it cannot have taken effect in that state.
/// </summary>
public sealed record Operation<TState>(string Name, long From, long To, Func<TState, TState?> Apply, bool MayNever = false, bool IsRead = false)
    where TState : struct;

/// <summary>
/// Whether a history is linearizable: whether its operations can be put in an order that respects real time and that a sequential object would allow.
/// The search of Wing and Gong with the memo of Lowe: a set of operations that led nowhere in a state is not tried again.
/// </summary>
public static class Linearizer
{
    private const int MaxOperations = 128;

    /// <summary>Null when there is an order; otherwise the operations that could not be ordered.</summary>
    public static string? Explain<TState>(IEnumerable<Operation<TState>> history, TState start)
        where TState : struct
    {
        var operations = history.OrderBy(o => o.From).ThenBy(o => o.To).ToArray();
        if (operations.Length > MaxOperations)
        {
            // Reads only forbid orders: leaving the later ones out can hide a fault, never invent one.
            var reads = operations.Where(o => o.IsRead).Take(Math.Max(0, MaxOperations - operations.Count(o => !o.IsRead))).ToHashSet();
            operations = [.. operations.Where(o => !o.IsRead || reads.Contains(o)).Take(MaxOperations)];
        }

        var search = new Search<TState>(operations);
        return search.Try(UInt128.Zero, start) ? null : search.Describe();
    }

    private sealed class Search<TState>(Operation<TState>[] operations)
        where TState : struct
    {
        private readonly HashSet<(UInt128, TState)> _deadEnds = [];
        private UInt128 _furthest;

        public bool Try(UInt128 done, TState state)
        {
            // A read that fits changes nothing for the others: taking it at once loses no order.
            while (NextRead(done, state) is { } read)
            {
                done |= UInt128.One << read;
            }

            if (UInt128.PopCount(done) > UInt128.PopCount(_furthest))
            {
                _furthest = done;
            }

            var horizon = Horizon(done);
            if (horizon == long.MaxValue && IsOver(done))
            {
                return true;
            }

            if (!_deadEnds.Add((done, state)))
            {
                return false;
            }

            for (var i = 0; i < operations.Length && operations[i].From <= horizon; i++)
            {
                var bit = UInt128.One << i;
                if ((done & bit) == 0 && !operations[i].IsRead && operations[i].Apply(state) is { } next && Try(done | bit, next))
                {
                    return true;
                }
            }

            return false;
        }

        public string Describe() => string.Join('\n', operations.Select((o, i) =>
            $"    {((_furthest >> i) & 1) switch { var one when one == UInt128.One => "ordered", _ => "NOT    " }}  {Seconds(o.From)} – {(o.To == long.MaxValue ? "?" : Seconds(o.To))}  {o.Name}"));

        private static string Seconds(long ticks) => $"{TimeSpan.FromTicks(ticks).TotalSeconds:0.0000}";

        private int? NextRead(UInt128 done, TState state)
        {
            var horizon = Horizon(done);
            for (var i = 0; i < operations.Length && operations[i].From <= horizon; i++)
            {
                if (operations[i].IsRead && (done & (UInt128.One << i)) == 0 && operations[i].Apply(state) is not null)
                {
                    return i;
                }
            }

            return null;
        }

        /// <summary>Nothing that begins after the first end of what is not done may come next.</summary>
        private long Horizon(UInt128 done)
        {
            var horizon = long.MaxValue;
            for (var i = 0; i < operations.Length; i++)
            {
                if ((done & (UInt128.One << i)) == 0 && !operations[i].MayNever)
                {
                    horizon = Math.Min(horizon, operations[i].To);
                }
            }

            return horizon;
        }

        private bool IsOver(UInt128 done)
        {
            for (var i = 0; i < operations.Length; i++)
            {
                if ((done & (UInt128.One << i)) == 0 && !operations[i].MayNever)
                {
                    return false;
                }
            }

            return true;
        }
    }
}
