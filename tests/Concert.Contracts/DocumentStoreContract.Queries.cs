using Concert.Booking.Ports;
using Shouldly;

namespace Concert.Contracts;

public abstract partial class DocumentStoreContract
{
    [ContractFact]
    public async Task Query_Prefix_OnlyItsIdsInOrdinalOrder()
    {
        string[] inside = ["s:", "s:1", "s:10", "s:2", "s:A", "s:Z", "s:_", "s:a", "s:z", "s:~"];
        string[] outside = ["S:1", "r:1", "s", "s9", "s;", "t:1", "rs:1"];
        await CommitAsync(Partition(), [.. inside.Concat(outside).OrderDescending(StringComparer.Ordinal).Select(id => Create(id))]);
        await CommitAsync(Partition("2"), Create("s:other"));

        var page = await Store.QueryAsync(Partition(), new PartitionQuery("s:"), Cancel);

        page.Items.Select(document => document.Id).ShouldBe(inside);
        page.Continuation.ShouldBeNull();
        ShouldHold(page.Items[1], Doc("s:1"));
        page.Items[1].ETag.ShouldBe((await ReadAsync(Partition(), "s:1"))!.ETag);
    }

    [ContractFact]
    public async Task Query_PrefixWithPatternCharacters_TakenLiterally()
    {
        await CommitAsync(Partition(), Create("a_b"), Create("axb"), Create("a%"), Create("a'"), Create("a*"));

        (await Store.QueryAsync(Partition(), new PartitionQuery("a_"), Cancel)).Items.ShouldHaveSingleItem().Id.ShouldBe("a_b");
        (await Store.QueryAsync(Partition(), new PartitionQuery("a%"), Cancel)).Items.ShouldHaveSingleItem().Id.ShouldBe("a%");
        (await Store.QueryAsync(Partition(), new PartitionQuery("a'"), Cancel)).Items.ShouldHaveSingleItem().Id.ShouldBe("a'");
    }

    [ContractFact]
    public async Task Query_EmptyPrefix_WholePartition()
    {
        await CommitAsync(Partition(), Create("b"), Create("a"), Create("A"));

        (await Store.QueryAsync(Partition(), new PartitionQuery(""), Cancel)).Items.Select(document => document.Id).ShouldBe(["A", "a", "b"]);
    }

    [ContractFact]
    public async Task Query_NothingThere_EmptyLastPage()
    {
        var page = await Store.QueryAsync(Partition(), new PartitionQuery("s:"), Cancel);

        page.Items.ShouldBeEmpty();
        page.Continuation.ShouldBeNull();
    }

    [ContractFact]
    public async Task Query_Pages_FullAndContinuedByTheLastId()
    {
        await CommitAsync(Partition(), [.. Enumerable.Range(0, 7).Select(i => Create($"s:{i}")), Create("t:0")]);

        var first = await Store.QueryAsync(Partition(), new PartitionQuery("s:", Limit: 3), Cancel);
        var second = await Store.QueryAsync(Partition(), new PartitionQuery("s:", first.Continuation, 3), Cancel);
        var third = await Store.QueryAsync(Partition(), new PartitionQuery("s:", second.Continuation, 3), Cancel);

        first.Items.Select(document => document.Id).ShouldBe(["s:0", "s:1", "s:2"]);
        first.Continuation.ShouldBe("s:2");
        second.Items.Select(document => document.Id).ShouldBe(["s:3", "s:4", "s:5"]);
        third.Items.Select(document => document.Id).ShouldBe(["s:6"]);
        third.Continuation.ShouldBeNull();
    }

    [ContractFact]
    public async Task Query_LastPageExactlyFull_HasNoContinuation()
    {
        await CommitAsync(Partition(), Create("s:0"), Create("s:1"));

        var page = await Store.QueryAsync(Partition(), new PartitionQuery("s:", Limit: 2), Cancel);

        page.Items.Count.ShouldBe(2);
        page.Continuation.ShouldBeNull();
    }

    [ContractFact]
    public async Task Query_DocumentOfTheContinuationDeleted_GoesOnBehindIt()
    {
        await CommitAsync(Partition(), [.. Enumerable.Range(0, 4).Select(i => Create($"s:{i}"))]);
        var first = await Store.QueryAsync(Partition(), new PartitionQuery("s:", Limit: 2), Cancel);
        await CommitAsync(Partition(), Delete("s:1"), Create("s:1a"));

        var second = await Store.QueryAsync(Partition(), new PartitionQuery("s:", first.Continuation, 2), Cancel);

        second.Items.Select(document => document.Id).ShouldBe(["s:1a", "s:2"]);
    }

