using Concert.Booking.Storage;
using Concert.Embedded.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests.Journaling;

public sealed class CompactionTests
{
    private static readonly EmbeddedOptions Small = new() { CompactAtBytes = 4000 };

    [Fact]
    public async Task Dispose_Clean_LeavesOneSnapshotThatHoldsEverything()
    {
        var files = new MemoryFiles();
        string before;
        using (var backend = Folder.Open(files))
        {
            await FillAsync(backend);
            before = await SmallJournal.TextAsync(backend);
        }

        files.List().ShouldHaveSingleItem().ShouldStartWith("snapshot-");
        using var again = Folder.Open(files);
        (await SmallJournal.TextAsync(again)).ShouldBe(before);
    }

    [Fact]
    public async Task Dispose_NothingNewSinceTheSnapshot_WritesNone()
    {
        var files = new MemoryFiles();
        using (var backend = Folder.Open(files))
        {
            await FillAsync(backend);
        }

        var written = files[files.Single("snapshot-")];
        files.OnOpen = name => name.ShouldNotBe("snapshot.tmp");
        Folder.Open(files).Dispose();
        files[files.Single("snapshot-")].ShouldBe(written);
    }

    [Fact]
    public async Task Commits_WhileSnapshotsAreWritten_EveryCopyRecoversAllThatWasAcknowledged()
    {
        var files = new MemoryFiles();
        using var backend = Folder.Open(files, Small);
        for (var i = 0; i < 300; i++)
        {
            await backend.CommitAsync(Folder.Upsert($"s:{i % 40:00}", $"\"n\":{i}"), Folder.Upsert("last", $"\"n\":{i}"));
            if (i % 10 == 0)
            {
                var before = await SmallJournal.TextAsync(backend);
                using var copy = Folder.Open(files.CopySynced(), Small);
                (await SmallJournal.TextAsync(copy)).ShouldBe(before, $"after commit {i}");
            }
        }

        files.List().ShouldContain(name => name.StartsWith("snapshot-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Commits_BigSnapshotInTheWay_GoOnMeanwhile()
    {
        var files = new MemoryFiles();
        using var backend = Folder.Open(files, Small);
        using var sync = new BlockedSync(files, "snapshot.tmp");
        for (var i = 0; !sync.Started.IsCompleted; i++)
        {
            await backend.CommitAsync(Folder.Upsert($"s:{i}"));
        }

        await backend.CommitAsync(Folder.Upsert("meanwhile"));

        using (var copy = Folder.Open(files.CopySynced(), Small))
        {
            (await copy.DocumentsAsync()).ShouldBe(await backend.DocumentsAsync());
        }

        sync.Release();
    }

    [Fact]
    public async Task Commits_SnapshotCannotBeWritten_GoOnAndTheJournalStaysWhole()
    {
        var files = new MemoryFiles { BytesWrittenBeforeFull = (name, _) => name == "snapshot.tmp" ? 0 : null };
        using var backend = Folder.Open(files, Small);
        for (var i = 0; i < 200; i++)
        {
            await backend.CommitAsync(Folder.Upsert($"s:{i:000}"));
        }

        using var copy = Folder.Open(files.CopySynced(), Small);
        (await copy.DocumentsAsync()).Length.ShouldBe(200);
        files.List().ShouldNotContain(name => name.StartsWith("snapshot-", StringComparison.Ordinal));
        backend.Dispose();
        files.List().ShouldAllBe(name => name.StartsWith("journal-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Commits_NoNewSegmentCanBeMade_GoOnInTheOldOne()
    {
        var files = new MemoryFiles();
        using var backend = Folder.Open(files, Small);
        files.OnOpen = _ => throw new IOException("No space left on device");
        for (var i = 0; i < 200; i++)
        {
            await backend.CommitAsync(Folder.Upsert($"s:{i:000}"));
        }

        files.OnOpen = null;
        using var copy = Folder.Open(files.CopySynced(), Small);
        (await copy.DocumentsAsync()).Length.ShouldBe(200);
    }

    [Fact]
    public async Task Open_CrashBetweenSnapshotAndRemovalOfSegments_UsesTheSnapshotOnce()
    {
        var files = new MemoryFiles();
        var before = new MemoryFiles();
        using (var backend = Folder.Open(files))
        {
            await FillAsync(backend);
            await backend.CommitAsync(new DocumentOperation.Increment("counters", [new FieldIncrement("n", 5)]));
            before = files.Copy();
        }

        files[before.Single("journal-")] = before[before.Single("journal-")];

        using var again = Folder.Open(files);
        (await again.DocumentsAsync())[0].ShouldBe("""{"id":"counters","n":5}""");
        await again.CommitAsync(Folder.Upsert("z"));
        using var third = Folder.Open(files.Copy());
        (await third.DocumentsAsync()).ShouldBe(await again.DocumentsAsync());
    }

    [Fact]
    public async Task Open_HalfWrittenSnapshot_IsIgnoredAndRemoved()
    {
        var journal = await SmallJournal.WriteAsync();
        var files = journal.With(journal.Bytes);
        files["snapshot.tmp"] = [1, 2, 3];

        using var backend = Folder.Open(files);

        (await SmallJournal.TextAsync(backend)).ShouldBe(journal.Steps[^1].State);
        files.List().ShouldNotContain("snapshot.tmp");
    }

    private static async Task FillAsync(EmbeddedBackend backend)
    {
        await backend.CommitAsync(Folder.Upsert("counters", "\"n\":0"), Folder.Upsert("s:1", "\"status\":\"HELD\",\"due\":5"));
        await backend.SendAsync(Folder.Message("m1"), Folder.Message("m2"), Folder.Message("m3", "t"));
        backend.Queue.Complete(backend.Queue.TryReceive()!);
    }
}
