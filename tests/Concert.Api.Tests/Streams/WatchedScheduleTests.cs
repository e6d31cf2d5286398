using System.Text;
using System.Text.Json.Nodes;
using Concert.Api.Streams;
using Concert.Booking.Availability;

namespace Concert.Api.Tests.Streams;

public sealed class WatchedScheduleTests
{
    private static readonly TimeSpan Half = TimeSpan.FromMilliseconds(500);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly MapOutline _outline = Outline(("1", "A"), ("2", "B"), ("g1", "Standing"));
    private readonly WatchedSchedule _watch;

    public WatchedScheduleTests() => _watch = new WatchedSchedule("c1-s1", _outline, _time);

    [Fact]
    public void Revise_NothingChanged_SaysNothing()
    {
        var seen = _watch.Revision;
        _watch.Revise();
        _watch.EventAfter(seen).ShouldBeNull();
    }

    [Fact]
    public void Revise_ManyChanges_AreOneEventWithTheirSections()
    {
        var seen = _watch.Revision;
        foreach (var section in new[] { "2", "1", "2", "g1" })
        {
            _watch.Changed(section);
        }

        _watch.Revise();

        var told = After(seen);
        Sections(told).ShouldBe(["A", "B", "Standing"]);
        told["revision"]!.GetValue<long>().ShouldBe(_watch.Revision);
        _watch.Revision.ShouldBeGreaterThan(seen);
        _watch.EventAfter(_watch.Revision).ShouldBeNull();
    }

    [Fact]
    public void Revise_SoonAfterAnEvent_WaitsHalfASecond()
    {
        _watch.Changed("1");
        _watch.Revise();
        var seen = _watch.Revision;
        _watch.Changed("2");
        _time.Advance(Half - TimeSpan.FromMilliseconds(1));
        _watch.Revise();
        _watch.EventAfter(seen).ShouldBeNull();

        _time.Advance(TimeSpan.FromMilliseconds(1));
        _watch.Revise();

        Sections(After(seen)).ShouldBe(["B"]);
    }

    [Fact]
    public void Event_ForWhoMissedOne_SaysToLookAtEverything()
    {
        var seen = _watch.Revision;
        foreach (var section in new[] { "1", "2" })
        {
            _watch.Changed(section);
            _time.Advance(Half);
            _watch.Revise();
        }

        After(seen)["sections"].ShouldBeNull();
    }

    [Fact]
    public void Look_SameOutline_SaysNothingAndAnotherEverything()
    {
        var seen = _watch.Revision;
        _watch.Look(_outline);
        _watch.Revise();
        _watch.EventAfter(seen).ShouldBeNull();

        _watch.Look(Outline(("1", "A")));
        _watch.Changed("1");
        _watch.Revise();

        After(seen)["sections"].ShouldBeNull();
    }

    [Fact]
    public void Change_OfASectionThatTheOutlineLacks_MayBeAnything()
    {
        var seen = _watch.Revision;
        _watch.Changed("9");
        _watch.Revise();
        After(seen)["sections"].ShouldBeNull();
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1_999, 0)]
    [InlineData(2_000, 1)]
    [InlineData(10_000, 5)]
    public void Event_ForMany_IsRarerAndSpreadsTheirLooks(int viewers, int seconds)
    {
        _watch.Viewers = viewers;
        _watch.Changed("1");
        _watch.Revise();
        var seen = _watch.Revision;
        var pace = seconds == 0 ? Half : TimeSpan.FromSeconds(seconds);
        _watch.Changed("1");
        _time.Advance(pace - TimeSpan.FromMilliseconds(1));
        _watch.Revise();
        _watch.EventAfter(seen).ShouldBeNull();

        _time.Advance(TimeSpan.FromMilliseconds(1));
        _watch.Revise();

        After(seen)["lookWithinSeconds"]!.GetValue<int>().ShouldBe(seconds);
    }

    private static MapOutline Outline(params (string Key, string Name)[] sections) => new(sections.ToDictionary(s => s.Key, s => s.Name));

    private JsonNode After(long seen)
    {
        var lines = Encoding.UTF8.GetString(_watch.EventAfter(seen).ShouldNotBeNull().Span).Split('\n');
        lines[0].ShouldBe("event: seats");
        lines[2..].ShouldBe(["", ""]);
        return JsonNode.Parse(lines[1]["data: ".Length..])!;
    }

    private static IEnumerable<string> Sections(JsonNode told) => told["sections"]!.AsArray().Select(name => name!.GetValue<string>());
}
