using Concert.Booking.Ports;
using Concert.Embedded.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests.Storage;

public sealed class RecoveredDocumentsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_AfterARestart_HasETagsDueAndTypesAgain(bool isClean)
    {
        using var files = new DataDirectory();
        var backend = Folder.Open(files);
        await backend.CommitAsync(
            Folder.Upsert("r:1", "\"type\":\"reservation\",\"status\":\"HELD\",\"due\":5"), Folder.Upsert("r:2", "\"type\":\"seat\""));
        await backend.CommitAsync(Folder.Upsert("r:3", "\"status\":\"SOLD\",\"due\":5"), new DocumentOperation.Delete("r:2"));
        var etag = (await backend.Store.ReadAsync(Folder.Section, "r:1", Folder.Cancel))!.ETag;
        var left = isClean ? files : files.Copy();
        backend.Dispose();

        using var again = Folder.Open(left);

        var store = again.Store;
        var due = await store.QueryDueAsync(DocumentContainer.Bookings, ["HELD"], DateTimeOffset.UnixEpoch.AddDays(1), 10, Folder.Cancel);
        due.ShouldHaveSingleItem().Document.Id.ShouldBe("r:1");
        (await store.ScanAsync(DocumentContainer.Bookings, "r:1", null, 10, Folder.Cancel)).Items.ShouldHaveSingleItem();
        (await store.ScanAsync(DocumentContainer.Bookings, "r:2", null, 10, Folder.Cancel)).Items.ShouldBeEmpty();
        (await store.CommitAsync(Folder.Section, [new DocumentOperation.Replace("r:1", Folder.Json("{}"), etag)], Folder.Cancel))
            .ShouldBeOfType<CommitResult.Committed>().ETags[0].ShouldNotBe(etag);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_TimeToLiveRanOutMeanwhile_IsGone(bool isClean)
    {
        using var files = new DataDirectory();
        var time = new FakeTimeProvider(Folder.Start);
        var backend = Folder.Open(files, time: time);
        await backend.CommitAsync(Folder.Upsert("short", "\"ttl\":10"), Folder.Upsert("long", "\"ttl\":100"));
        var left = isClean ? files : files.Copy();
        backend.Dispose();
        time.Advance(TimeSpan.FromSeconds(50));

        using var again = Folder.Open(left, time: time);

        (await again.DocumentsAsync()).ShouldHaveSingleItem().ShouldContain("long");
        time.Advance(TimeSpan.FromSeconds(50));
        (await again.DocumentsAsync()).ShouldBeEmpty();
        await again.CommitAsync(Folder.Upsert("other"));
        (await again.CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Create_ManyExpiredAtOnce_AllIdsAreFreeAgain()
    {
        var time = new FakeTimeProvider(Folder.Start);
        using var backend = Folder.Open(null, time: time);
        var json = Folder.Json("""{"ttl":10}""");
        DocumentOperation[] creations = [.. Enumerable.Range(0, 50).Select(i => new DocumentOperation.Create($"i:{i}", json))];
        await backend.CommitAsync(creations);
        time.Advance(TimeSpan.FromSeconds(10));

        await backend.CommitAsync(creations);

        (await backend.DocumentsAsync()).Length.ShouldBe(50);
        (await backend.CountAsync()).ShouldBe(50);
    }

    [Fact]
    public async Task Commit_DeletedAndMadeAgainAfterRestarts_NeverHasAnOldETag()
    {
        using var files = new DataDirectory();
        var etags = new List<string>();
        for (var run = 0; run < 3; run++)
        {
            using var backend = Folder.Open(files, time: new FakeTimeProvider(Folder.Start));
            await backend.CommitAsync(Folder.Upsert("s:1"));
            etags.Add((await backend.Store.ReadAsync(Folder.Section, "s:1", Folder.Cancel))!.ETag);
            await backend.CommitAsync(new DocumentOperation.Delete("s:1"));
        }

        etags.ShouldBeUnique();
    }

    [Fact]
    public async Task Scan_ContinuationFromBeforeARestart_GoesOnBehindIt()
    {
        using var files = new DataDirectory();
        var backend = Folder.Open(files);
        for (var user = 0; user < 5; user++)
        {
            var partition = new PartitionRef(DocumentContainer.Wallets, $"user-{user}");
            await backend.Store.CommitAsync(partition, [Folder.Upsert("xa", "\"n\":1"), Folder.Upsert("xb", "\"n\":1"), Folder.Upsert("y", "\"n\":1")], Folder.Cancel);
        }

        await backend.Store.CommitAsync(
            new PartitionRef(DocumentContainer.Wallets, "user-0"),
            [new DocumentOperation.Delete("xa"), new DocumentOperation.Delete("xb")], Folder.Cancel);
        var first = await backend.Store.ScanAsync(DocumentContainer.Wallets, "x", null, 3, Folder.Cancel);
        backend.Dispose();

        using var again = Folder.Open(files);
        var second = await again.Store.ScanAsync(DocumentContainer.Wallets, "x", first.Continuation, 10, Folder.Cancel);

        first.Items.Concat(second.Items).Select(found => $"{found.Partition.Key}/{found.Document.Id}")
            .ShouldBe(["user-1/xa", "user-1/xb", "user-2/xa", "user-2/xb", "user-3/xa", "user-3/xb", "user-4/xa", "user-4/xb"]);
        second.Continuation.ShouldBeNull();
    }
}
