using System.Text;
using Concert.Booking.Storage;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Cosmos;

/// <summary>
/// Request units of the shapes a sale is made of, computed by <see cref="Gateway.PublishedCharges"/> from published rules: an estimate to plan with,
/// not a measurement. The table is in the test's output; the assertions keep a change of a shape or of the indexes from doubling the bill unseen.
/// </summary>
public sealed class BatchChargeTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly PartitionRef Section = new(DocumentContainer.Bookings, "c1a2b3c4d-ab12:1");
    private static readonly PartitionRef User = new(DocumentContainer.Wallets, "user-000001");

    private GatewayFixture _fixture = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _fixture = await GatewayFixture.CreateAsync();
        await CommitAsync(Section, Create("counters", 300));
        await CommitAsync(User, Create("wallet", 200));
    }

    public ValueTask DisposeAsync()
    {
        _fixture.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Sale_EachStep_CostsNoMoreThanPlanned()
    {
        var reads = await ReadChargeAsync("hold: reads reservation and seat", Section, "r:1", "s:1")
            + await ReadChargeAsync("hold: reads entry and limit", User, "req:1", "lim:1");
        var list = await ChargeAsync("hold 1, entry and limit created", User, Create("req:1", 250), Create("lim:1", 150));
        var listed = await ChargeAsync("hold 1, limit replaced", User, Create("req:2", 250), await Replace(User, "lim:1", 150));
        var first = await ChargeAsync("hold 2, seat created", Section, Create("r:1", 900, timed: true), Create("s:1", 250), Count(-1, 1, 0));
        var again = await ChargeAsync("hold 2, seat replaced", Section, Create("r:2", 900, timed: true), await Replace(Section, "s:1", 250), Count(-1, 1, 0));
        var four = await ChargeAsync("hold 2, 4 seats created", Section, [Create("r:4", 1300, timed: true), .. Enumerable.Range(10, 4).Select(i => Create($"s:{i}", 250)), Count(-4, 4, 0)]);
        var standing = await ChargeAsync("hold 2, standing places", Section, Create("r:5", 900, timed: true), Count(-1, 1, 0));
        var refusal = await ChargeAsync("refusal", Section, Create("r:3", 500)) + await ChargeAsync("refusal, entry", User, Create("req:3", 250));

        var paying = await ChargeAsync("payment 1, reservation PAYING", Section, await Replace(Section, "r:2", 950, timed: true));
        var debit = await ChargeAsync("payment 2, debit", User, await Replace(User, "wallet", 200), Create("led:1", 350), Create("pay:1", 700), Create("payx:1", 250));
        var confirm = await ChargeAsync("payment 3, CONFIRMED and SOLD", Section, await Replace(Section, "r:2", 1000), await Replace(Section, "s:1", 250), Count(0, -1, 1));

        var cancelHold = await ChargeAsync("cancel of a hold", Section, await Replace(Section, "r:1", 1000), await Replace(Section, "s:10", 250), Count(1, -1, 0))
            + await ChargeAsync("cancel of a hold, given back", User, await Replace(User, "req:1", 250), await Replace(User, "lim:1", 150))
            + await ChargeAsync("cancel of a hold, off the timer's list", Section, await Replace(Section, "r:1", 1000));
        var cancelling = await ChargeAsync("cancel 1, accepted", Section, await Replace(Section, "r:2", 1100, timed: true));
        var refund = await ChargeAsync("cancel 2, refund", User, await Replace(User, "wallet", 200), Create("led:2", 350), await Replace(User, "pay:1", 800));
        var free = await ChargeAsync("cancel 3, CANCELLED and free", Section, await Replace(Section, "r:2", 1150), await Replace(Section, "s:1", 250), Count(1, 0, -1))
            + await ChargeAsync("cancel 4, given back", User, await Replace(User, "req:2", 250), await Replace(User, "lim:1", 150))
            + await ChargeAsync("cancel 5, off the timer's list", Section, await Replace(Section, "r:2", 1150));

        var sale = list + reads + first + paying + debit + confirm;
        output.WriteLine($"{"a seat from request to SOLD, point reads of the other steps left out",-70}{sale,8:0.0}");
        output.WriteLine($"{"a paid seat cancelled",-70}{cancelling + refund + free,8:0.0}");
        first.ShouldBeLessThan(30);
        again.ShouldBeLessThan(40);
        listed.ShouldBeLessThan(25);
        four.ShouldBeLessThan(55);
        standing.ShouldBeLessThan(25);
        refusal.ShouldBeLessThan(16);
        cancelHold.ShouldBeLessThan(90);
        sale.ShouldBeLessThan(140);
    }

    private async Task<double> ChargeAsync(string what, PartitionRef partition, params DocumentOperation[] operations)
    {
        _fixture.Charges.Clear();
        await CommitAsync(partition, operations);
        return Report(what, string.Join(" + ", operations.Select(operation => operation.GetType().Name.ToLowerInvariant())));
    }

    private async Task<double> ReadChargeAsync(string what, PartitionRef partition, params string[] ids)
    {
        _fixture.Charges.Clear();
        await _fixture.Store.ReadManyAsync(partition, ids, Cancel);
        return Report(what, $"{ids.Length} point reads");
    }

    private double Report(string what, string shape)
    {
        var units = _fixture.Charges.Sum(charge => charge.Units);
        output.WriteLine($"{what,-42}{units,8:0.0} RU   {shape}");
        return units;
    }

    private async Task CommitAsync(PartitionRef partition, params DocumentOperation[] operations) =>
        (await _fixture.Store.CommitAsync(partition, operations, Cancel)).ShouldBeOfType<CommitResult.Committed>();

    private async Task<DocumentOperation> Replace(PartitionRef partition, string id, int size, bool timed = false)
    {
        var current = await _fixture.Store.ReadAsync(partition, id, Cancel);
        return new DocumentOperation.Replace(id, Document(id, size, timed), current!.ETag);
    }

    private static DocumentOperation.Create Create(string id, int size, bool timed = false) => new(id, Document(id, size, timed));

    private static DocumentOperation.Increment Count(int left, int held, int sold) => new(
        "counters", [new FieldIncrement("left", left, Min: 0), new FieldIncrement("held", held, Min: 0), new FieldIncrement("sold", sold, Min: 0), new FieldIncrement("version", 1)]);

    /// <summary>A document of about that many bytes, with the properties that are indexed.</summary>
    private static byte[] Document(string id, int size, bool timed)
    {
        var head = $$"""{"id":"{{id}}","type":"document","status":"HELD",{{(timed ? "\"due\":1900000000000," : "")}}"left":500,"held":50,"sold":50,"version":1,"rest":"{{""}}""";
        return Encoding.UTF8.GetBytes($"{head}{new string('x', Math.Max(0, size - head.Length - 2))}\"}}");
    }
}
