using Concert.Booking.Ports;
using Shouldly;

namespace Concert.Contracts;

public abstract partial class DocumentStoreContract
{
    private const int Tasks = 24;

    [ContractFact]
    public async Task Race_Increments_NoneLost()
    {
        await CommitAsync(Partition(), Create("counters"));

        await RaceAsync(Tasks, async i =>
        {
            for (var round = 0; round < 5; round++)
            {
                await CommitAsync(Partition(), Add("counters", new FieldIncrement("n", i + 1)), Create($"r:{i}-{round}"));
            }

            return 0;
        });

        (await NumberAsync(Partition(), "counters")).ShouldBe(5 * Tasks * (Tasks + 1) / 2);
        (await Store.QueryAsync(Partition(), new PartitionQuery("r:"), Cancel)).Items.Count.ShouldBe(5 * Tasks);
    }

    [ContractFact]
    public async Task Race_BoundedIncrements_ExactlyAsManyAsThereWere()
    {
        await CommitAsync(Partition(), Create("counters", "\"left\":10,\"held\":0"));

        var results = await RaceAsync(Tasks, i => TryCommitAsync(
            Partition(), Create($"r:{i}"), Add("counters", new FieldIncrement("left", -1, Min: 0), new FieldIncrement("held", 1))));

        results.Count(result => result is CommitResult.Committed).ShouldBe(10);
        results.Where(result => result is not CommitResult.Committed).ShouldAllBe(result => result == new CommitResult.Conflict(1, ConflictKind.OutOfBounds));
        ShouldHold(await ReadAsync(Partition(), "counters"), Doc("counters", "\"left\":0,\"held\":10"));
        (await Store.QueryAsync(Partition(), new PartitionQuery("r:"), Cancel)).Items.Count.ShouldBe(10);
    }

    [ContractFact]
    public async Task Race_Creates_OneWinsTheRestExist()
    {
        var results = await RaceAsync(Tasks, i => TryCommitAsync(Partition(), Create($"r:{i}"), Create("s:1", $"\"n\":{i}")));

        var winner = Array.FindIndex(results, result => result is CommitResult.Committed);
        results.Count(result => result is CommitResult.Committed).ShouldBe(1);
        results.Count(result => result == new CommitResult.Conflict(1, ConflictKind.Exists)).ShouldBe(Tasks - 1);
        (await NumberAsync(Partition(), "s:1")).ShouldBe(winner);
        (await Store.QueryAsync(Partition(), new PartitionQuery("r:"), Cancel)).Items.ShouldHaveSingleItem().Id.ShouldBe($"r:{winner}");
    }

    [ContractFact]
    public async Task Race_Replaces_OneWinsTheRestChanged()
    {
        var etag = (await CommitAsync(Partition(), Create("s:1", "\"n\":-1")))[0];

        var results = await RaceAsync(Tasks, i => TryCommitAsync(Partition(), Create($"r:{i}"), Replace("s:1", etag, $"\"n\":{i}")));

        var winner = Array.FindIndex(results, result => result is CommitResult.Committed);
        results.Count(result => result is CommitResult.Committed).ShouldBe(1);
        results.Count(result => result == new CommitResult.Conflict(1, ConflictKind.Changed)).ShouldBe(Tasks - 1);
        (await NumberAsync(Partition(), "s:1")).ShouldBe(winner);
        (await Store.QueryAsync(Partition(), new PartitionQuery("r:"), Cancel)).Items.ShouldHaveSingleItem().Id.ShouldBe($"r:{winner}");
    }

    [ContractFact]
    public async Task Race_CartsInOppositeOrders_OneWinsAll()
    {
        var etags = await CommitAsync(Partition(), Create("s:1", "\"n\":-1"), Create("s:2", "\"n\":-1"));

        var results = await RaceAsync(Tasks, i => i % 2 == 0
            ? TryCommitAsync(Partition(), Replace("s:1", etags[0], $"\"n\":{i}"), Replace("s:2", etags[1], $"\"n\":{i}"))
            : TryCommitAsync(Partition(), Replace("s:2", etags[1], $"\"n\":{i}"), Replace("s:1", etags[0], $"\"n\":{i}")));

        results.Count(result => result is CommitResult.Committed).ShouldBe(1);
        (await NumberAsync(Partition(), "s:1")).ShouldBe(await NumberAsync(Partition(), "s:2"));
    }

    [ContractFact]
    public async Task Race_ReadAndReplaceUntilItWorks_NoUpdateLost()
    {
        await CommitAsync(Partition(), Create("wallet"));

        await RaceAsync(8, async i =>
        {
            for (var round = 0; round < 4; round++)
            {
                CommitResult result;
                do
                {
                    var current = (await ReadAsync(Partition(), "wallet")).ShouldNotBeNull();
                    result = await TryCommitAsync(Partition(), Replace("wallet", current.ETag, $"\"n\":{Property(current, "n").GetInt64() + 1}"));
                }
                while (result == new CommitResult.Conflict(0, ConflictKind.Changed));

                result.ShouldBeOfType<CommitResult.Committed>();
            }

            return 0;
        });

        (await NumberAsync(Partition(), "wallet")).ShouldBe(32);
    }

    [ContractFact]
    public async Task Race_ReadersDuringBatches_NeverSeeHalfOfOne()
    {
        await CommitAsync(Partition(), Create("a"), Create("b"));

        await RaceAsync(8, async i =>
        {
            for (var round = 0; round < 20; round++)
            {
                if (i < 4)
                {
                    await CommitAsync(Partition(), Add("a", new FieldIncrement("n", 1)), Add("b", new FieldIncrement("n", 1)));
                }
                else
                {
                    var page = await Store.QueryAsync(Partition(), new PartitionQuery(""), Cancel);
                    Property(page.Items[0], "n").GetInt64().ShouldBe(Property(page.Items[1], "n").GetInt64());
                }
            }

            return 0;
        });
    }
}
