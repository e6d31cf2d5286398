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
        files.BytesWrittenBeforeFull = (_, length) => length / 2;
        await TryCommitAsync(backend, "s:2");
        using (var copy = Folder.Open(files.Copy()))
        {
            (await copy.DocumentsAsync()).Length.ShouldBe(1);
        }

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
        var (files, syncing, goOn) = (new MemoryFiles(), new TaskCompletionSource(), new TaskCompletionSource());
        using var backend = Folder.Open(files, Options);
        await backend.CommitAsync(Folder.Upsert("s:1", "\"status\":\"HELD\",\"due\":1,\"type\":\"seat\""), Folder.Upsert("other"));
        files.OnSync = _ =>
        {
            syncing.TrySetResult();
            goOn.Task.Wait(Folder.Cancel);
        };
        var commit = backend.Store.CommitAsync(
            Folder.Section,
            [new DocumentOperation.Delete("s:1"), Folder.Upsert("s:2", "\"status\":\"HELD\",\"due\":1,\"type\":\"seat\"")],
            Folder.Cancel);
        await syncing.Task;

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
        goOn.SetResult();
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task Commit_DiskTakesTooLong_IsUnknownAndLaterThere()
    {
        var (files, syncing, goOn, time) = (new MemoryFiles(), new TaskCompletionSource(), new TaskCompletionSource(), new ManualTime());
        using var backend = Folder.Open(files, Options, time);
        files.OnSync = _ =>
        {
            syncing.TrySetResult();
            goOn.Task.Wait(Folder.Cancel);
        };
        var commit = TryCommitAsync(backend, "s:1");
        await syncing.Task;

        time.Advance(Options.DurabilityTimeout);

        (await commit).OutcomeUnknown.ShouldBeTrue();
        goOn.SetResult();
        (await backend.DocumentsAsync()).ShouldHaveSingleItem();
    }

    private static async Task<CommitResult.Unavailable> TryCommitAsync(EmbeddedBackend backend, string id) =>
        (await backend.Store.CommitAsync(Folder.Section, [Folder.Upsert(id)], Folder.Cancel)).ShouldBeOfType<CommitResult.Unavailable>();

    private static async Task UntilHealthyAsync(EmbeddedBackend backend)
    {
        for (var i = 0; i < 10_000 && backend.Queue.IsFaulted; i++)
        {
            await Task.Delay(1, Folder.Cancel);
        }

        await backend.Store.CheckAsync(Folder.Cancel);
    }
}
