using Concert.Booking.Ports;
using Shouldly;

namespace Concert.Contracts;

public abstract partial class DocumentStoreContract
{
    [ContractFact]
    public async Task Check_StoreThatWorks_Returns() => await Store.CheckAsync(Cancel);

    [ContractFact]
    public async Task Read_Absent_Null() => (await ReadAsync(Partition(), "s:1")).ShouldBeNull();

    [ContractFact]
    public async Task Read_AfterCreate_SameContentAndETag()
    {
        var etags = await CommitAsync(Partition(), Create("s:1", """ "n":7,"status":"HELD" """));

        var document = await ReadAsync(Partition(), "s:1");
        document.ShouldNotBeNull().Id.ShouldBe("s:1");
        document.ETag.ShouldBe(etags.ShouldHaveSingleItem());
        ShouldHold(document, Doc("s:1", """ "n":7,"status":"HELD" """));
    }

    [ContractFact]
    public async Task Read_OtherPartitionOrContainer_Null()
    {
        await CommitAsync(Partition("1"), Create("s:1"));

        (await ReadAsync(Partition("2"), "s:1")).ShouldBeNull();
        (await ReadAsync(Partition("1", DocumentContainer.Wallets), "s:1")).ShouldBeNull();
        (await ReadAsync(Partition("1", DocumentContainer.Catalog), "s:1")).ShouldBeNull();
    }

    [ContractFact]
    public async Task Read_CancelledOfEveryKind_Throws()
    {
        await ThrowsAsync<OperationCanceledException>(() => Store.ReadAsync(Partition(), "s:1", Cancelled()));
        await ThrowsAsync<OperationCanceledException>(() => Store.ReadManyAsync(Partition(), ["s:1", "s:2", "s:3", "s:4"], Cancelled()));
        await ThrowsAsync<OperationCanceledException>(() => Store.QueryAsync(Partition(), new PartitionQuery("s:"), Cancelled()));
        await ThrowsAsync<OperationCanceledException>(
            () => Store.QueryDueAsync(DocumentContainer.Bookings, [Unique("HELD")], DateTimeOffset.UnixEpoch, 10, Cancelled()));
        await ThrowsAsync<OperationCanceledException>(() => Store.ScanAsync(DocumentContainer.Catalog, Unique("schedule"), null, 10, Cancelled()));
        await ThrowsAsync<OperationCanceledException>(() => Store.CheckAsync(Cancelled()));
    }

    [ContractFact]
    public async Task ReadMany_NoneOrTooManyIds_ArgumentException()
    {
        await ThrowsAsync<ArgumentException>(() => Store.ReadManyAsync(Partition(), [], Cancel));
        await ThrowsAsync<ArgumentException>(() => Store.ReadManyAsync(Partition(), [.. Enumerable.Range(0, 201).Select(i => $"s:{i}")], Cancel));
    }

    [ContractFact]
    public async Task ReadMany_SameIdAgain_AnsweredEachTime()
    {
        await CommitAsync(Partition(), Create("a"), Create("b"));

        var documents = await Store.ReadManyAsync(Partition(), ["a", "x", "b", "a", "x"], Cancel);

        documents.Select(document => document?.Id).ShouldBe(["a", null, "b", "a", null]);
    }

    [ContractFact]
    public async Task ReadMany_SomeAbsent_AnswersInTheOrderAsked()
    {
        await CommitAsync(Partition(), Create("a", "\"n\":1"), Create("b", "\"n\":2"), Create("c", "\"n\":3"));

        var documents = await Store.ReadManyAsync(Partition(), ["c", "x", "a", "y", "b"], Cancel);

        documents.Select(document => document?.Id).ShouldBe(["c", null, "a", null, "b"]);
        ShouldHold(documents[0], Doc("c", "\"n\":3"));
        documents[2]!.ETag.ShouldBe((await ReadAsync(Partition(), "a"))!.ETag);
    }

    [ContractFact]
    public async Task ReadMany_TwoHundredIds_AllAnswered()
    {
        await CommitAsync(Partition(), [.. Enumerable.Range(0, 100).Select(i => Create($"s:{i}", $"\"n\":{i}"))]);
        var ids = Enumerable.Range(0, 200).Reverse().Select(i => $"s:{i}").ToList();

        var documents = await Store.ReadManyAsync(Partition(), ids, Cancel);

        documents.Select(document => document?.Id).ShouldBe(ids.Select((id, i) => i < 100 ? null : id));
    }

    [ContractFact]
    public async Task ReadMany_OneId_Answered()
    {
        await CommitAsync(Partition(), Create("a"));

        (await Store.ReadManyAsync(Partition(), ["a"], Cancel)).ShouldHaveSingleItem().ShouldNotBeNull().Id.ShouldBe("a");
        (await Store.ReadManyAsync(Partition(), ["x"], Cancel)).ShouldHaveSingleItem().ShouldBeNull();
    }

    [ContractFact]
    public async Task Read_UnicodeEscapesAndNesting_Unchanged()
    {
        const string members = """
            "title":"대기열 Zürich 🎫 \"quoted\" \\ \/ \u2028 \ttab","empty":"","none":null,"yes":true,"no":false,
            "list":[1,[],{},{"deep":{"er":["콘서트"]}}],"키":"값"
            """;
        await CommitAsync(Partition(), Create("s:1", members));

        ShouldHold(await ReadAsync(Partition(), "s:1"), Doc("s:1", members));
    }

    [ContractFact]
    public async Task Read_Numbers_Unchanged()
    {
        const string members = """ "max":9007199254740991,"min":-9007199254740991,"won":1000000000000,"zero":0,"rate":0.1,"tiny":1.5e-10 """;
        await CommitAsync(Partition(), Create("s:1", members));

        ShouldHold(await ReadAsync(Partition(), "s:1"), Doc("s:1", members));
        (await NumberAsync(Partition(), "s:1", "max")).ShouldBe(9007199254740991);
    }

    [ContractFact]
    public async Task Read_LargeDocument_Unchanged()
    {
        var members = $"\"text\":\"{new string('가', 60_000)}\"";
        await CommitAsync(Partition(), Create("s:1", members));

        ShouldHold(await ReadAsync(Partition(), "s:1"), Doc("s:1", members));
    }

    [ContractFact]
    public async Task Read_IdsOfEveryAllowedShape_Found()
    {
        string[] ids = ["counters", "s:1", "r:c1a2b3c4d-ab12-1.AbC_-9~", "led:00:1", "dead:a+b=c", "u:@!$&'()*,;", "with space", new('i', 255)];
        await CommitAsync(Partition(), [.. ids.Select(id => Create(id))]);

        foreach (var id in ids)
        {
            (await ReadAsync(Partition(), id)).ShouldNotBeNull().Id.ShouldBe(id);
        }
    }

    [ContractFact]
    public async Task Read_PartitionKeyOfEveryShape_Found()
    {
        foreach (var key in (string[])["사용자 김철수", "o'brien \"q\"", "back\\slash/and?hash#", "a%20b", "UPPER"])
        {
            var partition = Partition(key, DocumentContainer.Wallets);
            await CommitAsync(partition, Create("wallet"));

            (await ReadAsync(partition, "wallet")).ShouldNotBeNull();
            (await Store.QueryAsync(partition, new PartitionQuery("w"), Cancel)).Items.ShouldHaveSingleItem();
        }

        (await ReadAsync(Partition("upper", DocumentContainer.Wallets), "wallet")).ShouldBeNull();
    }
}
