using Concert.Booking.Ports;
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

        await RaceAsync(20, async session =>
        {
            for (var i = 0; i < 20; i++)
            {
                await SendAsync(Message($"{session}-{i}", $"{session}"));
            }

            return session;
        });

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
        await ThrowsAsync<ArgumentException>(() => Queue.Sender.SendAsync([], Cancel));
        await ThrowsAsync<ArgumentException>(() => Queue.Sender.SendAsync([.. Enumerable.Range(0, 1001).Select(i => Message($"{i}"))], Cancel));
        await ThrowsAsync<ArgumentException>(() => Queue.Sender.SendAsync([Message(new string('x', 129))], Cancel));
        await ThrowsAsync<ArgumentException>(() => Queue.Sender.SendAsync([Message("1", new string('x', 129))], Cancel));
        await ThrowsAsync<ArgumentException>(() => Queue.Sender.SendAsync([Message("1") with { MessageId = "" }], Cancel));
        await ThrowsAsync<ArgumentException>(() => Queue.Sender.SendAsync([Message("1") with { SessionId = "" }], Cancel));
    }

    [Fact]
    public async Task Send_OneOfSeveralHasTooLongAnId_StoresNone()
    {
        await Queue.StartAsync(Processor);

        await ThrowsAsync<ArgumentException>(() => Queue.Sender.SendAsync([Message("1"), Message(new string('x', 129))], Cancel));

        await SendAsync(Message("2"));
        await UntilAsync(() => SeenIds().Contains("2"), "the second one");
        SeenIds().ShouldBe(["2"]);
    }

    [Fact]
    public async Task Send_Cancelled_ThrowsAndStoresNothing()
    {
        await Queue.StartAsync(Processor);

        await ThrowsAsync<OperationCanceledException>(() => Queue.Sender.SendAsync([Message("1")], Cancelled()));

        await SendAsync(Message("2"));
        await UntilAsync(() => SeenIds().Contains("2"), "the second one");
        SeenIds().ShouldBe(["2"]);
    }

    [Fact]
    public async Task Send_AsManyAndAsLongAsAllowed_AreDeliveredInOrder()
    {
        await Queue.StartAsync(Processor);
        CommandMessage[] messages = [.. Enumerable.Range(0, 1000).Select(i => Message($"{i:0000}".PadRight(100, '.'), "s".PadRight(100, '.')))];

        await SendAsync(messages);

        await UntilSeenAsync(1000);
        Processor.Seen.Select(seen => seen.Message.MessageId).ShouldBe(messages.Select(m => m.MessageId));
    }

    [Fact]
    public async Task Send_BytesChangedAfterwards_AreDeliveredAsTheyWere()
    {
        var body = Message("1").Body.ToArray();
        await SendAsync(Message("1") with { Body = body });

        Array.Fill(body, (byte)' ');
        await Queue.StartAsync(Processor);

        await UntilSeenAsync(1);
        Processor.Seen[0].Message.Body.ToArray().ShouldBe(Message("1").Body.ToArray());
    }

    [Fact]
    public async Task Send_SameMessageIdOfAnotherSession_IsDeliveredOnce()
    {
        await Queue.StartAsync(Processor);

        await SendAsync(Message("1", "a"), Message("1", "b"), Message("2", "b"));

        await UntilAsync(() => SeenIds().Contains("2"), "the second one");
        await Queue.PassAsync(TimeSpan.FromSeconds(30));
        SeenIds().Count(id => id == "1").ShouldBe(1);
        Processor.Seen.First(seen => Id(seen.Message) == "1").Message.SessionId.ShouldBe(Message("1", "a").SessionId);
    }

    [Fact]
    public async Task Send_SameMessageIdWithinTheWindow_IsDroppedAndAfterItDelivered()
    {
        await Queue.StartAsync(Processor);
        await SendAsync(Message("1"));
        await UntilSeenAsync(1);

        await Queue.PassAsync(TimeSpan.FromMinutes(9));
        await SendAsync(Message("1"));
        await Queue.PassAsync(TimeSpan.FromMinutes(2));
        Processor.Seen.Count.ShouldBe(1);

        await SendAsync(Message("1"));
        await UntilSeenAsync(2);
        Processor.Seen[1].DeliveryCount.ShouldBe(1);
    }

    [Fact]
    public async Task CheckAsync_QueueCanBeUsed_Returns() => await Queue.Sender.CheckAsync(Cancel);

    /// <summary>Readiness has asked, or remembers: what worked a moment ago does not answer for now.</summary>
    [Fact]
    public async Task CheckAsync_QueueTakesNothingAnyMore_ThrowsUntilItDoes()
    {
        await SendAsync(Message("before"));
        await Queue.Sender.CheckAsync(Cancel);

        Queue.TakesMessages = false;
        await ThrowsAsync<StoreUnavailableException>(() => Queue.Sender.CheckAsync(Cancel));
        (await Queue.Sender.SendAsync([Message("meanwhile")], Cancel)).ShouldBeOfType<SendResult.Unavailable>();
        await ThrowsAsync<StoreUnavailableException>(() => Queue.Sender.CheckAsync(Cancel));

        Queue.TakesMessages = true;
        await SendAsync(Message("after"));
        await Queue.Sender.CheckAsync(Cancel);
    }
}
