using Concert.Booking.Messaging;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

public abstract partial class CommandQueueContract
{
    [Fact]
    public async Task Send_Accepted_IsDeliveredOnceAsItWasSent()
    {
        var sent = Message("1") with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
        await Queue.StartAsync(Processor);

        await SendAsync(sent);

        await UntilSeenAsync(1);
        await Queue.PassAsync(TimeSpan.FromMinutes(2));
        var (message, deliveryCount) = Processor.Seen.ShouldHaveSingleItem();
        deliveryCount.ShouldBe(1);
        (message.MessageId, message.SessionId, message.TraceParent).ShouldBe((sent.MessageId, sent.SessionId, sent.TraceParent));
        message.Body.ToArray().ShouldBe(sent.Body.ToArray());
    }

    [Fact]
    public async Task Send_BeforeTheStart_IsDeliveredAfterIt()
    {
        await SendAsync(Message("1"));

        await Queue.StartAsync(Processor);

        await UntilSeenAsync(1);
    }

    [Fact]
    public async Task Send_ManyOfOneSession_AreDeliveredOneAtATimeInOrder()
    {
        var (running, most) = (0, 0);
        Processor.OnProcess = async (_, _, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Decrement(ref running);
            return new ProcessResult.Done();
        };
        await Queue.StartAsync(Processor);

        await SendAsync([.. Enumerable.Range(0, 30).Select(i => Message($"{i}"))]);
        await SendAsync([.. Enumerable.Range(30, 30).Select(i => Message($"{i}"))]);

        await UntilSeenAsync(60);
        SeenIds().ShouldBe(Enumerable.Range(0, 60).Select(i => $"{i}"));
        most.ShouldBe(1);
    }

    [Fact]
    public async Task Send_OtherSessions_DoNotWaitForABusyOne()
    {
        var busy = new TaskCompletionSource();
        Processor.OnProcess = async (message, _, cancellationToken) =>
        {
            await (Id(message) == "slow" ? busy.Task.WaitAsync(cancellationToken) : Task.CompletedTask);
            return new ProcessResult.Done();
        };
        await Queue.StartAsync(Processor);

        await SendAsync(Message("slow", "a"), Message("after", "a"), Message("1", "b"), Message("2", "c"));

        await UntilSeenAsync(3);
        SeenIds().ShouldBe(["slow", "1", "2"], ignoreOrder: true);
        busy.SetResult();
        await UntilSeenAsync(4);
        SeenIds()[3].ShouldBe("after");
    }

    [Fact]
    public async Task Send_SameMessageId_IsDeliveredOnce()
    {
        await Queue.StartAsync(Processor);

        await SendAsync(Message("1"), Message("1"));
        await SendAsync(Message("1"));
        await UntilSeenAsync(1);
        await SendAsync(Message("1"), Message("2"));

        await UntilAsync(() => SeenIds().Contains("2"), "the second one");
        SeenIds().ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task Send_ManySendersAtOnce_EveryCommandIsDeliveredOnceAndSessionsKeepTheirOrder()
    {
        await Queue.StartAsync(Processor);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(session => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await SendAsync(Message($"{session}-{i}", $"{session}"));
            }
        })));

        await UntilSeenAsync(400);
        SeenIds().Length.ShouldBe(400);
        foreach (var session in SeenIds().GroupBy(id => id.Split('-')[0]))
        {
            session.ShouldBe(Enumerable.Range(0, 20).Select(i => $"{session.Key}-{i}"));
        }
    }

    [Fact]
    public async Task Send_NoneOrTooManyOrTooLongIds_Throws()
    {
        await Should.ThrowAsync<ArgumentException>(() => Queue.Sender.SendAsync([], Cancel));
        await Should.ThrowAsync<ArgumentException>(() => Queue.Sender.SendAsync([.. Enumerable.Range(0, 1001).Select(i => Message($"{i}"))], Cancel));
        await Should.ThrowAsync<ArgumentException>(() => Queue.Sender.SendAsync([Message(new string('x', 129))], Cancel));
        await Should.ThrowAsync<ArgumentException>(() => Queue.Sender.SendAsync([Message("1", new string('x', 129))], Cancel));
    }

    [Fact]
    public async Task CheckAsync_QueueCanBeUsed_Returns() => await Queue.Sender.CheckAsync(Cancel);
}
