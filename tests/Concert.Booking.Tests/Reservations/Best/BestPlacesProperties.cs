using Concert.Booking.Catalog;
using Concert.Booking.Reservations.Best;
using Concert.Booking.Tests.Properties;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations.Best;

/// <summary>The rule of the best places, held against every other choice that there was, in sections of a few places.</summary>
[Trait("Rule", "R-BEST")]
public sealed class BestPlacesProperties
{
    // A row is made of stretches of 1 to 6 places; a plan of up to four stretches. Every place may be taken.
    private static readonly Arbitrary<House> Houses = (
        from lengths in Gen.Choose(1, 6).ArrayOf(4)
        from rows in Gen.Choose(1, 3).ArrayOf(4)
        from grades in Gen.Elements("R", "S").ArrayOf(4)
        from taken in Gen.Frequency((2, Gen.Constant(false)), (1, Gen.Constant(true))).ArrayOf(24)
        from used in Gen.Choose(1, 4)
        from count in Gen.Choose(1, 4)
        from together in Gen.Elements(true, false)
        from grade in Gen.Elements<string?>(null, null, "R")
        select House.Of(lengths[..used], rows, grades, taken, count, grade, together)).ToArbitrary();

    [Fact]
    public void Choose_AnyHouse_TakesWhatIsFreeAndAskedFor() => Holds((house, chosen, choices) =>
    {
        // Of those who insist, all choices are side by side.
        (chosen is null).ShouldBe(choices.Count == 0);
        chosen?.ShouldBeInOrder();
        chosen?.ShouldBeSubsetOf(house.Wanted);
        chosen?.Count.ShouldBe(house.Count);
    });

    [Fact]
    public void Choose_AnyHouse_MakesTheFewestGroups() => Holds((house, chosen, choices) =>
        chosen?.Count(key => house.IsFirst(key, chosen)).ShouldBe(choices.Min(choice => choice.Groups)));

    [Fact]
    public void Choose_AnotherChoiceWasThere_LeavesNoPlaceAlone() => Holds((house, chosen, choices) =>
    {
        var rivals = choices.Where(choice => choice.Groups == choices.Min(c => c.Groups)).ToList();

        // Groups of a grade may stand around a place of another, which they leave alone together: each of them does not.
        if (chosen is not null && (rivals[0].Groups == 1 || house.Grade is null))
        {
            house.LeftAlone(chosen).ShouldBe(rivals.Min(choice => house.LeftAlone(choice.Keys)));
        }
    });

    [Fact]
    public void Choose_SideBySide_TakesTheBestRowAndThereTheMiddle() => Holds((house, chosen, choices) =>
    {
        var rivals = choices.Where(choice => choice.Groups == 1).ToList();
        if (rivals.Count > 0)
        {
            var best = rivals.Min(choice => (house.LeftAlone(choice.Keys), house.RowOf(choice.Keys[0]), house.FromMiddle(choice.Keys), choice.Keys[0]));
            best.Item4.ShouldBe(chosen!.Min());
        }
    });

    private static void Holds(Action<House, IReadOnlyList<int>?, List<Rival>> property) =>
        Check.One(PropertyRuns.Of(2_000), Prop.ForAll(Houses, house => property(
            house, BestPlaces.Choose(house.Plan, house.Taken, house.Count, house.Grade, house.Together)?.Keys, [.. house.Choices()])));

    private sealed record Rival(List<int> Keys, int Groups);

    private sealed record House(SectionPlan Plan, HashSet<int> Taken, int Count, string? Grade, bool Together)
    {
        private IEnumerable<(int Key, SeatRun Run)> Places => Plan.Runs.SelectMany(run => Enumerable.Range(run.From, run.To - run.From + 1).Select(key => (key, run)));

        private HashSet<int> Free => [.. Places.Select(place => place.Key).Except(Taken)];

        public List<int> Wanted => [.. Places.Where(place => !Taken.Contains(place.Key) && (Grade is null || place.Run.Grade == Grade)).Select(place => place.Key)];

        /// <summary>Numbers go on with each stretch of a row, less one that is left out; where nothing is, the grade changes.</summary>
        public static House Of(int[] lengths, int[] rows, string[] grades, bool[] taken, int count, string? grade, bool together)
        {
            var runs = new List<SeatRun>();
            var next = 1;
            foreach (var (length, index) in lengths.Select((length, index) => (length, index)).OrderBy(stretch => rows[stretch.index]))
            {
                var row = $"{rows[index]}";
                var number = runs.Count > 0 && runs[^1].Row == row ? runs[^1].First + (runs[^1].To - runs[^1].From) + 1 + (length % 2) : 1;
                runs.Add(new SeatRun(next, next + length - 1, null) { Row = row, First = number, Grade = grades[index] });
                next += length;
            }

            return new House(
                new SectionPlan("1", "Stalls", runs), [.. Enumerable.Range(1, next - 1).Where(key => taken[key - 1])], count, grade, together);
        }

        /// <summary>Every set of so many places that were free.</summary>
        public IEnumerable<Rival> Choices() => Subsets(Wanted, Count)
            .Select(keys => new Rival(keys, keys.Count(key => IsFirst(key, keys))))
            .Where(choice => !Together || choice.Groups == 1);

        public bool IsFirst(int key, IReadOnlyList<int> keys) => !keys.Any(other => AreNeighbours(other, key));

        /// <summary>Places that have lost the last free neighbour.</summary>
        public int LeftAlone(IReadOnlyList<int> chosen) =>
            Free.Except(chosen).Count(key => HasNeighbour(key, Free) && !HasNeighbour(key, [.. Free.Except(chosen)]));

        public int RowOf(int key) => int.Parse(Run(key).Row!, System.Globalization.CultureInfo.InvariantCulture);

        public int FromMiddle(List<int> keys)
        {
            var row = Places.Where(place => place.Run.Row == Run(keys[0]).Row).Select(place => place.Key).ToList();
            return Math.Abs(keys[0] + keys[^1] - row[0] - row[^1]);
        }

        private static IEnumerable<List<int>> Subsets(List<int> of, int count) => count == 0
            ? [[]]
            : of.SelectMany((key, index) => Subsets(of[(index + 1)..], count - 1).Select(rest => (List<int>)[key, .. rest]));

        private bool HasNeighbour(int key, HashSet<int> keys) => keys.Any(other => AreNeighbours(key, other) || AreNeighbours(other, key));

        private bool AreNeighbours(int left, int right) =>
            right == left + 1 && Run(left).Row == Run(right).Row
            && int.Parse(Run(right).LabelOf(right), System.Globalization.CultureInfo.InvariantCulture)
                == int.Parse(Run(left).LabelOf(left), System.Globalization.CultureInfo.InvariantCulture) + 1;

        private SeatRun Run(int key) => Plan.Find(key)!.Value.Run;
    }
}
