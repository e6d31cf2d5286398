using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

public abstract partial class CommandQueueContract
{
    private async Task<long> DepthAsync() => (await Queue.Inspector.MeasureAsync(Cancel)).ShouldNotBeNull().Depth;

    private async Task<string[]> DeadIdsAsync(int limit = 100) => [.. (await Queue.Inspector.PeekDeadLettersAsync(limit, Cancel)).Select(letter => Id(letter.Message))];

    [Fact]
    public async Task Measure_EmptyQueue_HasNothingAndNoAge()
    {
        var load = (await Queue.Inspector.MeasureAsync(Cancel)).ShouldNotBeNull();

        (load.Depth, load.OldestAge).ShouldBe((0, null));
        (await DeadIdsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Measure_CommandsWithoutAnOutcome_CountsThemAndKnowsTheOldest()
    {
        await SendAsync(Message("1"), Message("2"), Message("3", "b"));
        await Queue.PassAsync(TimeSpan.FromMinutes(2));
        await SendAsync(Message("4", "b"));

        var load = (await Queue.Inspector.MeasureAsync(Cancel)).ShouldNotBeNull();

        load.Depth.ShouldBe(4);
        load.OldestAge.ShouldNotBeNull().ShouldBeInRange(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task Measure_CommandThatIsHandled_CountsUntilItIsDone()
    {
        var goOn = new TaskCompletionSource();
        Processor.OnProcess = async (_, _, _) =>
        {
            await goOn.Task;
            return Done;
        };
        await Queue.StartAsync(Processor);
        await SendAsync(Message("1"));
        await UntilSeenAsync(1);

        (await DepthAsync()).ShouldBe(1);
        goOn.SetResult();

        for (var i = 0; i < 1000 && await DepthAsync() > 0; i++)
        {
            await Queue.PassAsync(TimeSpan.FromMilliseconds(250));
        }

        (await DepthAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Peek_DeadLetterWithoutAnOutcome_ShowsItUntilItHasOne()
    {
        Processor.OnProcess = (message, _, _) => Task.FromResult(Id(message) == "1" ? new ProcessResult.Poison("unreadable", "no JSON") : Done);
        var isWritable = false;
        Processor.OnDead = _ => isWritable ? Done : new ProcessResult.Retry(TimeSpan.FromSeconds(1), "busy");
        await Queue.StartAsync(Processor);
        await SendAsync(Message("1"), Message("2"));
        await UntilAsync(() => Processor.Dead.Count > 0 && SeenIds().Contains("2"), "a dead letter that cannot be handled");

        var letter = (await Queue.Inspector.PeekDeadLettersAsync(100, Cancel)).ShouldHaveSingleItem();
        (Id(letter.Message), letter.Reason).ShouldBe(("1", "unreadable"));
        letter.Message.Body.ToArray().ShouldBe(Message("1").Body.ToArray());
        (await DepthAsync()).ShouldBe(0, "it has left the queue");

        isWritable = true;
        for (var i = 0; i < 1000 && (await DeadIdsAsync()).Length > 0; i++)
        {
            await Queue.PassAsync(TimeSpan.FromSeconds(1));
        }

        (await DeadIdsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Peek_MoreThanAskedFor_ShowsTheOldest()
    {
        Processor.OnProcess = (_, _, _) => Task.FromResult<ProcessResult>(new ProcessResult.Poison("unreadable", "no JSON"));
        Processor.OnDead = _ => new ProcessResult.Retry(TimeSpan.FromSeconds(1), "busy");
        await Queue.StartAsync(Processor);
        await SendAsync(Message("1"), Message("2"), Message("3"));
        await UntilAsync(() => Processor.Dead.Select(d => Id(d.Message)).Distinct().Count() == 3, "three dead letters");

        (await DeadIdsAsync(2)).ShouldBe(["1", "2"]);
        (await DeadIdsAsync()).ShouldBe(["1", "2", "3"]);
    }

    [Fact]
    public async Task Inspect_CallerGaveUp_IsCancelled()
    {
        await ThrowsAsync<OperationCanceledException>(() => Queue.Inspector.MeasureAsync(Cancelled()));
        await ThrowsAsync<OperationCanceledException>(() => Queue.Inspector.PeekDeadLettersAsync(1, Cancelled()));
    }
}
