using System.Text;
using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

/// <summary>
/// What a store promises whose commits a test can hold back: no read shows, and no answer rests on, what a crash could take back. Who asks for something
/// else need not wait.
/// </summary>
public abstract class DurableStoreContract
{
    private static readonly PartitionRef Section = new(DocumentContainer.Bookings, "c1-0001:1");

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract IDocumentStore Store { get; }

    /// <summary>Holds back commits from now on.</summary>
    protected abstract ICommitHold Hold();

    [Fact]
    public async Task Reads_OfADocumentThatIsNotDurableYet_AreNotAnswered()
    {
        using var hold = Hold();
        var commit = CommitAsync(new DocumentOperation.Create("s:1", Json("s:1")));
        await hold.Reached;
        var read = Store.ReadAsync(Section, "s:1", Cancel);
        var readMany = Store.ReadManyAsync(Section, ["s:0", "s:1"], Cancel);
        var query = Store.QueryAsync(Section, new PartitionQuery("s:"), Cancel);
        var due = Store.QueryDueAsync(DocumentContainer.Bookings, ["HELD"], DateTimeOffset.UnixEpoch.AddDays(1), 10, Cancel);
        var scan = Store.ScanAsync(DocumentContainer.Bookings, "s:", null, 10, Cancel);
        var repeat = CommitAsync(new DocumentOperation.Create("s:1", Json("s:1")));

        await hold.ShouldWaitAsync(commit, read, readMany, repeat);
        ShouldWaitOrShow(query, page => page.Items.Count, 0);
        ShouldWaitOrShow(due, found => found.Count, 0);
        ShouldWaitOrShow(scan, page => page.Items.Count, 0);

        hold.Release();
        (await commit).ShouldBeOfType<CommitResult.Committed>();
        (await read).ShouldNotBeNull();
        (await readMany)[1].ShouldNotBeNull();
        (await repeat).ShouldBe(new CommitResult.Conflict(0, ConflictKind.Exists));
    }

    [Fact]
    public async Task Reads_OfADeletionThatIsNotDurableYet_AreNotAnswered()
    {
        await CommitAsync(new DocumentOperation.Create("s:1", Json("s:1")));
        using var hold = Hold();
        var deletion = CommitAsync(new DocumentOperation.Delete("s:1"));
        await hold.Reached;
        var read = Store.ReadAsync(Section, "s:1", Cancel);
        var query = Store.QueryAsync(Section, new PartitionQuery("s:"), Cancel);
        var repeat = CommitAsync(new DocumentOperation.Delete("s:1"));

        await hold.ShouldWaitAsync(deletion, read, repeat);
        ShouldWaitOrShow(query, page => page.Items.Count, 1);

        hold.Release();
        (await deletion).ShouldBeOfType<CommitResult.Committed>();
        (await read).ShouldBeNull();
        (await repeat).ShouldBe(new CommitResult.Conflict(0, ConflictKind.Missing));
    }

    [Fact]
    public async Task CommitAsync_RestsOnAVersionThatIsNotDurableYet_IsNotAnswered()
    {
        var first = (await CommitAsync(new DocumentOperation.Create("s:1", Json("s:1")))).ShouldBeOfType<CommitResult.Committed>();
        using var hold = Hold();
        var replaced = CommitAsync(new DocumentOperation.Replace("s:1", Json("s:1"), first.ETags[0]));
        await hold.Reached;
        var tooLate = CommitAsync(new DocumentOperation.Replace("s:1", Json("s:1"), first.ETags[0]));
        var read = Store.ReadAsync(Section, "s:1", Cancel);

        await hold.ShouldWaitAsync(replaced, tooLate, read);

        hold.Release();
        var etag = (await replaced).ShouldBeOfType<CommitResult.Committed>().ETags[0];
        (await tooLate).ShouldBe(new CommitResult.Conflict(0, ConflictKind.Changed));
        (await read)!.ETag.ShouldBe(etag);
    }

    /// <summary>A query may be answered at once, from what is durable.</summary>
    private static void ShouldWaitOrShow<T>(Task<T> query, Func<T, int> count, int durable)
    {
        if (query.IsCompletedSuccessfully)
        {
            count(query.Result).ShouldBe(durable);
        }
    }

    private static ReadOnlyMemory<byte> Json(string id) => Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","type":"seat","status":"HELD","due":1}""");

    private Task<CommitResult> CommitAsync(params DocumentOperation[] operations) => Store.CommitAsync(Section, operations, Cancel);
}
