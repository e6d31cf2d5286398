using System.Text;
using Concert.Azure.Tests.Cosmos.Gateway;
using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Cosmos;

/// <summary>What each fault of the service or the network makes of a commit, and that it changed nothing, or exactly once.</summary>
public sealed class CommitFaultTests : IAsyncLifetime
{
    private static readonly PartitionRef Partition = new(DocumentContainer.Bookings, "c1-ab:1");

    private GatewayFixture _fixture = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await UseAsync(_ => { });
    }

    public ValueTask DisposeAsync()
    {
        _fixture.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Throttled_WithAWait_ThrottledAndNothingChanged()
    {
        await UseAsync(options => options.ThrottleRetries = 0);
        _fixture.Gateway.Inject(new Fault.Answers(429, 3200, RetryAfterMilliseconds: 250));

        (await CommitAsync()).ShouldBe(new CommitResult.Throttled(TimeSpan.FromMilliseconds(250)));

        await ShouldBeAppliedAsync(times: 0);
    }

    [Fact]
    public async Task Throttled_WithoutAWait_ThrottledWithADefault()
    {
        await UseAsync(options => options.ThrottleRetries = 0);
        _fixture.Gateway.Inject(new Fault.Answers(429, 3200));

        (await CommitAsync()).ShouldBeOfType<CommitResult.Throttled>().RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);

        await ShouldBeAppliedAsync(times: 0);
    }

    [Fact]
    public async Task Throttled_OnceWithARetryAllowed_CommittedOnce()
    {
        await UseAsync(options => options.ThrottleRetries = 1);
        _fixture.Gateway.Inject(new Fault.Answers(429, 3200, RetryAfterMilliseconds: 5));

        (await CommitAsync()).ShouldBeOfType<CommitResult.Committed>();

        await ShouldBeAppliedAsync(times: 1);
    }

    [Fact]
    public async Task Throttled_InsideTheBatch_ThrottledAndNothingChanged()
    {
        _fixture.Gateway.Inject(new Fault.FailsOperation(1, 429, RetryAfterMilliseconds: 70));

        (await CommitAsync()).ShouldBe(new CommitResult.Throttled(TimeSpan.FromMilliseconds(70)));

        await ShouldBeAppliedAsync(times: 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Contention_ThatPasses_CommittedOnce(bool insideTheBatch)
    {
        Fault fault = insideTheBatch ? new Fault.FailsOperation(1, 449) : new Fault.Answers(449);
        _fixture.Gateway.Inject(fault, fault, fault);

        (await CommitAsync()).ShouldBeOfType<CommitResult.Committed>();

        await ShouldBeAppliedAsync(times: 1);
    }

    [Fact]
    public async Task Contention_ThatStays_ThrottledAndNothingChanged()
    {
        await UseAsync(options => options.ContentionRetries = 2);
        _fixture.Gateway.Inject([.. Enumerable.Repeat(new Fault.FailsOperation(0, 449), 3)]);

        (await CommitAsync()).ShouldBeOfType<CommitResult.Throttled>().RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);

        await ShouldBeAppliedAsync(times: 0);
    }

    [Theory]
    [InlineData(503, 20003)]
    [InlineData(500, 0)]
    [InlineData(408, 0)]
    [InlineData(410, 0)]
    public async Task ServiceFails_AnyWay_UnknownAndNotRepeated(int status, int subStatus)
    {
        _fixture.Gateway.Inject(new Fault.Answers(status, subStatus));

        (await CommitAsync()).ShouldBeOfType<CommitResult.Unavailable>().OutcomeUnknown.ShouldBeTrue();

        await ShouldBeAppliedAsync(times: 0);
    }

    [Theory]
    [InlineData(401, 0)]
    [InlineData(403, 0)]
    [InlineData(403, 1014)]
    [InlineData(404, 0)]
    [InlineData(404, 1002)]
    [InlineData(404, 1003)]
    public async Task ServiceRefuses_TheWholeBatch_KnownNotToBeApplied(int status, int subStatus)
    {
        _fixture.Gateway.Inject(new Fault.Answers(status, subStatus));

        (await CommitAsync()).ShouldBeOfType<CommitResult.Unavailable>().OutcomeUnknown.ShouldBeFalse();

        await ShouldBeAppliedAsync(times: 0);
    }

    /// <summary>In a batch of one every answer looks as if the operation itself had failed.</summary>
    [Fact]
    public async Task ServiceRefuses_ABatchOfOne_NotTakenForAConflict()
    {
        _fixture.Gateway.Inject(new Fault.Answers(404, 1003));

        var result = await _fixture.Store.CommitAsync(Partition, [new DocumentOperation.Delete("counters")], Cancel);

        result.ShouldBeOfType<CommitResult.Unavailable>().Detail.ShouldContain("missing");
        await ShouldBeAppliedAsync(times: 0);
    }

    [Fact]
    public async Task ContainerMissing_Commit_KnownNotToBeApplied()
    {
        _fixture.Gateway.Drop("concert", "bookings");

        (await CommitAsync()).ShouldBeOfType<CommitResult.Unavailable>().OutcomeUnknown.ShouldBeFalse();
    }

    [Fact]
    public async Task AnswerLost_AfterItWasApplied_UnknownAndSentOnce()
    {
        _fixture.Gateway.Inject(new Fault.LosesAnswer());

        (await CommitAsync()).ShouldBeOfType<CommitResult.Unavailable>().OutcomeUnknown.ShouldBeTrue();

        _fixture.Gateway.Requests.Count(request => request.Operation == "batch").ShouldBe(2, "the seed and this one");
        await ShouldBeAppliedAsync(times: 1);
        (await CommitAsync()).ShouldBe(new CommitResult.Conflict(0, ConflictKind.Exists), "whoever repeats it finds it done");
    }

    [Fact]
    public async Task ConnectionBreaks_WhileSending_UnknownAndNothingChanged()
    {
        _fixture.Gateway.Inject(new Fault.BreaksBefore());

        (await CommitAsync()).ShouldBeOfType<CommitResult.Unavailable>().OutcomeUnknown.ShouldBeTrue();

        await ShouldBeAppliedAsync(times: 0);
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError)]
    [InlineData(HttpRequestError.NameResolutionError)]
    [InlineData(HttpRequestError.SecureConnectionError)]
    public async Task NoConnection_Commit_KnownNotToBeApplied(HttpRequestError error)
    {
        _fixture.Gateway.Inject(new Fault.Refuses(error));

        (await CommitAsync()).ShouldBeOfType<CommitResult.Unavailable>().OutcomeUnknown.ShouldBeFalse();

        await ShouldBeAppliedAsync(times: 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NoAnswer_WithinTheTime_Unknown(bool applied)
    {
        var time = new FakeTimeProvider();
        await UseAsync(_ => { }, time);
        _fixture.Gateway.Inject(applied ? new Fault.DoesAndHangs() : new Fault.Hangs());

        var commit = CommitAsync();
        await _fixture.Gateway.Hanging;
        time.Advance(TimeSpan.FromHours(1));

        (await commit).ShouldBeOfType<CommitResult.Unavailable>().OutcomeUnknown.ShouldBeTrue();

        await ShouldBeAppliedAsync(times: applied ? 1 : 0);
    }

    [Fact]
    public async Task NoAnswer_CallerGivesUp_OperationCanceled()
    {
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        _fixture.Gateway.Inject(new Fault.Hangs());

        var commit = CommitAsync(caller.Token);
        await _fixture.Gateway.Hanging;
        await caller.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => commit);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    public async Task RequestIsWrong_Commit_ThrowsBecauseNoRepeatHelps(int status)
    {
        _fixture.Gateway.Inject(new Fault.Answers(status));

        await Should.ThrowAsync<InvalidOperationException>(() => CommitAsync());

        await ShouldBeAppliedAsync(times: 0);
    }

    [Fact]
    public async Task Increment_OfWhatIsNoNumber_ThrowsAndNothingChanged()
    {
        await Should.ThrowAsync<InvalidOperationException>(
            () => _fixture.Store.CommitAsync(
                Partition, [Upsert("other"), new DocumentOperation.Increment("counters", [new FieldIncrement("type", 1)])], Cancel));

        (await _fixture.Store.ReadAsync(Partition, "other", Cancel)).ShouldBeNull();
    }

    /// <summary>A store with these options, and a document <c>counters</c> whose <c>n</c> counts how often the commit was applied.</summary>
    private async Task UseAsync(Action<CosmosOptions> configure, TimeProvider? time = null)
    {
        _fixture?.Dispose();
        _fixture = await GatewayFixture.CreateAsync(configure, time);
        (await _fixture.Store.CommitAsync(Partition, [Upsert("counters")], Cancel)).ShouldBeOfType<CommitResult.Committed>();
    }

    private Task<CommitResult> CommitAsync(CancellationToken? cancellationToken = null) => _fixture.Store.CommitAsync(
        Partition,
        [new DocumentOperation.Create("r:1", Document("r:1")), new DocumentOperation.Increment("counters", [new FieldIncrement("n", 1, Min: 0)])],
        cancellationToken ?? Cancel);

    private async Task ShouldBeAppliedAsync(int times)
    {
        var documents = await _fixture.Store.QueryAsync(Partition, new PartitionQuery(""), Cancel);
        documents.Items.Count.ShouldBe(1 + times);
        Encoding.UTF8.GetString(documents.Items[0].Json.Span).ShouldContain($"\"n\":{times}");
    }

    private static DocumentOperation.Upsert Upsert(string id) => new(id, Document(id));

    private static byte[] Document(string id) => Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","type":"probe","n":0}""");
}
