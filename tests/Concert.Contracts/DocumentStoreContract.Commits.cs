using Concert.Booking.Ports;
using Shouldly;

namespace Concert.Contracts;

public abstract partial class DocumentStoreContract
{
    [ContractFact]
    public async Task Create_IdTaken_ExistsAndUnchanged()
    {
        var etag = (await CommitAsync(Partition(), Create("s:1", "\"n\":1")))[0];

        await ConflictAsync(Partition(), 0, ConflictKind.Exists, Create("s:1", "\"n\":2"));

        (await ReadAsync(Partition(), "s:1"))!.ETag.ShouldBe(etag);
        (await NumberAsync(Partition(), "s:1")).ShouldBe(1);
    }

    [ContractFact]
    public async Task Replace_CurrentETag_NewContentAndETag()
    {
        var first = (await CommitAsync(Partition(), Create("s:1", "\"n\":1,\"gone\":true")))[0];

        var second = (await CommitAsync(Partition(), Replace("s:1", first, "\"n\":2")))[0];

        second.ShouldNotBe(first);
        var document = (await ReadAsync(Partition(), "s:1")).ShouldNotBeNull();
        document.ETag.ShouldBe(second);
        ShouldHold(document, Doc("s:1", "\"n\":2"));
        System.Text.Encoding.UTF8.GetString(document.Json.Span).ShouldNotContain("gone");
    }

    [ContractFact]
    public async Task Replace_SameContent_StillNewETag()
    {
        var first = (await CommitAsync(Partition(), Create("s:1", "\"n\":1")))[0];

        (await CommitAsync(Partition(), Replace("s:1", first, "\"n\":1")))[0].ShouldNotBe(first);
    }

    [ContractFact]
    public async Task Replace_OldETag_ChangedAndUnchanged()
    {
        var old = (await CommitAsync(Partition(), Create("s:1", "\"n\":1")))[0];
        await CommitAsync(Partition(), Replace("s:1", old, "\"n\":2"));

        await ConflictAsync(Partition(), 0, ConflictKind.Changed, Replace("s:1", old, "\"n\":3"));

        (await NumberAsync(Partition(), "s:1")).ShouldBe(2);
    }

    [ContractFact]
    public async Task Replace_ETagOfADeletedNamesake_Changed()
    {
        var old = (await CommitAsync(Partition(), Create("s:1", "\"n\":1")))[0];
        await CommitAsync(Partition(), Delete("s:1"));
        await CommitAsync(Partition(), Create("s:1", "\"n\":1"));

        await ConflictAsync(Partition(), 0, ConflictKind.Changed, Replace("s:1", old, "\"n\":9"));
    }

    [ContractFact]
    public async Task Replace_Absent_Missing()
    {
        var etag = (await CommitAsync(Partition(), Create("s:1")))[0];

        await ConflictAsync(Partition(), 0, ConflictKind.Missing, Replace("s:2", etag));

        (await ReadAsync(Partition(), "s:2")).ShouldBeNull();
    }

    [ContractFact]
    public async Task Upsert_AbsentThenPresent_WritesBoth()
    {
        var first = (await CommitAsync(Partition(), Upsert("s:1", "\"n\":1")))[0];
        (await NumberAsync(Partition(), "s:1")).ShouldBe(1);

        var second = (await CommitAsync(Partition(), Upsert("s:1", "\"n\":2")))[0];
        second.ShouldNotBe(first);
        (await NumberAsync(Partition(), "s:1")).ShouldBe(2);
        (await ReadAsync(Partition(), "s:1"))!.ETag.ShouldBe(second);
    }

    [ContractFact]
    public async Task Delete_Present_GoneWithEmptyETag()
    {
        await CommitAsync(Partition(), Create("s:1"));

        (await CommitAsync(Partition(), Delete("s:1"))).ShouldBe([""]);

        (await ReadAsync(Partition(), "s:1")).ShouldBeNull();
    }

    [ContractFact]
    public async Task Delete_CurrentETag_Gone()
    {
        var etag = (await CommitAsync(Partition(), Create("s:1")))[0];

        await CommitAsync(Partition(), Delete("s:1", etag));

        (await ReadAsync(Partition(), "s:1")).ShouldBeNull();
    }

    [ContractFact]
    public async Task Delete_OldETag_ChangedAndStillThere()
    {
        var old = (await CommitAsync(Partition(), Create("s:1")))[0];
        await CommitAsync(Partition(), Replace("s:1", old));

        await ConflictAsync(Partition(), 0, ConflictKind.Changed, Delete("s:1", old));

        (await ReadAsync(Partition(), "s:1")).ShouldNotBeNull();
    }

    [ContractFact]
    public async Task Delete_Absent_Missing()
    {
        await ConflictAsync(Partition(), 0, ConflictKind.Missing, Delete("s:1"));
        await ConflictAsync(Partition(), 0, ConflictKind.Missing, Delete("s:1", "\"1\""));
    }