    [ContractFact]
    public async Task Query_Statuses_FilteredPagesStillFull()
    {
        string[] statuses = ["HELD", "SOLD", "AVAILABLE"];
        await CommitAsync(
            Partition(), [.. Enumerable.Range(0, 9).Select(i => Create($"s:{i}", $"\"status\":\"{statuses[i % 3]}\"")), Create("s:9"), Create("s:x", "\"status\":1")]);

        var first = await Store.QueryAsync(Partition(), new PartitionQuery("s:", null, 4, ["HELD", "SOLD"]), Cancel);
        var second = await Store.QueryAsync(Partition(), new PartitionQuery("s:", first.Continuation, 4, ["HELD", "SOLD"]), Cancel);
        var held = await Store.QueryAsync(Partition(), new PartitionQuery("s:", Statuses: ["HELD"]), Cancel);

        first.Items.Select(document => document.Id).ShouldBe(["s:0", "s:1", "s:3", "s:4"]);
        second.Items.Select(document => document.Id).ShouldBe(["s:6", "s:7"]);
        second.Continuation.ShouldBeNull();
        held.Items.Select(document => document.Id).ShouldBe(["s:0", "s:3", "s:6"]);
    }

    [ContractFact]
    public async Task Query_NoPlaceOnThePage_ArgumentException()
    {
        await ThrowsAsync<ArgumentException>(() => Store.QueryAsync(Partition(), new PartitionQuery("s:", Limit: 0), Cancel));
        await ThrowsAsync<ArgumentException>(() => Store.ScanAsync(DocumentContainer.Catalog, Unique("schedule"), null, 0, Cancel));
    }

    [ContractFact]
    public async Task Query_DocumentsAddedBetweenPages_SeenIfBehindTheContinuation()
    {
        await CommitAsync(Partition(), Create("s:1"), Create("s:3"), Create("s:5"));
        var first = await Store.QueryAsync(Partition(), new PartitionQuery("s:", Limit: 2), Cancel);
        await CommitAsync(Partition(), Create("s:0"), Create("s:2"), Create("s:4"));

        var second = await Store.QueryAsync(Partition(), new PartitionQuery("s:", first.Continuation, 2), Cancel);

        second.Items.Select(document => document.Id).ShouldBe(["s:4", "s:5"]);
        second.Continuation.ShouldBeNull();
    }

    [ContractFact]
    public async Task Query_StatusThatNobodyHas_EmptyLastPage()
    {
        await CommitAsync(Partition(), Create("s:0", "\"status\":\"HELD\""));

        (await Store.QueryAsync(Partition(), new PartitionQuery("s:", Statuses: ["SOLD"]), Cancel)).Items.ShouldBeEmpty();
        (await Store.QueryAsync(Partition(), new PartitionQuery("s:", Statuses: []), Cancel)).Items.ShouldBeEmpty();
    }

    [ContractFact]
    public async Task Query_ThousandDocuments_OnePage()
    {
        foreach (var chunk in Enumerable.Range(0, 1000).Chunk(100))
        {
            await CommitAsync(Partition(), [.. chunk.Select(i => Create($"s:{i:0000}"))]);
        }

        var page = await Store.QueryAsync(Partition(), new PartitionQuery("s:"), Cancel);

        page.Items.Select(document => document.Id).ShouldBe(Enumerable.Range(0, 1000).Select(i => $"s:{i:0000}"));
        page.Continuation.ShouldBeNull();
    }

    [ContractFact]
    public async Task QueryDue_SeveralPartitions_OnlyDueOnesOfTheStatuses()
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(1_900_000_000_123);
        var (held, paying, other) = (Unique("HELD"), Unique("PAYING"), Unique("SOLD"));
        string At(string status, long offset) => $"\"status\":\"{status}\",\"due\":{now.ToUnixTimeMilliseconds() + offset}";
        await CommitAsync(Partition("1"), Create("r:1", At(held, 0)), Create("r:2", At(held, 1)), Create("r:3", At(other, 0)));
        await CommitAsync(Partition("2"), Create("r:4", At(paying, -1000)), Create("r:5", $"\"status\":\"{held}\""));
        await CommitAsync(Partition("2", DocumentContainer.Wallets), Create("r:6", At(held, 0)));

        var due = await Store.QueryDueAsync(DocumentContainer.Bookings, [held, paying], now, 100, Cancel);

