using Concert.Booking.Ports;
using Concert.Embedded.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests.Storage;

public sealed class StoreConcurrencyTests
{
    [Fact]
    public async Task Increment_ManyThreadsOnOneDocument_IsExactAlsoAfterARestart()
    {
        const int Writers = 32, Each = 100;
        using var files = new DataDirectory();
        using var backend = Folder.Open(files);
        await backend.CommitAsync(Folder.Upsert("counters", $"\"left\":{Writers * Each / 2},\"sold\":0"));

        var sold = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var committed = 0;
            for (var i = 0; i < Each; i++)
            {
                var result = await backend.Store.CommitAsync(Folder.Section,
                [
                    new DocumentOperation.Increment("counters", [new("left", -1, Min: 0), new("sold", 1)]),
                    new DocumentOperation.Create($"r:{writer}-{i}", Folder.Json("{}")),
                ], Folder.Cancel);
                committed += result is CommitResult.Committed ? 1 : 0;
            }

            return committed;
        })));

        sold.Sum().ShouldBe(Writers * Each / 2);
        using var again = Folder.Open(files.Copy());
        (await again.DocumentsAsync())[0].ShouldBe($$"""{"id":"counters","left":0,"sold":{{Writers * Each / 2}}}""");
        (await again.CountAsync()).ShouldBe(1 + (Writers * Each / 2));
    }

    [Fact]
    public async Task Replace_ManyThreadsWithETags_EveryOneCountsOnce()
    {
        using var files = new DataDirectory();
        using var backend = Folder.Open(files);
        await backend.CommitAsync(Folder.Upsert("wallet", "\"n\":0"));

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < 25;)
            {
                var read = await backend.Store.ReadAsync(Folder.Section, "wallet", Folder.Cancel);
                var n = System.Text.Json.JsonDocument.Parse(read!.Json).RootElement.GetProperty("n").GetInt64();
                var result = await backend.Store.CommitAsync(
                    Folder.Section, [new DocumentOperation.Replace("wallet", Folder.Json($"{{\"n\":{n + 1}}}"), read.ETag)], Folder.Cancel);
                done += result is CommitResult.Committed ? 1 : 0;
            }
        })));

        (await backend.DocumentsAsync()).ShouldBe(["""{"n":400}"""]);
    }

    [Fact]
    public async Task Commit_ManyWaitForOneCommit_ShareTheNext()
    {
        using var files = new DataDirectory();
        using var disk = new Disk();
        using var backend = Folder.Open(files, disk: disk);
        disk.Stop();
        var first = backend.CommitAsync(Folder.Upsert("first"));
        await disk.Reached;

        var rest = Enumerable.Range(0, 500).Select(i => backend.CommitAsync(Folder.Upsert($"s:{i}"))).ToArray();
        disk.GoOn();
        await first;
        await Task.WhenAll(rest);

        disk.Commits.ShouldBe(2);
    }
}
