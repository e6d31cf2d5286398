using Concert.Booking.Ports;
using Shouldly;

namespace Concert.Contracts;

public abstract partial class DocumentStoreContract
{
    private static readonly TimeSpan PastTtl = TimeSpan.FromSeconds(4);

    [ContractFact]
    public async Task Ttl_Over_AbsentForEveryRead()
    {
        var (status, type, scanned) = (Unique("HELD"), Unique("idempotency"), Unique("scanned") + ":");
        await CommitAsync(
            Partition(),
            new DocumentOperation.Create("i:1", Json($$"""{"id":"i:1","type":"{{type}}","status":"{{status}}","due":1,"ttl":2}""")),
            Create(scanned + "1", "\"ttl\":2"),
            Create(scanned + "2"),
            Create("i:2", "\"ttl\":3600"),
            Create("i:3"));

        await PassTimeAsync(PastTtl);

        (await ReadAsync(Partition(), "i:1")).ShouldBeNull();
        (await Store.ReadManyAsync(Partition(), ["i:1", "i:2", "i:3"], Cancel)).Select(document => document?.Id).ShouldBe([null, "i:2", "i:3"]);
        (await Store.QueryAsync(Partition(), new PartitionQuery("i:"), Cancel)).Items.Select(document => document.Id).ShouldBe(["i:2", "i:3"]);
        (await Store.QueryDueAsync(DocumentContainer.Bookings, [status], DateTimeOffset.UnixEpoch.AddDays(1), 10, Cancel)).ShouldBeEmpty();
        (await Store.ScanAsync(DocumentContainer.Bookings, scanned, null, 10, Cancel)).Items.ShouldHaveSingleItem().Document.Id.ShouldBe(scanned + "2");
    }

    [ContractFact]
    public async Task Ttl_Over_IdIsFreeAgain()
    {
        var etag = (await CommitAsync(Partition(), Create("i:1", "\"n\":1,\"ttl\":2")))[0];

        await PassTimeAsync(PastTtl);

        await ConflictAsync(Partition(), 0, ConflictKind.Missing, Replace("i:1", etag));
        await ConflictAsync(Partition(), 0, ConflictKind.Missing, Add("i:1", new FieldIncrement("n", 1)));
        await CommitAsync(Partition(), Create("i:1", "\"n\":2"));
        (await NumberAsync(Partition(), "i:1")).ShouldBe(2);
    }

    [ContractFact]
    public async Task Ttl_WrittenAgain_CountsFromTheLastWrite()
    {
        var etag = (await CommitAsync(Partition(), Create("i:1", "\"ttl\":6")))[0];

        await PassTimeAsync(PastTtl);
        await CommitAsync(Partition(), Replace("i:1", etag, "\"ttl\":6"));
        await PassTimeAsync(PastTtl);

        (await ReadAsync(Partition(), "i:1")).ShouldNotBeNull();
    }

    [ContractFact]
    public async Task Ttl_Incremented_CountsFromTheIncrement()
    {
        await CommitAsync(Partition(), Create("i:1", "\"n\":1,\"ttl\":6"));

        await PassTimeAsync(PastTtl);
        await CommitAsync(Partition(), Add("i:1", new FieldIncrement("n", 1)));
        await PassTimeAsync(PastTtl);

        (await NumberAsync(Partition(), "i:1")).ShouldBe(2);
    }

    [ContractFact]
    public async Task Ttl_WrittenAgainWithout_Stays()
    {
        var etag = (await CommitAsync(Partition(), Create("i:1", "\"n\":1,\"ttl\":2")))[0];

        await CommitAsync(Partition(), Replace("i:1", etag, "\"n\":2"));
        await PassTimeAsync(PastTtl);

        (await NumberAsync(Partition(), "i:1")).ShouldBe(2);
    }

    [ContractFact]
    public async Task Ttl_OverAndCreatedAgain_OldETagIsChanged()
    {
        var old = (await CommitAsync(Partition(), Create("i:1", "\"ttl\":2")))[0];
        await PassTimeAsync(PastTtl);
        await CommitAsync(Partition(), Create("i:1"));

        await ConflictAsync(Partition(), 0, ConflictKind.Changed, Replace("i:1", old));
        await ConflictAsync(Partition(), 0, ConflictKind.Changed, Delete("i:1", old));
    }
}
