using Concert.Booking.Ports;
using Concert.Embedded.Messaging;
using Concert.Embedded.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests.Messaging;

public sealed class EmbeddedQueueTests : IDisposable
{
    private readonly EmbeddedOptions _options = new() { MaxQueueDepth = 5, LockDuration = TimeSpan.FromSeconds(30) };
    private readonly FakeTimeProvider _time = new(Folder.Start);
    private readonly DataDirectory _root = new();
    private DataDirectory _files;
    private EmbeddedBackend _backend;

    public EmbeddedQueueTests()
    {
        _files = _root;
        _backend = Folder.Open(_files, _options, _time);
    }

    private EmbeddedQueue Queue => _backend.Queue;

    public void Dispose()
    {
        _backend.Dispose();
        _root.Dispose();
    }

    [Fact]
    public async Task Send_OverTheDepth_IsUnavailableAtOnceAndStoresNothing()
    {
        await _backend.SendAsync([.. Enumerable.Range(0, 4).Select(i => Folder.Message($"{i}"))]);

        (await Queue.SendAsync([Folder.Message("4"), Folder.Message("5")], Folder.Cancel)).ShouldBeOfType<SendResult.Unavailable>();

        Queue.Status.Depth.ShouldBe(4);
        await _backend.SendAsync(Folder.Message("4"));
        await Should.ThrowAsync<StoreUnavailableException>(() => Queue.CheckAsync(Folder.Cancel));
        Queue.Settle(Queue.TryReceive()!, new ProcessResult.Done()).ShouldBeTrue();
        await Queue.CheckAsync(Folder.Cancel);
    }

