using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

public abstract partial class CommandQueueContract
{
    private static readonly ProcessResult Done = new ProcessResult.Done();

    [Fact]
    public async Task Retry_RedeliversInOrderWithTheNextCount()
    {
        Processor.OnProcess = (message, delivery, _) =>
            Task.FromResult(Id(message) == "1" && delivery < 3 ? new ProcessResult.Retry(TimeSpan.FromSeconds(1), "busy") : Done);
        await Queue.StartAsync(Processor);

        await SendAsync(Message("1"), Message("2"));

        await UntilAsync(() => SeenIds().Contains("2"), "the second one");
        Processor.Seen.Select(seen => (Id(seen.Message), seen.DeliveryCount)).ShouldBe([("1", 1), ("1", 2), ("1", 3), ("2", 1)]);
    }

    [Fact]
    public async Task Retry_LongWait_IsNotRedeliveredBefore()
    {
        Processor.OnProcess = (_, delivery, _) =>
            Task.FromResult(delivery == 1 ? new ProcessResult.Retry(TimeSpan.FromMinutes(2), "busy") : Done);
        await Queue.StartAsync(Processor);

        await SendAsync(Message("1"));
        await UntilSeenAsync(1);
        await SendAsync(Message("2"));
        await Queue.PassAsync(TimeSpan.FromMinutes(1));

        SeenIds().ShouldBe(["1"]);
        await Queue.PassAsync(TimeSpan.FromMinutes(1));
        await UntilSeenAsync(3);
        SeenIds().ShouldBe(["1", "1", "2"]);
    }

    [Fact]
    public async Task Retry_OneOfMany_CountsItsOwnDeliveriesOnly()
    {
        Processor.OnProcess = (message, delivery, _) =>
            Task.FromResult(Id(message) != "2" && delivery < 3 ? new ProcessResult.Retry(TimeSpan.Zero, "busy") : Done);
        await Queue.StartAsync(Processor);

        await SendAsync(Message("1"), Message("2"), Message("3"));

        await UntilSeenAsync(7);
        Processor.Seen.Select(seen => (Id(seen.Message), seen.DeliveryCount))
            .ShouldBe([("1", 1), ("1", 2), ("1", 3), ("2", 1), ("3", 1), ("3", 2), ("3", 3)]);
    }

    [Fact]
    public async Task Retry_OtherSessions_GoOn()
    {
        Processor.OnProcess = (message, delivery, _) =>
            Task.FromResult(Id(message) == "1" && delivery == 1 ? new ProcessResult.Retry(TimeSpan.FromSeconds(20), "busy") : Done);
        await Queue.StartAsync(Processor);

        await SendAsync(Message("1", "a"), Message("2", "a"), Message("3", "b"));

        await UntilAsync(() => SeenIds().Contains("2"), "the second one");
        SeenIds().Order().ShouldBe(["1", "1", "2", "3"]);
        Array.IndexOf(SeenIds(), "3").ShouldBeLessThan(2);
    }

    [Fact]
    public async Task Retry_Always_IsDeadLetteredAfterTenDeliveries()
    {
        Processor.OnProcess = (message, _, _) => Task.FromResult(Id(message) == "1" ? new ProcessResult.Retry(TimeSpan.Zero, "never") : Done);
        await Queue.StartAsync(Processor);

        await SendAsync(Message("1"), Message("2"));

        await UntilAsync(() => Processor.Dead.Count > 0 && SeenIds().Contains("2"), "a dead letter and the second one");
        Processor.Seen.Select(seen => (Id(seen.Message), seen.DeliveryCount))
            .ShouldBe([.. Enumerable.Range(1, 10).Select(delivery => ("1", delivery)), ("2", 1)]);
        Id(Processor.Dead.ShouldHaveSingleItem().Message).ShouldBe("1");
    }

