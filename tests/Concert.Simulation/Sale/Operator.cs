using Concert.Booking.Calls;
using Concert.Booking.Operations;
using Concert.Booking.Reservations;
using Concert.Simulation.Buyers;
using Concert.Simulation.Engine;

namespace Concert.Simulation.Sale;

/// <summary>
/// Looks at the dead letters of a sale that has many, and at random sends some again and refuses others, also those that may not be, each call repeated under its
/// key until it is answered.
/// </summary>
public sealed class Operator(World world, Cluster cluster, BuyerApi api, House house, SimProcess process)
{
    private const int Looks = 25;
    private const int MaxTries = 400;
    private const int MostSendsOfOne = 2;

    private readonly SimRandom _random = SimRandom.Stream(world.Seed, "operator");
    private readonly Dictionary<string, int> _sends = new(StringComparer.Ordinal);
    private int _calls;

    /// <summary>Also when there was no operator.</summary>
    public bool IsDone { get; private set; } = true;

    public void Start()
    {
        IsDone = false;
        process.Start(RunAsync);
    }

    private async Task RunAsync()
    {
        for (var look = 0; look < Looks; look++)
        {
            await process.DelayAsync(TimeSpan.FromSeconds(_random.Between(1, 15)));
            var page = await cluster.CallAsync(process, i => api.DeadLettersAsync(i, house.ScheduleId));
            if (page.Value is { Items: { Count: > 0 } letters })
            {
                await ActAsync(letters[_random.Next(letters.Count)]);
            }
        }

        IsDone = true;
    }

    private async Task ActAsync(DeadLetterView letter)
    {
        var isRefusal = letter.CanRefuse ? _random.Chance(0.8) : _random.Chance(0.1);
        if (!isRefusal && (_sends[letter.Id] = _sends.GetValueOrDefault(letter.Id) + 1) > MostSendsOfOne)
        {
            return;
        }

        var answer = await AnswerAsync((i, key) => isRefusal ? api.RefuseAsync(i, house.ScheduleId, letter.Id, key) : api.SendAgainAsync(i, house.ScheduleId, letter.Id, key));
        world.History.Add("operator", $"{(isRefusal ? "refuses" : "sends again")} {letter.Command} of …{letter.ReservationId?[^6..]} ({letter.Outcome}): {answer}");
        if (!answer.IsOk && answer.Code is not (RefusalCode.NotValid or RefusalCode.NotYours))
        {
            world.Fail("again", $"A dead letter was answered {answer}");
        }

        // One that has moved on is kept elsewhere once it has its end, and is not found under the id it had before.
        if (!isRefusal && answer.IsOk && letter is { Command: "reserve" or "pay" })
        {
            world.Fail("again", $"A {letter.Command} whose buyer was answered was sent again");
        }

        if (isRefusal && answer is { IsOk: true, Value.Outcome: DeadLetterOutcome.Pending })
        {
            world.Fail("again", "A dead letter was refused and has no end");
        }
    }

    private async Task<Answer<DeadLetterView>> AnswerAsync(Func<Instance, string, Task<Answer<DeadLetterView>>> call)
    {
        var key = $"operator-{++_calls}";
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var answer = await cluster.CallAsync(process, i => call(i, key));
            if (answer.Kind != AnswerKind.Unknown)
            {
                return answer;
            }

            await process.DelayAsync(TimeSpan.FromSeconds(_random.Between(1, 5)));
        }

        throw new InvalidOperationException("A call of the operator got no answer.");
    }
}
