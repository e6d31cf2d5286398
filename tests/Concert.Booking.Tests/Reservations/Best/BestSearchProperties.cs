using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Reservations.Best;
using Concert.Booking.Tests.Properties;
using Concert.Booking.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations.Best;

/// <summary>The best places of a house, held against the best of each of its sections.</summary>
[Trait("Rule", "R-BEST")]
public sealed class BestSearchProperties
{
    // Up to three sections of one row of six places, of which any may be taken.
    private static readonly Arbitrary<(bool[][] Taken, int Count, bool Together, bool[] IsRead)> Houses = (
        from sections in Gen.Choose(1, 3)
        from taken in Gen.Frequency((1, Gen.Constant(false)), (1, Gen.Constant(true))).ArrayOf(6).ArrayOf(sections)
        from read in Gen.Elements(true, false).ArrayOf(sections)
        from count in Gen.Choose(1, 4)
        from together in Gen.Elements(true, false)
        select (taken, count, together, read)).ToArbitrary();

    [Fact]
    public void Find_AnyHouse_IsTheBestChoiceOfTheFirstSectionThatHasIt() => Check.One(PropertyRuns.Of(2_000), Prop.ForAll(Houses, house =>
    {
        ScheduleDocument schedule = World.Schedule with
        {
            Sections = [.. house.Taken.Select((_, i) => new SectionPlan($"{i + 1}", $"{i + 1}", [new SeatRun(1, 6, 1)]))],
        };
        List<BestChoice?> each = [.. schedule.Sections.Select((plan, i) => BestPlaces.Choose(plan, Keys(house.Taken[i]), house.Count, null, house.Together))];
        var taken = new Sections(house.Taken);
        var search = new BestSearch(taken, schedule, new WantedPlaces(house.Count, null, house.Together), only: null);
        foreach (var (plan, _) in schedule.Sections.Zip(house.IsRead).Where(s => s.Second))
        {
            Done(search.ReadAsync(new SectionRef(schedule.ScheduleId, plan.Key), CancellationToken.None));
        }

        var found = Done(search.FindAsync(CancellationToken.None));

        var best = each.OfType<BestChoice>().Select(choice => (choice.Groups, choice.LeftAlone)).DefaultIfEmpty().Min();
        var first = each.FindIndex(choice => choice is not null && (choice.Groups, choice.LeftAlone) == best);
        found?.Section.Section.ShouldBe($"{first + 1}");
        found?.Keys.ShouldBe(each[first]!.Keys);
        (found is null).ShouldBe(first < 0);
        Done(search.ReadAllAsync(default, CancellationToken.None)).ShouldBe(house.IsRead.All(isRead => isRead));
        Done(search.ReadAllAsync(default, CancellationToken.None)).ShouldBeTrue();
    }));

    private static T Done<T>(Task<T> task) => task.IsCompletedSuccessfully ? task.Result : throw new InvalidOperationException("It waits for something.");

    private static void Done(Task task) => task.IsCompletedSuccessfully.ShouldBeTrue();

    private static HashSet<int> Keys(bool[] taken) => [.. Enumerable.Range(1, taken.Length).Where(key => taken[key - 1])];

    private sealed class Sections(bool[][] taken) : ITakenSeats
    {
        public Task<IReadOnlyList<TakenSeats>> KnownAsync(string scheduleId, IReadOnlyList<SectionRef> sections, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<TakenSeats>>([.. sections.Select(Of)]);

        public Task<TakenSeats> ReadAsync(SectionRef section, CancellationToken cancellationToken) => Task.FromResult(Of(section));

        public Task<TakenSeats> ReadSinceAsync(SectionRef section, DateTimeOffset since, CancellationToken cancellationToken) => Task.FromResult(Of(section));

        private TakenSeats Of(SectionRef section)
        {
            var keys = Keys(taken[section.Section[0] - '1']);
            return new TakenSeats(keys.Count, () => keys);
        }
    }
}
