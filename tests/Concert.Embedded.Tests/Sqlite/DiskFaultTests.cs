using Concert.Booking.Ports;
using Concert.Embedded.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests.Sqlite;

public sealed class DiskFaultTests : IDisposable
{
    private readonly EmbeddedOptions _options = new() { RetryWriteAfter = TimeSpan.FromMilliseconds(1) };
    private readonly DataDirectory _folder = new();
    private readonly FakeTimeProvider _time = new(Folder.Start);
    private readonly Disk _disk = new();
    private EmbeddedBackend _backend;

    public DiskFaultTests() => _backend = Folder.Open(_folder, _options, _time, disk: _disk);

    public void Dispose()
    {
        _disk.Dispose();
        _backend.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Commit_DiskFull_IsRefusedAndReadsWork()
    {
        await _backend.CommitAsync(Folder.Upsert("s:1"));
        _disk.Fill();

        (await TryCommitAsync("s:2")).ShouldBe(new CommitResult.Unavailable(OutcomeUnknown: false, "The disk is full."));

        (await _backend.Queue.SendAsync([Folder.Message("m")], Folder.Cancel)).ShouldBeOfType<SendResult.Unavailable>();
        await Should.ThrowAsync<StoreUnavailableException>(() => _backend.Store.CheckAsync(Folder.Cancel));
        await Should.ThrowAsync<StoreUnavailableException>(() => _backend.Queue.CheckAsync(Folder.Cancel));
        await Should.ThrowAsync<StoreUnavailableException>(() => _backend.WaitingRoom.CheckAsync(Folder.Cancel));
        (await _backend.Store.ReadAsync(Folder.Section, "s:1", Folder.Cancel)).ShouldNotBeNull();
        (await _backend.Store.ReadAsync(Folder.Section, "s:2", Folder.Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task Commit_SpaceReturns_GoesOnByItselfAndLosesNothing()
    {
        await _backend.CommitAsync(Folder.Upsert("s:1"));
        _disk.Fill();
        await TryCommitAsync("s:2");

        _disk.Free();
        await UntilHealthyAsync();
        await _backend.CommitAsync(Folder.Upsert("s:4"));

        string[] expected = ["""{"id":"s:1","n":0}""", """{"id":"s:4","n":0}"""];
        (await _backend.DocumentsAsync()).ShouldBe(expected);
        using var again = Folder.Open(_folder.Copy());
        (await again.DocumentsAsync()).ShouldBe(expected);
    }

    [Fact]
    public async Task Settle_DiskFull_IsWrittenWhenThereIsRoomAgain()
    {
        await _backend.SendAsync(Folder.Message("done"), Folder.Message("dead", "t"));
        var (done, dead) = (_backend.Queue.TryReceive()!, _backend.Queue.TryReceive()!);
        _disk.Fill();
        await TryCommitAsync("s:1");
        _backend.Queue.Settle(done, new ProcessResult.Done()).ShouldBeTrue();
        _backend.Queue.Settle(dead, new ProcessResult.Poison("unreadable", "")).ShouldBeTrue();
        await TryCommitAsync("s:1");

        _disk.Free();
        await UntilHealthyAsync();
        await _backend.CommitAsync(Folder.Upsert("s:1"));

        using var again = Folder.Open(_folder.Copy());
        again.Queue.Status.Depth.ShouldBe(0);
        again.Queue.DeadLetters().ShouldHaveSingleItem().Reason.ShouldBe("unreadable");
    }

    [Fact]
    public async Task Receive_DuringAFault_HandsNothingOutAndCountsNoDelivery()
    {
        await _backend.SendAsync(Folder.Message("m"));
        _disk.Fill();
        await TryCommitAsync("s:2");

        _backend.Queue.TryReceive().ShouldBeNull();

        _disk.Free();
        await UntilHealthyAsync();
        _backend.Queue.TryReceive()!.DeliveryCount.ShouldBe(1);
    }

    [Fact]
    public async Task Commit_FileMayGrowNoMore_IsRefusedBySqliteItselfAndTakenAgainLater()
    {
        await _backend.CommitAsync(Folder.Upsert("s:0"));
        _backend.Dispose();
        _backend = Folder.Open(_folder, _options, _time);
        await _backend.LimitAsync(pages: 40);
        var (taken, refused) = (0, default(CommitResult));
        var large = Folder.Upsert("large", $"\"text\":\"{new string('x', 4000)}\"") as DocumentOperation.Upsert;
        while (refused is null && taken < 1000)
        {
            var result = await _backend.Store.CommitAsync(Folder.Section, [large! with { Id = $"l:{taken}" }], Folder.Cancel);
            (refused, taken) = result is CommitResult.Committed ? (null, taken + 1) : (result, taken);
        }

        refused.ShouldBeOfType<CommitResult.Unavailable>().ShouldSatisfyAllConditions(
            fault => fault.OutcomeUnknown.ShouldBeFalse(), fault => fault.Detail.ShouldContain("disk is full"));
        await _backend.LimitAsync(pages: 100_000);
        await UntilHealthyAsync();
        await _backend.CommitAsync(large! with { Id = "last" });
        (await _backend.CountAsync()).ShouldBe(taken + 2);
    }

    [Fact]
    public async Task Commit_DiskTakesTooLong_IsUnknownAndLaterThere()
    {
        await _backend.CommitAsync(Folder.Upsert("s:0"));
        _disk.Stop();
        var (commit, behind) = (TryCommitAsync("s:1"), default(Task<CommitResult>)!);
        await _disk.Reached;
        behind = _backend.Store.CommitAsync(Folder.Section, [Folder.Upsert("s:2")], Folder.Cancel);
        var read = _backend.Store.ReadAsync(Folder.Section, "s:0", Folder.Cancel);

        _time.Advance(_options.DurabilityTimeout);

        (await commit).OutcomeUnknown.ShouldBeTrue();
        (await behind).ShouldBeOfType<CommitResult.Unavailable>().OutcomeUnknown.ShouldBeFalse();
        await Should.ThrowAsync<StoreUnavailableException>(() => read);
        _disk.GoOn();
        await UntilHealthyAsync();
        (await _backend.DocumentsAsync()).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Commit_WriteStalls_WhatIsNewIsRefusedAtOnceAndTakenAgainAfterwards()
    {
        await _backend.CommitAsync(Folder.Upsert("s:0"));
        _disk.Stop();
        var first = _backend.Queue.SendAsync([Folder.Message("m1")], Folder.Cancel);
        await _disk.Reached;
        _time.Advance(_options.StalledAfter + TimeSpan.FromMilliseconds(1));

        // None of these waits: the disk stands still, and so does the clock.
        (await _backend.Store.CommitAsync(Folder.Section, [Folder.Upsert("s:1")], Folder.Cancel)).ShouldBeOfType<CommitResult.Throttled>()
            .RetryAfter.ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
        (await _backend.Queue.SendAsync([Folder.Message("m2")], Folder.Cancel)).ShouldBeOfType<SendResult.Unavailable>();
        await Should.ThrowAsync<StoreUnavailableException>(() => _backend.Queue.CheckAsync(Folder.Cancel));
        await Should.ThrowAsync<StoreUnavailableException>(() => _backend.WaitingRoom.CheckAsync(Folder.Cancel));
        await Should.ThrowAsync<StoreUnavailableException>(() => _backend.Store.CheckAsync(Folder.Cancel));
        _backend.Queue.TryReceive().ShouldBeNull();
        (await _backend.Store.ReadAsync(Folder.Section, "s:0", Folder.Cancel)).ShouldNotBeNull();
        first.IsCompleted.ShouldBeFalse();

        _disk.GoOn();
        (await first).ShouldBeOfType<SendResult.Accepted>();
        await UntilHealthyAsync();
        await _backend.CommitAsync(Folder.Upsert("s:1"));
        _backend.Queue.TryReceive()!.Message.MessageId.ShouldBe("m1");
    }

    private async Task<CommitResult.Unavailable> TryCommitAsync(string id) =>
        (await _backend.Store.CommitAsync(Folder.Section, [Folder.Upsert(id)], Folder.Cancel)).ShouldBeOfType<CommitResult.Unavailable>();

    private async Task UntilHealthyAsync()
    {
        for (var i = 0; i < 10_000 && _backend.Queue.IsHeldUp; i++)
        {
            await Task.Delay(1, Folder.Cancel);
        }

        await _backend.Store.CheckAsync(Folder.Cancel);
    }
}
