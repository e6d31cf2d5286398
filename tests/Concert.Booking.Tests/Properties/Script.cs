using FsCheck;
using FsCheck.Fluent;

namespace Concert.Booking.Tests.Properties;

/// <summary>What happens next in a generated sale.</summary>
internal enum Happening
{
    Charge,
    ReserveSeats,
    ReservePlaces,
    Pay,
    Cancel,
    CancelPart,
    Deliver,
    Wait,
    WaitLong,
    RunTimers,
    Redeliver,
    GiveUpOn,
}

/// <summary>One step; what <see cref="Choice"/> chooses depends on what happens.</summary>
internal sealed record Step(Happening What, int User, int Choice);

/// <summary>A sale and the faults it meets.</summary>
internal sealed record Script(int FaultSeed, IReadOnlyList<Step> Steps)
{
    public override string ToString() => $"faults {FaultSeed}: {string.Join(" · ", Steps.Select(s => $"{s.What} {s.User} {s.Choice}"))}";
}

internal static class Scripts
{
    private static readonly (int Weight, Happening What)[] Weights =
    [
        (10, Happening.Charge), (24, Happening.ReserveSeats), (8, Happening.ReservePlaces), (20, Happening.Pay), (10, Happening.Cancel), (10, Happening.CancelPart),
        (24, Happening.Deliver), (4, Happening.Wait), (2, Happening.WaitLong), (4, Happening.RunTimers), (4, Happening.Redeliver), (1, Happening.GiveUpOn),
    ];

    public static Arbitrary<Script> Arbitrary(params Happening[] without)
    {
        var happening = Gen.Frequency([.. Weights.Where(w => !without.Contains(w.What)).Select(w => (w.Weight, Gen.Constant(w.What)))]);
        var step =
            from what in happening
            from user in Gen.Choose(0, 5)
            from choice in Gen.Choose(0, 9_999)
            select new Step(what, user, choice);
        var script =
            from seed in Gen.Choose(0, 1_000_000)
            from steps in Gen.ArrayOf(step)
            select new Script(seed, steps);
        return Arb.From(script, Shrink);
    }

    /// <summary>Leaves out ever smaller parts.</summary>
    private static IEnumerable<Script> Shrink(Script script)
    {
        for (var size = script.Steps.Count / 2; size > 0; size /= 2)
        {
            for (var from = 0; from + size <= script.Steps.Count; from += size)
            {
                yield return script with { Steps = [.. script.Steps.Take(from), .. script.Steps.Skip(from + size)] };
            }
        }
    }
}
