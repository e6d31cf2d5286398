using Concert.Embedded.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests.Journaling;

public sealed class TornTailTests
{
    [Fact]
    public async Task Open_CutAtEveryByte_RecoversExactlyWhatWasAcknowledgedBefore()
    {
        var journal = await SmallJournal.WriteAsync();
        for (var length = 0; length <= journal.Bytes.Length; length++)
        {
            var files = journal.With(journal.Bytes[..length]);
            using var backend = Folder.Open(files);

            (await SmallJournal.TextAsync(backend)).ShouldBe(journal.Steps.Last(step => step.Length <= length).State, $"cut at byte {length}");
        }
    }

    [Fact]
    public async Task Open_CutAtEveryByte_GoesOnAndTheNextStartHasBothParts()
    {
        var journal = await SmallJournal.WriteAsync();
        for (var length = 0; length <= journal.Bytes.Length; length += 7)
        {
            var files = journal.With(journal.Bytes[..length]);
            string before;
            using (var backend = Folder.Open(files))
            {
                await backend.CommitAsync(Folder.Upsert("z:new"));
                before = await SmallJournal.TextAsync(backend);
                files = files.CopySynced();
            }

            using var again = Folder.Open(files);
            (await SmallJournal.TextAsync(again)).ShouldBe(before, $"cut at byte {length}");
            before.ShouldContain("z:new");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0xAA)]
    public async Task Open_LastBlockIsGarbageOfItsLength_CutsItOff(byte filler)
    {
        var journal = await SmallJournal.WriteAsync();
        var last = journal.Steps[^2];
        var bytes = journal.Bytes.ToArray();
        bytes.AsSpan(last.Length).Fill(filler);

        using var backend = Folder.Open(journal.With(bytes));

        (await SmallJournal.TextAsync(backend)).ShouldBe(last.State);
    }

    [Fact]
    public async Task Open_TornTail_LogsHowMuchIsRemoved()
    {
        var journal = await SmallJournal.WriteAsync();
        var end = journal.Steps[^2].Length;
        var log = new ListLogger();

        var files = journal.With(journal.Bytes[..(end + 11)]);

        using var backend = Folder.Open(files, logger: log);

        files[journal.Segment].Length.ShouldBe(end);
        log.Lines.ShouldContain(line => line.Contains("11 bytes") && line.Contains($"byte {end}") && line.Contains(journal.Segment));
    }
}
