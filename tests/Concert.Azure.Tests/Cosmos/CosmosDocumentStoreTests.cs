using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Concert.Azure.Tests.Cosmos.Gateway;
using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Cosmos;

/// <summary>What is particular to this adapter: what it puts on the wire, what it asks for and what it records.</summary>
public sealed class CosmosDocumentStoreTests : IAsyncLifetime
{
    private static readonly PartitionRef Partition = new(DocumentContainer.Wallets, "user 김 \"1\"");

    private GatewayFixture _fixture = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _fixture = await GatewayFixture.CreateAsync();

    public ValueTask DisposeAsync()
    {
        _fixture.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Commit_Document_CarriesItsPartitionKey()
    {
        await CommitAsync(Create("wallet"));

        var stored = await _fixture.Store.ReadAsync(Partition, "wallet", Cancel);
        using var json = JsonDocument.Parse(stored!.Json);
        json.RootElement.GetProperty("userId").GetString().ShouldBe(Partition.Key);
    }

    [Theory]
    [InlineData("""{"id":"other","type":"wallet"}""")]
    [InlineData("""{"type":"wallet","nested":{"id":"wallet"}}""")]
    [InlineData("""{"id":7}""")]
    [InlineData("""{"id":"wallet","userId":"someone else"}""")]
    [InlineData("""["wallet"]""")]
    public async Task Commit_DocumentThatIsNotWhatTheOperationSays_ArgumentException(string json)
    {
        await Should.ThrowAsync<ArgumentException>(() => CommitAsync(new DocumentOperation.Create("wallet", Encoding.UTF8.GetBytes(json))));

        _fixture.Gateway.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\"]")]
    public async Task Increment_FieldThatIsNoName_ArgumentException(string field) =>
        await Should.ThrowAsync<ArgumentException>(
            () => CommitAsync(new DocumentOperation.Increment("wallet", [new FieldIncrement(field, 1, Min: 0)])));

    [Fact]
    public async Task Increment_NoneOrElevenFields_ArgumentException()
    {
        await Should.ThrowAsync<ArgumentException>(() => CommitAsync(new DocumentOperation.Increment("wallet", [])));
        await Should.ThrowAsync<ArgumentException>(
            () => CommitAsync(new DocumentOperation.Increment("wallet", [.. Enumerable.Range(0, 11).Select(i => new FieldIncrement($"f{i}", 1))])));
    }

    [Fact]
    public async Task Read_AfterCommit_AsksForAtLeastThatSession()
    {
        await CommitAsync(Create("wallet"));
        await CommitAsync(Create("other"));

        await _fixture.Store.ReadAsync(Partition, "wallet", Cancel);

        _fixture.Gateway.Requests.Last().SessionToken.ShouldNotBeNull().ShouldEndWith("#3");
    }

    [Theory]
    [InlineData(1, "read")]
    [InlineData(3, "read")]
    [InlineData(4, "query")]
    public async Task ReadMany_FewOrManyIds_PointReadsOrOneQuery(int ids, string request)
    {
        await _fixture.Store.ReadManyAsync(Partition, [.. Enumerable.Range(0, ids).Select(i => $"led:{i}")], Cancel);

        _fixture.Gateway.Requests.Select(sent => sent.Operation).ShouldBe(Enumerable.Repeat(request, request == "read" ? ids : 1));
    }

    [Fact]
    public async Task Query_MoreThanAPage_OneRequest()
    {
        await CommitAsync([.. Enumerable.Range(0, 10).Select(i => Create($"led:{i}"))]);

        var page = await _fixture.Store.QueryAsync(Partition, new PartitionQuery("led:", Limit: 8), Cancel);

        page.Continuation.ShouldBe("led:7");
        _fixture.Gateway.Requests.Count(request => request.Operation == "query").ShouldBe(1);
    }

