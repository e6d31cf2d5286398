using Concert.Booking.Ports;
using Shouldly;

namespace Concert.Contracts;

public abstract partial class DocumentStoreContract
{
    [ContractFact]
    public async Task Increment_SeveralFields_AddsAndLeavesTheRest()
    {
        await CommitAsync(Partition(), Create("counters", "\"left\":10,\"held\":0,\"name\":\"A\""));

        var etag = (await CommitAsync(Partition(), Add("counters", new FieldIncrement("left", -3), new FieldIncrement("held", 3))))[0];

        var document = await ReadAsync(Partition(), "counters");
        ShouldHold(document, Doc("counters", "\"left\":7,\"held\":3,\"name\":\"A\""));
        document!.ETag.ShouldBe(etag);
    }

    [ContractFact]
    public async Task Increment_ToTheBounds_Applied()
    {
        await CommitAsync(Partition(), Create("counters", "\"left\":2,\"held\":8"));

        await CommitAsync(Partition(), Add("counters", new FieldIncrement("left", -2, Min: 0), new FieldIncrement("held", 2, Min: 0, Max: 10)));

        ShouldHold(await ReadAsync(Partition(), "counters"), Doc("counters", "\"left\":0,\"held\":10"));
    }

    [ContractFact]
    public async Task Increment_OnePastABound_OutOfBoundsAndNoFieldChanged()
    {
        var etag = (await CommitAsync(Partition(), Create("counters", "\"left\":2,\"held\":8")))[0];

        await ConflictAsync(
            Partition(), 0, ConflictKind.OutOfBounds, Add("counters", new FieldIncrement("held", 1), new FieldIncrement("left", -3, Min: 0)));
        await ConflictAsync(
            Partition(), 0, ConflictKind.OutOfBounds, Add("counters", new FieldIncrement("held", 3, Max: 10), new FieldIncrement("left", -1, Min: 0)));

        var document = await ReadAsync(Partition(), "counters");
        ShouldHold(document, Doc("counters", "\"left\":2,\"held\":8"));
        document!.ETag.ShouldBe(etag);
    }

    [ContractFact]
    public async Task Increment_BoundsOfMoney_Exact()
    {
        const long limit = 1_000_000_000_000;
        await CommitAsync(Partition(), Create("wallet", $"\"balance\":{limit - 1}"));

        await ConflictAsync(Partition(), 0, ConflictKind.OutOfBounds, Add("wallet", new FieldIncrement("balance", 2, Min: 0, Max: limit)));
        await CommitAsync(Partition(), Add("wallet", new FieldIncrement("balance", 1, Min: 0, Max: limit)));
        await CommitAsync(Partition(), Add("wallet", new FieldIncrement("balance", -limit, Min: 0, Max: limit)));

        (await NumberAsync(Partition(), "wallet", "balance")).ShouldBe(0);
    }

    [ContractFact]
    public async Task Increment_WithoutBounds_MayGoBelowZero()
    {
        await CommitAsync(Partition(), Create("counters"));

        await CommitAsync(Partition(), Add("counters", new FieldIncrement("n", -5)));

        (await NumberAsync(Partition(), "counters")).ShouldBe(-5);
    }

    /// <summary>So that a new counter can be added to documents written before it was known.</summary>
    [ContractFact]
    public async Task Increment_FieldAbsent_CountsAsZero()
    {
        await CommitAsync(Partition(), Create("counters"));

        await ConflictAsync(Partition(), 0, ConflictKind.OutOfBounds, Add("counters", new FieldIncrement("fresh", -1, Min: 0)));
        await CommitAsync(Partition(), Add("counters", new FieldIncrement("fresh", 2, Min: 0), new FieldIncrement("other", -1)));

        ShouldHold(await ReadAsync(Partition(), "counters"), Doc("counters", "\"n\":0,\"fresh\":2,\"other\":-1"));
    }

    [ContractFact]
    public async Task Increment_TenFields_AllAdded()
    {
        await CommitAsync(Partition(), Create("counters", string.Join(',', Enumerable.Range(0, 10).Select(i => $"\"f{i}\":{i}"))));

        await CommitAsync(Partition(), Add("counters", [.. Enumerable.Range(0, 10).Select(i => new FieldIncrement($"f{i}", i + 1, Min: 0, Max: 100))]));

        ShouldHold(
            await ReadAsync(Partition(), "counters"),
            Doc("counters", string.Join(',', Enumerable.Range(0, 10).Select(i => $"\"f{i}\":{(2 * i) + 1}"))));
    }

    [ContractFact]
    public async Task Increment_Absent_MissingAndNotCreated()
    {
        await ConflictAsync(Partition(), 0, ConflictKind.Missing, Add("counters", new FieldIncrement("n", 1)));
        await ConflictAsync(Partition(), 0, ConflictKind.Missing, Add("counters", new FieldIncrement("n", 1, Min: 0)));

        (await ReadAsync(Partition(), "counters")).ShouldBeNull();
    }

    [ContractFact]
    public async Task Increment_OutOfBoundsInABatch_TakesTheRestBack()
    {
        await CommitAsync(Partition(), Create("counters", "\"left\":1"));

        await CommitAsync(Partition(), Create("r:1"), Add("counters", new FieldIncrement("left", -1, Min: 0)));
        await ConflictAsync(Partition(), 1, ConflictKind.OutOfBounds, Create("r:2"), Add("counters", new FieldIncrement("left", -1, Min: 0)));

        (await ReadAsync(Partition(), "r:1")).ShouldNotBeNull();
        (await ReadAsync(Partition(), "r:2")).ShouldBeNull();
        (await NumberAsync(Partition(), "counters", "left")).ShouldBe(0);
    }

    [ContractFact]
    public async Task Increment_NoneOrTooManyFields_ArgumentException()
    {
        await CommitAsync(Partition(), Create("counters"));

        await ThrowsAsync<ArgumentException>(() => Store.CommitAsync(Partition(), [Add("counters")], Cancel));
        await ThrowsAsync<ArgumentException>(() => Store.CommitAsync(
            Partition(), [Add("counters", [.. Enumerable.Range(0, 11).Select(i => new FieldIncrement($"f{i}", 1))])], Cancel));

        (await NumberAsync(Partition(), "counters")).ShouldBe(0);
    }

    [ContractFact]
    public async Task Increment_StatusAndDue_AreStillFound()
    {
        var held = Unique("HELD");
        await CommitAsync(Partition(), Create("r:1", $"\"n\":1,\"status\":\"{held}\",\"due\":5"));

        await CommitAsync(Partition(), Add("r:1", new FieldIncrement("n", 1)));

        (await Store.QueryAsync(Partition(), new PartitionQuery("r:", Statuses: [held]), Cancel)).Items.ShouldHaveSingleItem();
        var due = await Store.QueryDueAsync(DocumentContainer.Bookings, [held], DateTimeOffset.FromUnixTimeMilliseconds(5), 10, Cancel);
        Property(due.ShouldHaveSingleItem().Document, "n").GetInt64().ShouldBe(2);
    }

    [ContractFact]
    public async Task Increment_AfterwardsOldETag_Changed()
    {
        var old = (await CommitAsync(Partition(), Create("counters")))[0];
        await CommitAsync(Partition(), Add("counters", new FieldIncrement("n", 1)));

        await ConflictAsync(Partition(), 0, ConflictKind.Changed, Replace("counters", old));
    }
}
