using Concert.Embedded.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests.Journaling;

public sealed class DamageTests
{
    [Fact]
    public async Task Open_AnyBitFlippedBeforeTheLastBlock_IsRefusedNamingFileAndOffset()
    {
        var journal = await SmallJournal.WriteAsync();
        var blocks = journal.Steps.Select(step => step.Length).ToArray();
        for (var at = 0; at < blocks[^2]; at++)
        {
            var bytes = journal.Bytes.ToArray();
            bytes[at] ^= (byte)(1 << (at % 8));

            var refused = Should.Throw<JournalCorruptException>(() => Folder.Open(journal.With(bytes)), $"flip in byte {at}");

            refused.File.ShouldBe(journal.Segment);
            refused.Offset.ShouldBe(blocks.Last(start => start <= at));
            refused.Message.ShouldContain($"{journal.Segment} at byte {refused.Offset}");
        }
    }

    [Fact]
    public async Task Open_AnyBitFlippedInTheLastBlock_IsTakenForTornAndNeverAccepted()
    {
        var journal = await SmallJournal.WriteAsync();
        var (start, before) = journal.Steps[^2];
        for (var at = start; at < journal.Bytes.Length; at++)
        {
            var bytes = journal.Bytes.ToArray();
            bytes[at] ^= (byte)(1 << (at % 8));

            using var backend = Folder.Open(journal.With(bytes));

            (await SmallJournal.TextAsync(backend)).ShouldBe(before, $"flip in byte {at}");
        }
    }

    [Fact]
    public async Task Open_BlockMissingInTheMiddle_IsRefused()
    {
        var journal = await SmallJournal.WriteAsync();
        var (from, to) = (journal.Steps[2].Length, journal.Steps[3].Length);

        var refused = Should.Throw<JournalCorruptException>(() => Folder.Open(journal.With([.. journal.Bytes[..from], .. journal.Bytes[to..]])));

        refused.Offset.ShouldBe(from);
    }

    [Fact]
    public async Task Open_BlockTwice_IsRefused()
    {
        var journal = await SmallJournal.WriteAsync();

        Should.Throw<JournalCorruptException>(() => Folder.Open(journal.With([.. journal.Bytes, .. journal.Bytes[journal.Steps[^2].Length..]])));
    }

    [Fact]
    public async Task Open_FirstSegmentMissing_IsRefused()
    {
        var journal = await SmallJournal.WriteAsync();
        var files = new MemoryFiles { ["journal-0000000000000000007.log"] = journal.Bytes };

        Should.Throw<JournalCorruptException>(() => Folder.Open(files)).Message.ShouldContain("records from 1 on are missing");
    }

    [Fact]
    public async Task Open_SegmentThatIsNotTheLastIsTorn_IsRefused()
    {
        var journal = await SmallJournal.WriteAsync();
        var files = journal.With(journal.Bytes[..^3]);
        files["journal-0000000000000000008.log"] = [];

        Should.Throw<JournalCorruptException>(() => Folder.Open(files)).Message.ShouldContain("later segments exist");
    }

    [Fact]
    public async Task Open_AnyByteOfTheSnapshotChangedOrCut_IsRefused()
    {
        var files = await SnapshotAsync();
        var name = files.Single("snapshot-");
        var whole = files[name];
        for (var at = 0; at < whole.Length; at++)
        {
            var bytes = whole.ToArray();
            bytes[at] ^= (byte)(1 << (at % 8));
            files[name] = bytes;
            Should.Throw<JournalCorruptException>(() => Folder.Open(files), $"flip in byte {at}").Message.ShouldContain(name);

            files[name] = whole[..at];
            Should.Throw<JournalCorruptException>(() => Folder.Open(files), $"cut at byte {at}").Message.ShouldContain(name);
        }

        files[name] = [.. whole, 0];
        Should.Throw<JournalCorruptException>(() => Folder.Open(files));
    }

    [Fact]
    public async Task Open_SnapshotMissing_IsRefused()
    {
        var files = await SnapshotAsync();
        using (var backend = Folder.Open(files))
        {
            await backend.CommitAsync(Folder.Upsert("s:9"));
            files = files.Copy();
        }

        files.Delete(files.Single("snapshot-"));

        Should.Throw<JournalCorruptException>(() => Folder.Open(files)).Message.ShouldContain("are missing");
    }

    /// <summary>A folder that was closed cleanly.</summary>
    private static async Task<MemoryFiles> SnapshotAsync()
    {
        var files = new MemoryFiles();
        using var backend = Folder.Open(files);
        await backend.CommitAsync(Folder.Upsert("s:1"), Folder.Upsert("s:2"));
        await backend.SendAsync(Folder.Message("m1"));
        return files;
    }
}