    [Fact]
    public async Task Query_ServerPagesSmallerThanAsked_StillFull()
    {
        _fixture.Gateway.MaxPage = 3;
        await CommitAsync([.. Enumerable.Range(0, 10).Select(i => Create($"led:{i}"))]);

        var page = await _fixture.Store.QueryAsync(Partition, new PartitionQuery("led:", Limit: 8), Cancel);

        page.Items.Count.ShouldBe(8);
        page.Continuation.ShouldBe("led:7");
    }

    [Theory]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(20)]
    public async Task QueryDue_FromBothPhysicalPartitions_NoMoreThanTheLimit(int limit)
    {
        foreach (var range in (string[])["0", "1"])
        {
            var user = Enumerable.Range(0, 100).Select(i => $"user-{i}").First(name => PartitionRanges.Of(name) == range);
            var documents = Enumerable.Range(0, 5).Select(i => Create($"r:{i}"));
            (await _fixture.Store.CommitAsync(new PartitionRef(DocumentContainer.Wallets, user), [.. documents], Cancel)).ShouldBeOfType<CommitResult.Committed>();
        }

        var due = await _fixture.Store.QueryDueAsync(DocumentContainer.Wallets, ["HELD"], DateTimeOffset.UnixEpoch.AddDays(1), limit, Cancel);

        due.DistinctBy(found => (found.Partition, found.Document.Id)).Count().ShouldBe(Math.Min(limit, 10));
        due.Count.ShouldBe(Math.Min(limit, 10));
    }

    /// <summary>On a platform without the SDK's native planner the plan is the gateway's.</summary>
    [Fact]
    public async Task Queries_WithoutNativePlanner_Answered()
    {
        await CommitAsync(Create("led:1"));
        Environment.SetEnvironmentVariable("AZURE_COSMOS_BYPASS_QUERY_PARSING", "true");
        try
        {
            (await _fixture.Store.QueryAsync(Partition, new PartitionQuery("led:"), Cancel)).Items.ShouldHaveSingleItem();
            (await _fixture.Store.ScanAsync(DocumentContainer.Wallets, "led:", null, 10, Cancel)).Items.ShouldHaveSingleItem();
            (await _fixture.Store.QueryDueAsync(DocumentContainer.Wallets, ["HELD"], DateTimeOffset.UnixEpoch.AddDays(1), 10, Cancel))
                .ShouldHaveSingleItem();
        }
        finally
        {
            Environment.SetEnvironmentVariable("AZURE_COSMOS_BYPASS_QUERY_PARSING", null);
        }

        _fixture.Gateway.Plans.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Charges_EveryOperation_RecordedWithItsContainer()
    {
        var measured = new List<(double Units, string Tags)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == RequestCharges.InstrumentName)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, units, tags, _) =>
        {
            lock (measured)
            {
                measured.Add((units, string.Join(",", tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))));
            }
        });
        listener.Start();

        await CommitAsync(Create("led:1"));
        await _fixture.Store.ReadAsync(Partition, "led:1", Cancel);
        await _fixture.Store.QueryAsync(Partition, new PartitionQuery("led:"), Cancel);
        await _fixture.Store.ReadManyAsync(Partition, ["a", "b", "c", "d"], Cancel);
        await _fixture.Store.ScanAsync(DocumentContainer.Wallets, "led:", null, 10, Cancel);
        await _fixture.Store.QueryDueAsync(DocumentContainer.Wallets, ["HELD"], DateTimeOffset.UnixEpoch, 10, Cancel);

        _fixture.Charges.Select(charge => charge.Operation).Distinct().ShouldBe(["commit", "read", "query", "read-many", "scan", "query-due"]);
        _fixture.Charges.ShouldAllBe(charge => charge.Container == "wallets" && charge.Units >= 1);
        lock (measured)
        {
            var commit = _fixture.Charges.First();
            measured.ShouldContain((commit.Units, "operation=commit,container=wallets"));
        }
    }

    private async Task CommitAsync(params DocumentOperation[] operations) =>
        (await _fixture.Store.CommitAsync(Partition, operations, Cancel)).ShouldBeOfType<CommitResult.Committed>();

    private static DocumentOperation.Create Create(string id) =>
        new(id, Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","type":"probe","status":"HELD","due":1,"n":0}"""));
}
