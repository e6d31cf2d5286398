using Concert.Rush.Judging;
using Concert.Rush.Observation;
using Concert.Rush.Options;
using Shouldly;
using Xunit;

namespace Concert.Rush.Tests;

/// <summary>Forty buyers join early, ten are admitted at once and thirty have a place; two come late. Each wrong line turns its verdict red.</summary>
[Trait("Rule", "R-DRAW"), Trait("Rule", "Q1")]
public sealed class FairStartVerdictTests
{
    private const int Early = 40;
    private const int First = 10;
    private static readonly DateTimeOffset Opening = new(2030, 5, 1, 20, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, (string Verdict, Func<FairStartFact> Doctored)> Cases = new()
    {
        ["somebody active before the opening"] = ("Nobody in before the opening", () => See("e3", new(At(-9), At(-9), Status.Active, null))),
        ["somebody with a position before the opening"] = ("Nobody in before the opening", () => See("e3", new(At(-9), At(-9), Status.Early, 4))),
        ["somebody not drawn with the others"] = ("Nobody in before the opening", () => See("e3", new(At(30), At(30), Status.Early, null))),
        ["nobody early"] = ("Nobody in before the opening", () => Good() with { Early = [] }),
        ["the order of joining"] = ("One draw, by lot", () => Line(place => place)),
        ["the order of joining, the last first"] = ("One draw, by lot", () => Line(place => Early - 1 - place)),
        ["two with one position"] = ("One draw, by lot", () => Good() with { Drawn = With(Good().Drawn!, Holder(5), 4) }),
        ["another order when asked again"] = ("One draw, by lot", () => Good() with { Joined = With(With(Good().Joined!, Holder(5), 6), Holder(6), 5) }),
        ["a line that never stood still"] = ("One draw, by lot", () => Good() with { Drawn = null }),
        ["a late one before an early one"] = ("Who came early goes first", () => Good() with { Joined = With(With(Good().Joined!, Holder(30), 31), "l0", 30) }),
        ["an early one who lost the place"] = ("Who came early goes first", () => See(Holder(20), new(At(3), At(3), Status.Ended, null))),
        ["a position that grew"] = ("Admitted in the drawn order", () => See(Holder(20), new(At(3), At(3), Status.Waiting, 21))),
        ["somebody who overtook"] = ("Admitted in the drawn order", () => Overtaken()),
        ["more active than the limit"] = ("Admitted in the drawn order", () => Good() with { MaxActive = First - 1 }),
    };

    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Judge_WrongLine_TurnsItsVerdictRed(string name)
    {
        var (verdict, doctored) = Cases[name];

        Judge(doctored()).Single(v => v.Name == verdict).Kept.ShouldBeFalse();
    }

    [Fact]
    public void Judge_GoodLine_KeepsEveryPromise() => Judge(Good()).Where(v => !v.Kept).ShouldBeEmpty();

    [Fact]
    public void Judge_EveryVerdict_HasADoctoredCase() => Judge(Good()).Select(v => v.Name).Except(Cases.Values.Select(c => c.Verdict)).ShouldBeEmpty();

    [Fact]
    public void Of_ExactOrderOfJoiningAmongFewWhoWait_IsRecognised() =>
        DrawOrder.Of([.. Enumerable.Repeat(0L, 50), 1, 2, 3, 4, 5]).Fault.ShouldNotBeNull();

    [Fact]
    public void Of_ManyFairDraws_AreFair()
    {
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            long[] places = [.. Enumerable.Repeat(0L, 10), .. Enumerable.Range(1, 30).Select(p => (long)p)];
            random.Shuffle(places);
            DrawOrder.Of(places).Fault.ShouldBeNull();
        }
    }

    private static IReadOnlyList<Verdict> Judge(FairStartFact start) => [.. FairStartVerdict.Judge(new DrillEvidence(Scenario.Early) { FairStart = start })];

    /// <summary>7 has no factor in common with 40, so this is a permutation, and far from the order of joining.</summary>
    private static FairStartFact Good() => Line(i => i * 7 % Early);

    private static FairStartFact Line(Func<int, int> rank)
    {
        var drawn = Enumerable.Range(0, Early).ToDictionary(i => $"e{i}", i => (long)Math.Max(0, rank(i) + 1 - First));
        var joined = new Dictionary<string, long>(drawn) { ["l0"] = Early - First + 1, ["l1"] = Early - First + 2 };
        return new FairStartFact(Opening)
        {
            Early = [.. drawn.Keys],
            Late = ["l0", "l1"],
            Drawn = drawn,
            Joined = joined,
            Tokens = joined.ToDictionary(t => t.Key, t => new TokenFact(t.Key, Told(t.Key, t.Value))),
            MaxActive = First,
        };
    }

    private static LineSighting[] Told(string token, long place)
    {
        LineSighting now = place == 0 ? new(At(2), At(2), Status.Active, null) : new(At(2), At(2), Status.Waiting, place);
        return token[0] == 'e' ? [new(At(-10), At(-10), Status.Early, null), now] : [now];
    }

    /// <summary>The one at place 2 is seen active, and after that the one at place 1 waits still.</summary>
    private static FairStartFact Overtaken()
    {
        var good = See(Holder(2), new(At(20), At(20), Status.Active, null)) with { MaxActive = Early };
        return See(good, Holder(1), new(At(25), At(25), Status.Waiting, 1));
    }

    private static FairStartFact See(string token, LineSighting sighting) => See(Good(), token, sighting);

    private static FairStartFact See(FairStartFact start, string token, LineSighting sighting) => start with
    {
        Tokens = start.Tokens.ToDictionary(t => t.Key, t => t.Key != token ? t.Value : t.Value with { Sightings = [.. t.Value.Sightings.Append(sighting).OrderBy(s => s.Asked)] }),
    };

    private static Dictionary<string, long> With(IReadOnlyDictionary<string, long> places, string token, long place) => new(places) { [token] = place };

    /// <summary>The token that has this place.</summary>
    private static string Holder(int place) => Good().Drawn!.Single(p => p.Value == place).Key;

    private static DateTimeOffset At(int seconds) => Opening.AddSeconds(seconds);
}