        due.Select(found => (found.Partition, found.Document.Id)).ShouldBe([(Partition("1"), "r:1"), (Partition("2"), "r:4")], ignoreOrder: true);
        var first = due.Single(found => found.Document.Id == "r:1").Document;
        ShouldHold(first, Doc("r:1", At(held, 0)));
        first.ETag.ShouldBe((await ReadAsync(Partition("1"), "r:1"))!.ETag);
    }

    [ContractFact]
    public async Task QueryDue_ChangedSince_GoneFromTheAnswer()
    {
        var (held, paid) = (Unique("HELD"), Unique("PAID"));
        string Of(string status, long due) => $"\"status\":\"{status}\",\"due\":{due}";
        var etags = await CommitAsync(Partition(), Create("r:1", Of(held, 1)), Create("r:2", Of(held, 1)), Create("r:3", Of(held, 1)), Create("r:4", Of(held, 1)));
        await CommitAsync(
            Partition(), Replace("r:1", etags[0], Of(paid, 1)), Replace("r:2", etags[1], Of(held, 9_000)), Delete("r:3"));

        var due = await Store.QueryDueAsync(DocumentContainer.Bookings, [held], DateTimeOffset.FromUnixTimeMilliseconds(8_999), 10, Cancel);

        due.ShouldHaveSingleItem().Document.Id.ShouldBe("r:4");
    }

    [ContractFact]
    public async Task QueryDue_MoreThanTheLimit_NoMoreThanTheLimit()
    {
        var held = Unique("HELD");
        await CommitAsync(Partition("1"), [.. Enumerable.Range(0, 10).Select(i => Create($"r:{i}", $"\"status\":\"{held}\",\"due\":{i}"))]);
        await CommitAsync(Partition("2"), [.. Enumerable.Range(0, 10).Select(i => Create($"r:{i}", $"\"status\":\"{held}\",\"due\":{i}"))]);

        var due = await Store.QueryDueAsync(DocumentContainer.Bookings, [held], DateTimeOffset.UnixEpoch.AddDays(1), 7, Cancel);

        due.Count.ShouldBe(7);
        due.DistinctBy(found => (found.Partition, found.Document.Id)).Count().ShouldBe(7);
    }

    /// <summary>A timer's round takes more than a page of any store holds.</summary>
    [ContractFact]
    public async Task QueryDue_LimitBeyondAnyPage_AnswersWhatIsDue()
    {
        var held = Unique("HELD");
        await CommitAsync(Partition("1"), [.. Enumerable.Range(0, 3).Select(i => Create($"r:{i}", $"\"status\":\"{held}\",\"due\":{i}"))]);

        var due = await Store.QueryDueAsync(DocumentContainer.Bookings, [held], DateTimeOffset.UnixEpoch.AddDays(1), 5_000, Cancel);

        due.Select(found => found.Document.Id).ShouldBe(["r:0", "r:1", "r:2"], ignoreOrder: true);
    }

    [ContractFact]
    public async Task Scan_Pages_EveryDocumentOfThePrefixOnce()
    {
        var type = Unique("schedule");
        foreach (var partition in (string[])["1", "2", "3"])
        {
            await CommitAsync(
                Partition(partition, DocumentContainer.Catalog),
                [.. Enumerable.Range(0, 5).Select(i => Create($"{type}:{i}")), Create(type[..^1] + "~"), Create("other")]);
        }

        var found = new List<LocatedDocument>();
        string? continuation = null;
        do
        {
            var page = await Store.ScanAsync(DocumentContainer.Catalog, type + ":", continuation, 4, Cancel);
            page.Items.Count.ShouldBeLessThanOrEqualTo(4);
            found.AddRange(page.Items);
            continuation = page.Continuation;
        }
        while (continuation is not null && found.Count <= 15);

        var expected = from partition in (string[])["1", "2", "3"] from i in Enumerable.Range(0, 5) select (Partition(partition, DocumentContainer.Catalog), $"{type}:{i}");
        found.Select(item => (item.Partition, item.Document.Id)).ShouldBe(expected, ignoreOrder: true);
        found[0].Document.ETag.ShouldBe((await ReadAsync(found[0].Partition, found[0].Document.Id))!.ETag);
    }

    [ContractFact]
    public async Task Scan_NothingOfThePrefix_EmptyLastPage()
    {
        var page = await Store.ScanAsync(DocumentContainer.Catalog, Unique("absent"), null, 10, Cancel);

        page.Items.ShouldBeEmpty();
        page.Continuation.ShouldBeNull();
    }
}
