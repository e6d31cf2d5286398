using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Reservations.Block;
using Concert.Simulation.Buyers;
using Concert.Simulation.Engine;

namespace Concert.Simulation.Sale;

/// <summary>What the promoter's staff do while a sale goes on, one thing after the other, each repeated under its key until it is answered.</summary>
public sealed class Staff(World world, Cluster cluster, BuyerApi api, ClientLog log, House house, SaleSettings settings, SimProcess process)
{
    private const int MaxTries = 400;

    private readonly SimRandom _random = SimRandom.Stream(world.Seed, "staff");
    private int _places = settings.Places;
    private int _calls;
    private int _price;

    public bool IsDone { get; private set; }

    /// <summary>Standing places that the schedule has by now.</summary>
    public int Places => _places;

    public void Start() => process.Start(RunAsync);

    private async Task RunAsync()
    {
        for (var i = 0; i < settings.StaffCalls; i++)
        {
            await process.DelayAsync(TimeSpan.FromSeconds(_random.Between(0, 8)));
            await ActAsync();
        }

        if (settings.CallOffAfter is { } after)
        {
            await process.DelayAsync(after);
            await CallOffAsync();
        }

        IsDone = true;
    }

    private Task ActAsync() => _random.Next(8) switch
    {
        0 or 1 => ChangeAsync(new ScheduleChange(Grades: [new("S", Price: _price = _price == 130 ? 90 : 130)])),
        2 or 3 => PauseAsync(),
        4 or 5 => BlockSeatAsync(),
        6 => BlockPlacesAsync(),
        _ => AddAsync(),
    };

    private async Task PauseAsync()
    {
        await ChangeAsync(new ScheduleChange(SalesPaused: true));
        await process.DelayAsync(TimeSpan.FromSeconds(_random.Between(1, 40)));
        await ChangeAsync(new ScheduleChange(SalesPaused: false));
    }

    /// <summary>A repeat says the same, under its key or another, and nothing can be changed any more.</summary>
    private async Task CallOffAsync()
    {
        log.CallOffAskedAt = world.Now;
        var first = await AnswerAsync((i, key) => api.CallOffAsync(i, house.ScheduleId, "Simulated", key));
        var sameKey = $"staff-{_calls}";
        var again = await cluster.CallAsync(process, i => api.CallOffAsync(i, house.ScheduleId, "Simulated", sameKey));
        var another = await AnswerAsync((i, key) => api.CallOffAsync(i, house.ScheduleId, "Another", key));
        if (!first.IsOk || another.Value != first.Value || (again.Kind != AnswerKind.Unknown && again.Value != first.Value))
        {
            world.Fail("L3", $"A call-off was answered {first.Value}, then {again}, {again.Value} and {another.Value}");
        }

        if (await AnswerAsync((i, key) => api.ChangeScheduleAsync(i, house.ScheduleId, new ScheduleChange(SalesPaused: false), key)) is not { Code: RefusalCode.BookingClosed })
        {
            world.Fail("schedule", "A change of a schedule that is called off was not refused");
        }
    }

    private async Task AddAsync()
    {
        var places = _places + _random.Between(1, 2);
        await ChangeAsync(new ScheduleChange(Inventories: [new("Standing", places)]));
        _places = places;
    }

    /// <summary>For a while, or for good.</summary>
    private async Task BlockSeatAsync()
    {
        var seat = _random.Between(1, settings.Seats);
        if (!await BlockSeatAsync(seat, isBlock: true) || _random.Chance(0.3))
        {
            return;
        }

        await process.DelayAsync(TimeSpan.FromSeconds(_random.Between(0, 20)));
        if (!await BlockSeatAsync(seat, isBlock: false))
        {
            world.Fail("blocked", $"Seat {seat} was blocked and could not be unblocked");
        }
    }

    private async Task<bool> BlockSeatAsync(int seat, bool isBlock)
    {
        var story = new BlockStory { Seat = seat, IsBlock = isBlock, AskedAt = world.Now };
        log.Blocks.Add(story);
        var answer = await AnswerAsync((i, key) => api.BlockAsync(i, house.ScheduleId, new BlockRequest([house.SeatIds[seat - 1]], null, null), isBlock, key));
        (story.AnsweredAt, story.Refused, story.IsUnsure) = (world.Now, !answer.IsOk, !answer.IsOk && answer.IsRepeat);
        return answer.IsOk;
    }

    private async Task BlockPlacesAsync()
    {
        var some = new BlockRequest(null, house.InventoryId, _random.Between(1, 2));
        if (await RepeatAsync((i, key) => api.BlockAsync(i, house.ScheduleId, some, isBlock: true, key)) && _random.Chance(0.7))
        {
            await process.DelayAsync(TimeSpan.FromSeconds(_random.Between(0, 20)));
            if (!await RepeatAsync((i, key) => api.BlockAsync(i, house.ScheduleId, some, isBlock: false, key)))
            {
                world.Fail("blocked", $"{some.Quantity} places were blocked and could not be unblocked");
            }
        }
    }

    private async Task ChangeAsync(ScheduleChange change)
    {
        if (!await RepeatAsync((i, key) => api.ChangeScheduleAsync(i, house.ScheduleId, change, key)))
        {
            world.Fail("schedule", "A change of staff was refused");
        }
    }

    /// <summary>Until it is answered; false when it was refused.</summary>
    private async Task<bool> RepeatAsync<T>(Func<Instance, string, Task<Answer<T>>> call) => (await AnswerAsync(call)).IsOk;

    private async Task<Answer<T>> AnswerAsync<T>(Func<Instance, string, Task<Answer<T>>> call)
    {
        var key = $"staff-{++_calls}";
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var answer = await cluster.CallAsync(process, i => call(i, key));
            if (answer.Kind != AnswerKind.Unknown)
            {
                return answer with { IsRepeat = attempt > 0 };
            }

            await process.DelayAsync(TimeSpan.FromSeconds(_random.Between(1, 5)));
        }

        throw new InvalidOperationException("A call of staff got no answer.");
    }
}
