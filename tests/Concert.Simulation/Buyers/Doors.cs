using Concert.Booking.Calls;
using Concert.Booking.Tickets;
using Concert.Simulation.Engine;
using Concert.Simulation.Sale;

namespace Concert.Simulation.Buyers;

/// <summary>One ticket at one door, however often it was scanned.</summary>
public sealed class CheckInStory
{
    public required string Reservation { get; init; }

    /// <summary>What the service said when it let in; null while it has not.</summary>
    public DateTimeOffset? LetInAt { get; set; }

    /// <summary>No call of it got an answer.</summary>
    public bool IsUnknown { get; set; }
}

/// <summary>The doors of the house: staff who scan what they are shown, some of it at two doors at once, some long after it was cancelled.</summary>
public sealed class Doors
{
    private const int MaxTries = 5;
    private const double AtBothDoors = 0.6;

    private readonly World _world;
    private readonly Cluster _cluster;
    private readonly BuyerApi _api;
    private readonly SimRandom _random;
    private readonly SimProcess[] _doors;
    private int _scans;
    private int _open;

    public Doors(World world, Cluster cluster, BuyerApi api)
    {
        (_world, _cluster, _api) = (world, cluster, api);
        _random = SimRandom.Stream(world.Seed, "doors");
        _doors = [new SimProcess(world, 995, "door1", TimeSpan.Zero), new SimProcess(world, 996, "door2", TimeSpan.Zero)];
    }

    /// <summary>Nobody is at a door.</summary>
    public bool IsIdle => _open == 0;

    public List<CheckInStory> Stories { get; } = [];

    /// <summary>Somebody comes with a ticket in a while.</summary>
    public void Show(string reservation, string code)
    {
        var first = _random.Next(_doors.Length);
        var after = TimeSpan.FromMilliseconds(_random.Chance(0.7) ? _random.Between(0, 3000) : _random.Between(0, 40_000));
        Scan(_doors[first], reservation, code, after);
        if (_random.Chance(AtBothDoors))
        {
            Scan(_doors[1 - first], reservation, code, after + TimeSpan.FromMilliseconds(_random.Between(0, 30)));
        }
    }

    private void Scan(SimProcess door, string reservation, string code, TimeSpan after)
    {
        var story = new CheckInStory { Reservation = reservation };
        Stories.Add(story);
        var key = _random.Chance(0.8) ? $"scan-{++_scans}" : null;
        var isRepeated = _random.Chance(0.2);
        _open++;
        door.Start(async () =>
        {
            await door.DelayAsync(after);
            await ScanAsync(door, story, code, key);
            if (key is not null && isRepeated && story.LetInAt is not null)
            {
                await ScanAsync(door, story, code, key);
            }

            _open--;
        });
    }

    private async Task ScanAsync(SimProcess door, CheckInStory story, string code, string? key)
    {
        var what = $"scan …{story.Reservation[^6..]}";
        for (var attempt = 1; ; attempt++)
        {
            _world.History.Add(door.Name, $"? {what}");
            var answer = await _cluster.CallAsync(door, i => _api.CheckInAsync(i, new CheckInRequest(code), key));
            _world.History.Mix((int)answer.Kind);
            _world.History.Add(door.Name, $"! {what}: {answer}");
            if (answer.IsOk)
            {
                LetIn(story, answer.Value!.At);
                return;
            }

            if (answer.Kind == AnswerKind.Refused && answer.Code is not (RefusalCode.AlreadyUsed or RefusalCode.NotValid))
            {
                _world.Fail("ticket", $"A genuine ticket of {story.Reservation} was refused: {answer}");
            }

            if (answer.Kind == AnswerKind.Refused && story.LetInAt is not null)
            {
                _world.Fail("L3", $"A repeated scan of {story.Reservation} was let in and is refused now: {answer}");
            }

            story.IsUnknown = answer.Kind == AnswerKind.Unknown;
            if (!story.IsUnknown || key is null || attempt == MaxTries)
            {
                return;
            }

            await door.DelayAsync(TimeSpan.FromMilliseconds(_random.Between(50, 3000)));
        }
    }

    private void LetIn(CheckInStory story, DateTimeOffset at)
    {
        if (story.LetInAt is { } before && before != at)
        {
            _world.Fail("L3", $"A repeated scan of {story.Reservation} was let in at {before:O} and at {at:O}");
        }

        (story.LetInAt, story.IsUnknown) = (at, false);
    }
}