    [ContractFact]
    public async Task Commit_EveryKindTogether_ETagsInOrder()
    {
        var etags = await CommitAsync(Partition(), Create("a"), Create("b"), Create("c"), Create("d"));

        var after = await CommitAsync(
            Partition(), Delete("a", etags[0]), Replace("b", etags[1], "\"n\":5"), Add("c", new FieldIncrement("n", 3)), Upsert("d", "\"n\":4"), Create("e"));

        after.Count.ShouldBe(5);
        after[0].ShouldBeEmpty();
        var documents = await Store.ReadManyAsync(Partition(), ["a", "b", "c", "d", "e"], Cancel);
        documents.Skip(1).Select(document => document!.ETag).ShouldBe(after.Skip(1));
        documents[0].ShouldBeNull();
        documents.Skip(1).Select(document => Property(document!, "n").GetInt64()).ShouldBe([5, 3, 4, 0]);
    }

    [ContractFact]
    public async Task Commit_LastOperationConflicts_NothingApplied()
    {
        var etags = await CommitAsync(Partition(), Create("a"), Create("b"), Create("c"), Create("d"), Create("taken"));

        await ConflictAsync(
            Partition(), 5, ConflictKind.Exists,
            Delete("a"), Replace("b", etags[1], "\"n\":5"), Add("c", new FieldIncrement("n", 3)), Upsert("d", "\"n\":4"), Create("e"), Create("taken"));

        var documents = await Store.ReadManyAsync(Partition(), ["a", "b", "c", "d", "e"], Cancel);
        documents.Take(4).Select(document => document!.ETag).ShouldBe(etags.Take(4));
        documents.Take(4).Select(document => Property(document!, "n").GetInt64()).ShouldBe([0, 0, 0, 0]);
        documents[4].ShouldBeNull();
    }

    [ContractFact]
    public async Task Commit_EachKindOfConflictInTheMiddle_ItsIndexAndNothingApplied()
    {
        await CommitAsync(Partition(), Create("a"), Create("b"));
        (DocumentOperation Operation, ConflictKind Kind)[] failing =
        [
            (Create("a"), ConflictKind.Exists),
            (Replace("a", "\"not-the-etag\""), ConflictKind.Changed),
            (Replace("absent", "\"not-the-etag\""), ConflictKind.Missing),
            (Delete("absent"), ConflictKind.Missing),
            (Delete("a", "\"not-the-etag\""), ConflictKind.Changed),
            (Add("absent", new FieldIncrement("n", 1)), ConflictKind.Missing),
            (Add("a", new FieldIncrement("n", -1, Min: 0)), ConflictKind.OutOfBounds),
        ];

        foreach (var (operation, kind) in failing)
        {
            await ConflictAsync(Partition(), 1, kind, Create("new"), operation, Upsert("b", "\"n\":9"));
            (await ReadAsync(Partition(), "new")).ShouldBeNull();
            (await NumberAsync(Partition(), "b")).ShouldBe(0);
        }
    }

    [ContractFact]
    public async Task Commit_SeveralConflicts_ReportsTheFirst()
    {
        await CommitAsync(Partition(), Create("a"));

        await ConflictAsync(Partition(), 1, ConflictKind.Missing, Create("b"), Delete("absent"), Create("a"));
    }

    [ContractFact]
    public async Task Commit_HundredOperations_AllApplied()
    {
        var etags = await CommitAsync(Partition(), [.. Enumerable.Range(0, 100).Select(i => Create($"s:{i:000}", $"\"n\":{i}"))]);

        etags.Count.ShouldBe(100);
        var page = await Store.QueryAsync(Partition(), new PartitionQuery("s:"), Cancel);
        page.Items.Select(document => document.ETag).ShouldBe(etags);
        page.Items.Select(document => Property(document, "n").GetInt64()).ShouldBe(Enumerable.Range(0, 100).Select(i => (long)i));
    }

    [ContractFact]
    public async Task Commit_HundredthOperationConflicts_NothingApplied()
    {
        await CommitAsync(Partition(), Create("s:099"));

        await ConflictAsync(Partition(), 99, ConflictKind.Exists, [.. Enumerable.Range(0, 100).Select(i => Create($"s:{i:000}"))]);

        (await Store.QueryAsync(Partition(), new PartitionQuery("s:"), Cancel)).Items.ShouldHaveSingleItem().Id.ShouldBe("s:099");
    }

    [ContractFact]
    public async Task Commit_AsManyAsItTakes_AllAppliedOrNone()
    {
        var most = Store.MaxOperations;
        most.ShouldBeGreaterThanOrEqualTo(DocumentOperation.MaxPerBatch);
        await CommitAsync(Partition(), Create("last"));
        DocumentOperation[] batch = [.. Enumerable.Range(1, most - 1).Select(i => Create($"s:{i:0000}"))];

        await ConflictAsync(Partition(), most - 1, ConflictKind.Exists, [.. batch, Create("last")]);
        (await Store.QueryAsync(Partition(), new PartitionQuery("s:"), Cancel)).Items.ShouldBeEmpty();

        (await CommitAsync(Partition(), [.. batch, Create("other")])).Count.ShouldBe(most);
        (await ReadAsync(Partition(), batch[^1].Id)).ShouldNotBeNull();
    }