    [Fact]
    public async Task Send_SameIdAfterTheWindow_IsStoredAgain()
    {
        await _backend.SendAsync(Folder.Message("1"));
        _time.Advance(_options.DuplicateWindow - TimeSpan.FromMilliseconds(1));
        await _backend.SendAsync(Folder.Message("1"));
        Queue.Status.Depth.ShouldBe(1);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await _backend.SendAsync(Folder.Message("1"));

        Queue.Status.Depth.ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_SameIdAfterARestart_IsDropped(bool isClean)
    {
        await _backend.SendAsync(Folder.Message("1"));
        Queue.Settle(Queue.TryReceive()!, new ProcessResult.Done());
        await _backend.SendAsync(Folder.Message("2"));

        Restart(isClean);
        await _backend.SendAsync(Folder.Message("1"), Folder.Message("2"));

        Queue.TryReceive()!.Message.MessageId.ShouldBe("2");
        Queue.Status.ShouldBe(new QueueStatus(1, 1, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task Receive_HeadIsOut_HandsOutNothingElseOfTheSession()
    {
        await _backend.SendAsync(Folder.Message("1"), Folder.Message("2"), Folder.Message("3", "t"));

        Queue.TryReceive()!.Message.MessageId.ShouldBe("1");
        Queue.TryReceive()!.Message.MessageId.ShouldBe("3");
        Queue.TryReceive().ShouldBeNull();
    }

    [Fact]
    public async Task Receive_LockEnded_DeliversAgainAndTheOldDeliveryCountsNoMore()
    {
        await _backend.SendAsync(Folder.Message("1"), Folder.Message("2"));
        var first = Queue.TryReceive()!;
        _time.Advance(_options.LockDuration - TimeSpan.FromMilliseconds(1));
        Queue.TryReceive().ShouldBeNull();

        _time.Advance(TimeSpan.FromMilliseconds(1));
        var second = Queue.TryReceive()!;

        (second.Message.MessageId, second.DeliveryCount).ShouldBe(("1", 2));
        Queue.Settle(first, new ProcessResult.Done()).ShouldBeFalse();
        Queue.Settle(first, new ProcessResult.Retry(TimeSpan.Zero, "late")).ShouldBeFalse();
        Queue.Settle(first, new ProcessResult.Poison("late", "")).ShouldBeFalse();
        Queue.Settle(second, new ProcessResult.Done()).ShouldBeTrue();
        Queue.Settle(second, new ProcessResult.Done()).ShouldBeFalse();
        Queue.TryReceive()!.Message.MessageId.ShouldBe("2");
    }

    [Theory]
    [InlineData(5)]
    [InlineData(300)]
    public async Task Abandon_WithDelay_RestsExactlyThatLongWithItsSession(int seconds)
    {
        await _backend.SendAsync(Folder.Message("1"), Folder.Message("2"));
        Queue.Settle(Queue.TryReceive()!, new ProcessResult.Retry(TimeSpan.FromSeconds(seconds), "again"));

        _time.Advance(TimeSpan.FromMilliseconds((seconds * 1000) - 1));
        Queue.TryReceive().ShouldBeNull();
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Queue.TryReceive()!.Message.MessageId.ShouldBe("1");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_MessagesInEveryState_AreAsTheyWere(bool isClean)
    {
        await _backend.SendAsync(
            Folder.Message("done", "a"), Folder.Message("locked", "b"), Folder.Message("resting", "c"),
            Folder.Message("dead", "d"), Folder.Message("behind", "b"));
        var deliveries = Enumerable.Range(0, 4).Select(_ => Queue.TryReceive()!).ToDictionary(delivery => delivery.Message.MessageId);
        Queue.Settle(deliveries["done"], new ProcessResult.Done());
        Queue.Settle(deliveries["resting"], new ProcessResult.Retry(TimeSpan.FromSeconds(20), "again"));
        Queue.Settle(deliveries["dead"], new ProcessResult.Poison("unreadable", ""));

        Restart(isClean);

        Queue.Status.ShouldBe(new QueueStatus(3, 0, 1, TimeSpan.Zero));
        Queue.DeadLetters().ShouldHaveSingleItem().Reason.ShouldBe("unreadable");
        var again = Queue.TryReceive()!;
        again.Message.MessageId.ShouldBe("locked");
        Queue.TryReceive().ShouldBeNull();
        Queue.Settle(again, new ProcessResult.Done());
        Queue.TryReceive()!.Message.MessageId.ShouldBe("behind");
        _time.Advance(TimeSpan.FromSeconds(20));
        var rested = Queue.TryReceive()!;
        (rested.Message.MessageId, rested.DeliveryCount).ShouldBe(("resting", 2));

        Queue.RemoveDeadLetter(Queue.DeadLetters()[0]).ShouldBeTrue();
        Restart(isClean);
        Queue.DeadLetters().ShouldBeEmpty();
    }

    [Fact]
    public async Task Restart_AgainAndAgainWithTheMessageInHand_DeadLettersItInTheEnd()
    {
        await _backend.SendAsync(Folder.Message("poison"));

        // A first delivery is not written down: what crashes the process is known as what was there before.
        for (var i = 0; i <= _options.MaxDelivery; i++)
        {
            Queue.TryReceive().ShouldNotBeNull();
            Restart(isClean: false);
        }

        Queue.TryReceive().ShouldBeNull();
        Queue.DeadLetters().ShouldHaveSingleItem().Reason.ShouldBe(DeadLetter.TooManyDeliveries);
    }

    [Fact]
    public async Task Send_WindowAfterWindow_ForgetsWhatIsOverAndNothingElse()
    {
        for (var window = 0; window < 4; window++)
        {
            for (var i = 0; i < 200; i++)
            {
                await _backend.SendAsync(Folder.Message($"{window}-{i}"));
                Queue.Settle(Queue.TryReceive()!, new ProcessResult.Done());
                _time.Advance(_options.DuplicateWindow / 200);
            }

            // All but the very first of this window are still remembered, and those of before are not.
            Restart(isClean: window % 2 == 0);
            await _backend.SendAsync(Folder.Message($"{window}-1"), Folder.Message($"{window}-100"), Folder.Message($"{window}-199"));
            Queue.Status.Depth.ShouldBe(0);
            await _backend.SendAsync(Folder.Message($"{window}-0"));
            Queue.Settle(Queue.TryReceive()!, new ProcessResult.Done());
        }

        _backend.Dispose();
        using var database = Concert.Embedded.Sqlite.Connection.Open(_files.File);
        database.Number("SELECT count(*) FROM messages").ShouldBe(0);
        database.Number("SELECT (SELECT count(*) FROM message_ids_1) + (SELECT count(*) FROM message_ids_2)").ShouldBeInRange(200, 410);
    }

    [Fact]
    public async Task Status_OldestAge_IsThatOfTheOldestNotCompleted()
    {
        await _backend.SendAsync(Folder.Message("1", "a"));
        _time.Advance(TimeSpan.FromSeconds(3));
        await _backend.SendAsync(Folder.Message("2", "b"));
        _time.Advance(TimeSpan.FromSeconds(4));
        Queue.Status.OldestAge.ShouldBe(TimeSpan.FromSeconds(7));

        Queue.Settle(Queue.TryReceive()!, new ProcessResult.Done());

        Queue.Status.OldestAge.ShouldBe(TimeSpan.FromSeconds(4));
    }

    private void Restart(bool isClean)
    {
        if (!isClean)
        {
            // What nobody waits for reaches the disk with the next commit at the latest.
            _backend.CommitAsync(Folder.Upsert("mark")).GetAwaiter().GetResult();
        }

        var files = isClean ? _files : _files.Copy();
        _backend.Dispose();
        _files = files;
        _backend = Folder.Open(_files, _options, _time);
    }
}
