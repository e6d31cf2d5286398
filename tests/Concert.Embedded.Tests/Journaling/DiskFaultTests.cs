using Concert.Booking.Messaging;
using Concert.Booking.Storage;
using Concert.Embedded.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests.Journaling;

public sealed class DiskFaultTests
{
    private static readonly EmbeddedOptions Options = new() { RetryWriteAfter = TimeSpan.FromMilliseconds(1) };

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(30)]
    public async Task Commit_DiskFull_IsUnknownThenRefusedAndReadsOfTheRestWork(int bytesBeforeFull)
    {
        var files = new MemoryFiles();
        using var backend = Folder.Open(files, Options);
        await backend.CommitAsync(Folder.Upsert("s:1"));
        files.BytesWrittenBeforeFull = (_, length) => Math.Min(length, bytesBeforeFull);

        (await TryCommitAsync(backend, "s:2")).OutcomeUnknown.ShouldBeTrue();

        (await TryCommitAsync(backend, "s:3")).OutcomeUnknown.ShouldBeFalse();
        (await backend.Queue.SendAsync([Folder.Message("m")], Folder.Cancel)).ShouldBeOfType<SendResult.Unavailable>();
        await Should.ThrowAsync<StoreUnavailableException>(() => backend.Store.CheckAsync(Folder.Cancel));
        await Should.ThrowAsync<StoreUnavailableException>(() => backend.Queue.CheckAsync(Folder.Cancel));
        (await backend.Store.ReadAsync(Folder.Section, "s:1", Folder.Cancel)).ShouldNotBeNull();
        await Should.ThrowAsync<StoreUnavailableException>(() => backend.Store.ReadAsync(Folder.Section, "s:2", Folder.Cancel));
    }

    [Fact]
    public async Task Commit_SpaceReturns_GoesOnWithWhatWasUnknownAndLosesNothing()
    {
        var files = new MemoryFiles();
        using var backend = Folder.Open(files, Options);
        await backend.CommitAsync(Folder.Upsert("s:1"));
        var good = files[files.Single("journal-")];
        files.BytesWrittenBeforeFull = (_, length) => length / 2;
        await TryCommitAsync(backend, "s:2");
        files.BytesWrittenBeforeFull = (_, _) => 0;
        await UntilAsync(() => files[files.Single("journal-")].Length == good.Length);

        files.BytesWrittenBeforeFull = null;
        await UntilHealthyAsync(backend);
        await backend.CommitAsync(Folder.Upsert("s:4"));

        string[] expected = ["""{"id":"s:1","n":0}""", """{"id":"s:2","n":0}""", """{"id":"s:4","n":0}"""];
        (await backend.DocumentsAsync()).ShouldBe(expected);
        using var again = Folder.Open(files.CopySynced());
        (await again.DocumentsAsync()).ShouldBe(expected);
    }

    [Fact]
    public async Task Commit_SyncFails_NothingIsAcceptedAnyMoreAndTheSyncIsNotRepeated()
    {
        var files = new MemoryFiles();
        using var backend = Folder.Open(files, Options);
        await backend.CommitAsync(Folder.Upsert("s:1"));
        var syncs = 0;
        files.OnSync = _ =>
        {
            syncs++;
            throw new IOException("Input/output error");
        };

        (await TryCommitAsync(backend, "s:2")).OutcomeUnknown.ShouldBeTrue();
        files.OnSync = _ => syncs++;

        (await TryCommitAsync(backend, "s:3")).OutcomeUnknown.ShouldBeFalse();
        (await backend.Queue.SendAsync([Folder.Message("m")], Folder.Cancel)).ShouldBeOfType<SendResult.Unavailable>();
        backend.Dispose();
        syncs.ShouldBe(1);
        files.List().ShouldHaveSingleItem().ShouldStartWith("journal-");
    }

    [Fact]
    public async Task Receive_DuringAFault_HandsNothingOutAndCountsNoDelivery()
    {
        var files = new MemoryFiles();
        using var backend = Folder.Open(files, Options);
        await backend.SendAsync(Folder.Message("m"));
        files.BytesWrittenBeforeFull = (_, _) => 0;
        await TryCommitAsync(backend, "s:2");

        backend.Queue.TryReceive().ShouldBeNull();

        files.BytesWrittenBeforeFull = null;
        await UntilHealthyAsync(backend);
        backend.Queue.TryReceive()!.DeliveryCount.ShouldBe(1);
    }

    [Fact]
    public async Task Reads_ChangeIsNotOnDiskYet_WaitForIt()
    {
        var files = new MemoryFiles();
        using var backend = Folder.Open(files, Options);
        await backend.CommitAsync(Folder.Upsert("s:1", "\"status\":\"HELD\",\"due\":1,\"type\":\"seat\""), Folder.Upsert("other"));
        using var sync = new BlockedSync(files);
        var commit = backend.Store.CommitAsync(
            Folder.Section,
            [new DocumentOperation.Delete("s:1"), Folder.Upsert("s:2", "\"status\":\"HELD\",\"due\":1,\"type\":\"seat\"")],
            Folder.Cancel);
        await sync.Started;

        Task[] waiting =
        [
            backend.Store.ReadAsync(Folder.Section, "s:1", Folder.Cancel),
            backend.Store.ReadAsync(Folder.Section, "s:2", Folder.Cancel),
            backend.Store.ReadManyAsync(Folder.Section, ["other", "s:2"], Folder.Cancel),
            backend.Store.QueryAsync(Folder.Section, new PartitionQuery("s:", Statuses: ["SOLD"]), Folder.Cancel),
            backend.Store.QueryDueAsync(DocumentContainer.Bookings, ["HELD"], DateTimeOffset.UnixEpoch.AddDays(1), 10, Folder.Cancel),
            backend.Store.ScanAsync(DocumentContainer.Bookings, "seat", null, 10, Folder.Cancel),
            backend.Store.CommitAsync(Folder.Section, [new DocumentOperation.Create("s:2", Folder.Json("{}"))], Folder.Cancel),
            commit,
        ];

        waiting.ShouldAllBe(task => !task.IsCompleted);
        (await backend.Store.ReadAsync(Folder.Section, "other", Folder.Cancel)).ShouldNotBeNull();
        sync.Release();
        await Task.WhenAll(waiting);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reads_DeletionIsNotOnDiskYet_WaitForIt(bool isLastOfThePartition)
    {
        var files = new MemoryFiles();
        using var backend = Folder.Open(files, Options);
        await backend.CommitAsync(isLastOfThePartition ? [Folder.Upsert("s:1", "\"type\":\"seat\"")] : [Folder.Upsert("s:1"), Folder.Upsert("t")]);
        using var sync = new BlockedSync(files);
        var deletion = backend.Store.CommitAsync(Folder.Section, [new DocumentOperation.Delete("s:1")], Folder.Cancel);
        await sync.Started;

        Task[] waiting =
        [
            backend.Store.ReadAsync(Folder.Section, "s:1", Folder.Cancel),
            backend.Store.ReadManyAsync(Folder.Section, ["s:1"], Folder.Cancel),
            backend.Store.QueryAsync(Folder.Section, new PartitionQuery("s:"), Folder.Cancel),
            backend.Store.CommitAsync(Folder.Section, [new DocumentOperation.Increment("s:1", [new("n", 1)])], Folder.Cancel),
            .. isLastOfThePartition ? (Task[])[backend.Store.ScanAsync(DocumentContainer.Bookings, "seat", null, 10, Folder.Cancel)] : [],
            deletion,
        ];

        waiting.ShouldAllBe(task => !task.IsCompleted);
        sync.Release();
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task Commit_DiskTakesTooLong_IsUnknownAndLaterThere()
    {
        var (files, time) = (new MemoryFiles(), new ManualTime());
        using var backend = Folder.Open(files, Options, time);
        using var sync = new BlockedSync(files);
        var commit = TryCommitAsync(backend, "s:1");
        await sync.Started;

        time.Advance(Options.DurabilityTimeout);

        (await commit).OutcomeUnknown.ShouldBeTrue();
        await Should.ThrowAsync<StoreUnavailableException>(backend.DocumentsAsync);
        sync.Release();
        await UntilHealthyAsync(backend);
        (await backend.DocumentsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Commit_WriteStalls_WhatIsNewIsRefusedAtOnceAndTakenAgainAfterwards()
    {
        var (files, time) = (new MemoryFiles(), new ManualTime());
        using var backend = Folder.Open(files, Options, time);
        await backend.CommitAsync(Folder.Upsert("s:0"));
        using var sync = new BlockedSync(files);
        var first = backend.Queue.SendAsync([Folder.Message("m1")], Folder.Cancel);
        await sync.Started;
        time.Advance(Options.StalledAfter + TimeSpan.FromMilliseconds(1));

        // None of these waits: the disk stands still, and so does the clock.
        (await backend.Store.CommitAsync(Folder.Section, [Folder.Upsert("s:1")], Folder.Cancel)).ShouldBeOfType<CommitResult.Throttled>()
            .RetryAfter.ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
        (await backend.Queue.SendAsync([Folder.Message("m2")], Folder.Cancel)).ShouldBeOfType<SendResult.Unavailable>();
        await Should.ThrowAsync<StoreUnavailableException>(() => backend.Queue.CheckAsync(Folder.Cancel));
        backend.Queue.TryReceive().ShouldBeNull();
        (await backend.Store.ReadAsync(Folder.Section, "s:0", Folder.Cancel)).ShouldNotBeNull();
        first.IsCompleted.ShouldBeFalse();

        sync.Release();
        (await first).ShouldBeOfType<SendResult.Accepted>();
        await UntilHealthyAsync(backend);
        await backend.CommitAsync(Folder.Upsert("s:1"));
        backend.Queue.TryReceive()!.Message.MessageId.ShouldBe("m1");
    }

    private static async Task<CommitResult.Unavailable> TryCommitAsync(EmbeddedBackend backend, string id) =>
        (await backend.Store.CommitAsync(Folder.Section, [Folder.Upsert(id)], Folder.Cancel)).ShouldBeOfType<CommitResult.Unavailable>();

    private static async Task UntilHealthyAsync(EmbeddedBackend backend)
    {
        await UntilAsync(() => !backend.Queue.IsHeldUp);
        await backend.Store.CheckAsync(Folder.Cancel);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 10_000 && !condition(); i++)
        {
            await Task.Delay(1, Folder.Cancel);
        }

        condition().ShouldBeTrue();
    }
}