    /// <summary>Those of a batch that create and those that do not are alike: the first that cannot be done is named, and none is done.</summary>
    [ContractFact]
    public async Task Commit_SeveralOperationsConflict_TheFirstIsNamedAndNothingApplied()
    {
        await CommitAsync(Partition(), Create("taken"));

        await ConflictAsync(Partition(), 0, ConflictKind.Exists, Create("taken"), Delete("gone"));
        await ConflictAsync(Partition(), 1, ConflictKind.Missing, Create("new"), Delete("gone"), Create("taken"));
        await ConflictAsync(Partition(), 2, ConflictKind.Exists, Create("new"), Create("other"), Create("taken"), Delete("gone"));

        (await ReadAsync(Partition(), "new")).ShouldBeNull();
        (await ReadAsync(Partition(), "other")).ShouldBeNull();
    }

    [ContractFact]
    public async Task Commit_NoneOrTooManyOperations_ArgumentExceptionAndNothingApplied()
    {
        await ThrowsAsync<ArgumentException>(() => Store.CommitAsync(Partition(), [], Cancel));
        await ThrowsAsync<ArgumentException>(
            () => Store.CommitAsync(Partition(), [.. Enumerable.Range(0, Store.MaxOperations + 1).Select(i => Create($"s:{i}"))], Cancel));

        (await ReadAsync(Partition(), "s:0")).ShouldBeNull();
    }

    [ContractFact]
    public async Task Commit_TwoOperationsOnOneDocument_ArgumentExceptionAndNothingApplied()
    {
        await CommitAsync(Partition(), Create("counters"));

        await ThrowsAsync<ArgumentException>(() => Store.CommitAsync(Partition(), [Create("s:1"), Upsert("s:1")], Cancel));
        await ThrowsAsync<ArgumentException>(() => Store.CommitAsync(
            Partition(), [Create("s:2"), Add("counters", new FieldIncrement("n", 1)), Add("counters", new FieldIncrement("n", 1))], Cancel));

        (await Store.QueryAsync(Partition(), new PartitionQuery("s:"), Cancel)).Items.ShouldBeEmpty();
        (await NumberAsync(Partition(), "counters")).ShouldBe(0);
    }

    [ContractFact]
    public async Task Commit_Cancelled_ThrowsAndNothingApplied()
    {
        await ThrowsAsync<OperationCanceledException>(() => Store.CommitAsync(Partition(), [Create("s:1")], Cancelled()));

        (await ReadAsync(Partition(), "s:1")).ShouldBeNull();
    }

    [ContractFact]
    public async Task Commit_SameIdInOtherPartitions_AreOtherDocuments()
    {
        var etag = (await CommitAsync(Partition("1"), Create("s:1", "\"n\":1")))[0];
        await CommitAsync(Partition("2"), Create("s:1", "\"n\":2"));

        await CommitAsync(Partition("1"), Replace("s:1", etag, "\"n\":3"));
        await CommitAsync(Partition("1"), Delete("s:1"));

        (await NumberAsync(Partition("2"), "s:1")).ShouldBe(2);
    }

    [ContractFact]
    public async Task Commit_EveryWriteOfADocument_HasAnETagOfItsOwn()
    {
        var etags = new List<string>
        {
            (await CommitAsync(Partition(), Create("s:1")))[0],
            (await CommitAsync(Partition(), Upsert("s:1")))[0],
            (await CommitAsync(Partition(), Add("s:1", new FieldIncrement("n", 0))))[0],
        };
        etags.Add((await CommitAsync(Partition(), Replace("s:1", etags[^1])))[0]);
        await CommitAsync(Partition(), Delete("s:1"));
        etags.Add((await CommitAsync(Partition(), Create("s:1")))[0]);

        etags.Distinct().Count().ShouldBe(etags.Count);
        (await ReadAsync(Partition(), "s:1"))!.ETag.ShouldBe(etags[^1]);
    }

    [ContractFact]
    public async Task Commit_BytesChangedAfterwards_StoredAsTheyWere()
    {
        var json = Doc("s:1", "\"n\":1").ToArray();
        await CommitAsync(Partition(), new DocumentOperation.Create("s:1", json));

        Array.Fill(json, (byte)' ');

        (await NumberAsync(Partition(), "s:1")).ShouldBe(1);
    }

    [ContractFact]
    public async Task Create_AfterDelete_Works()
    {
        await CommitAsync(Partition(), Create("s:1", "\"n\":1"));
        await CommitAsync(Partition(), Delete("s:1"));
        await CommitAsync(Partition(), Create("s:1", "\"n\":2"));

        (await NumberAsync(Partition(), "s:1")).ShouldBe(2);
    }
}