    [Fact]
    public async Task Poison_IsDeadLetteredAtOnceWithItsReasonAndTheSessionGoesOn()
    {
        Processor.OnProcess = (message, _, _) => Task.FromResult(Id(message) == "1" ? new ProcessResult.Poison("unreadable", "no JSON") : Done);
        await Queue.StartAsync(Processor);

        await SendAsync(Message("1"), Message("2"));

        await UntilAsync(() => Processor.Dead.Count > 0 && SeenIds().Contains("2"), "a dead letter and the second one");
        SeenIds().ShouldBe(["1", "2"]);
        var (message, reason) = Processor.Dead.ShouldHaveSingleItem();
        (Id(message), reason).ShouldBe(("1", "unreadable"));
        message.Body.ToArray().ShouldBe(Message("1").Body.ToArray());
    }

    [Fact]
    public async Task DeadLetter_NotDone_IsHandedOverAgainUntilItIs()
    {
        Processor.OnProcess = (_, _, _) => Task.FromResult<ProcessResult>(new ProcessResult.Poison("unreadable", "no JSON"));
        Processor.OnDead = _ => Processor.Dead.Count < 4 ? new ProcessResult.Retry(TimeSpan.FromSeconds(1), "busy") : Done;
        await Queue.StartAsync(Processor);

        await SendAsync(Message("1"));

        await UntilAsync(() => Processor.Dead.Count >= 4, "the fourth try");
        await Queue.PassAsync(TimeSpan.FromMinutes(10));
        Processor.Dead.Count.ShouldBe(4);
        Processor.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task DeadLetter_ProcessorThrows_IsHandedOverAgain()
    {
        Processor.OnProcess = (_, _, _) => Task.FromResult<ProcessResult>(new ProcessResult.Poison("unreadable", "no JSON"));
        Processor.OnDead = _ => Processor.Dead.Count == 1 ? throw new InvalidDataException("a defect") : Done;
        await Queue.StartAsync(Processor);

        await SendAsync(Message("1"));

        await UntilAsync(() => Processor.Dead.Count == 2, "the second try");
    }

    [Fact]
    public async Task DeadLetter_SameMessageIdAgain_IsStillADuplicate()
    {
        Processor.OnProcess = (message, _, _) => Task.FromResult(Id(message) == "1" ? new ProcessResult.Poison("unreadable", "no JSON") : Done);
        await Queue.StartAsync(Processor);
        await SendAsync(Message("1"));
        await UntilAsync(() => Processor.Dead.Count == 1, "a dead letter");

        await SendAsync(Message("1"), Message("2"));

        await UntilAsync(() => SeenIds().Contains("2"), "the second one");
        SeenIds().ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task Processor_ThrowsAlways_IsDeadLetteredAfterTenDeliveries()
    {
        Processor.OnProcess = (message, _, _) => Id(message) == "1" ? throw new InvalidDataException("a defect") : Task.FromResult(Done);
        await Queue.StartAsync(Processor);

        await SendAsync(Message("1"), Message("2"));

        await UntilAsync(() => Processor.Dead.Count > 0 && SeenIds().Contains("2"), "a dead letter and the second one");
        Processor.Seen.Count(seen => Id(seen.Message) == "1").ShouldBe(10);
    }

    [Fact]
    public async Task Processor_Throws_IsRedelivered()
    {
        Processor.OnProcess = (_, delivery, _) => delivery == 1 ? throw new InvalidDataException("a defect") : Task.FromResult(Done);
        await Queue.StartAsync(Processor);

        await SendAsync(Message("1"));

        await UntilSeenAsync(2);
        Processor.Seen[1].DeliveryCount.ShouldBe(2);
    }

    [Fact]
    public async Task Stop_HandlerRuns_WaitsForItAndDoesNotRedeliver()
    {
        var (started, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        Processor.OnProcess = async (_, _, _) =>
        {
            started.TrySetResult();
            await goOn.Task;
            return Done;
        };
        await Queue.StartAsync(Processor);
        await SendAsync(Message("1"), Message("2"));
        await started.Task;

        var stopped = Queue.StopAsync();
        goOn.SetResult();
        await stopped;

        SeenIds().ShouldBe(["1"]);
        await Queue.StartAsync(Processor);
        await UntilSeenAsync(2);
        SeenIds().ShouldBe(["1", "2"]);
    }
}
