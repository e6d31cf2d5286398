using System.Text;
using Concert.Azure.Tests.Cosmos.Gateway;
using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Cosmos;

/// <summary>Every read throws the one exception the port promises, whatever failed; none takes a fault for "there is nothing".</summary>
public sealed class ReadFaultTests
{
    private static readonly PartitionRef Partition = new(DocumentContainer.Bookings, "c1-ab:1");

    public static TheoryData<string> Reads => ["read", "read-few", "read-many", "query", "query-due", "scan", "check"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task Throttled_AnyRead_UnavailableWithTheWait(string read)
    {
        using var fixture = await SeededAsync();
        fixture.Gateway.Inject(Repeated(new Fault.Answers(429, 3200, RetryAfterMilliseconds: 1234)));

        var exception = await Should.ThrowAsync<StoreUnavailableException>(() => ReadAsync(fixture.Store, read));

        exception.RetryAfter.ShouldBe(TimeSpan.FromMilliseconds(1234));
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task SessionNotAvailable_AnyRead_UnavailableNotAbsent(string read) => await ShouldBeUnavailableAsync(read, new Fault.Answers(404, 1002), "404/1002");

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task ServiceUnavailable_AnyRead_Unavailable(string read) => await ShouldBeUnavailableAsync(read, new Fault.Answers(503), "503");

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task ServiceTimesOut_AnyRead_Unavailable(string read) => await ShouldBeUnavailableAsync(read, new Fault.Answers(408), "408");

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task IdentityRefused_AnyRead_Unavailable(string read) => await ShouldBeUnavailableAsync(read, new Fault.Answers(403), "identity");

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task NoConnection_AnyRead_Unavailable(string read) => await ShouldBeUnavailableAsync(read, new Fault.Refuses(), "could not be reached");

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task NoAnswer_AnyRead_Unavailable(string read)
    {
        var time = new FakeTimeProvider();
        using var fixture = await SeededAsync(time);
        fixture.Gateway.Inject(Repeated(new Fault.Hangs()));

        var answer = ReadAsync(fixture.Store, read);
        await fixture.Gateway.Hanging;
        time.Advance(TimeSpan.FromHours(1));

        (await Should.ThrowAsync<StoreUnavailableException>(() => answer)).Message.ShouldContain("did not answer");
    }

    [Fact]
    public async Task ContainerMissing_Check_SaysSo()
    {
        using var fixture = await SeededAsync();
        fixture.Gateway.Drop("concert", "wallets");

        var exception = await Should.ThrowAsync<StoreUnavailableException>(() => fixture.Store.CheckAsync(Cancel));

        exception.Message.ShouldContain("missing");
    }

    [Fact]
    public async Task ConnectionBreaks_Once_ReadAnsweredByTheSecondTry()
    {
        using var fixture = await SeededAsync();
        fixture.Gateway.Inject(new Fault.BreaksBefore());

        (await fixture.Store.ReadAsync(Partition, "s:0", Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public async Task NoAnswer_CallerGivesUp_OperationCanceled()
    {
        using var fixture = await SeededAsync();
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        fixture.Gateway.Inject(new Fault.Hangs());

        var read = fixture.Store.ReadAsync(Partition, "s:0", caller.Token);
        await fixture.Gateway.Hanging;
        await caller.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => read);
    }

    private static async Task ShouldBeUnavailableAsync(string read, Fault fault, string because)
    {
        using var fixture = await SeededAsync();
        fixture.Gateway.Inject(Repeated(fault));

        (await Should.ThrowAsync<StoreUnavailableException>(() => ReadAsync(fixture.Store, read))).Message.ShouldContain(because);
    }

    private static Task ReadAsync(CosmosDocumentStore store, string read) => read switch
    {
        "read" => store.ReadAsync(Partition, "s:0", Cancel),
        "read-few" => store.ReadManyAsync(Partition, ["s:0", "s:1"], Cancel),
        "read-many" => store.ReadManyAsync(Partition, [.. Enumerable.Range(0, 20).Select(i => $"s:{i}")], Cancel),
        "query" => store.QueryAsync(Partition, new PartitionQuery("s:"), Cancel),
        "query-due" => store.QueryDueAsync(DocumentContainer.Bookings, ["HELD"], DateTimeOffset.UnixEpoch.AddDays(1), 10, Cancel),
        "scan" => store.ScanAsync(DocumentContainer.Bookings, "seat", null, 10, Cancel),
        "check" => store.CheckAsync(Cancel),
        _ => throw new ArgumentOutOfRangeException(nameof(read)),
    };

    /// <summary>More often than the SDK repeats a read by itself.</summary>
    private static Fault[] Repeated(Fault fault) => [.. Enumerable.Repeat(fault, 40)];

    private static async Task<GatewayFixture> SeededAsync(TimeProvider? time = null)
    {
        var fixture = await GatewayFixture.CreateAsync(options => options.ThrottleRetries = 0, time);
        var seats = Enumerable.Range(0, 20).Select(i => new DocumentOperation.Create(
            $"s:{i}", Encoding.UTF8.GetBytes($$"""{"id":"s:{{i}}","type":"seat","status":"HELD","due":1}""")));
        (await fixture.Store.CommitAsync(Partition, [.. seats], Cancel)).ShouldBeOfType<CommitResult.Committed>();
        foreach (var read in Reads.Select(row => row.Data))
        {
            await ReadAsync(fixture.Store, read);
        }

        return fixture;
    }
}
