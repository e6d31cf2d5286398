using System.Text;
using System.Text.Json;
using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

/// <summary>
/// What every <see cref="IDocumentStore"/> promises. Each test works in partitions, statuses and types of its own, so that the suite also runs
/// against a shared server that has other documents.
/// </summary>
public abstract partial class DocumentStoreContract : PortContract, IAsyncLifetime
{
    private readonly string _run = "t" + Guid.NewGuid().ToString("N")[..12];

    /// <summary>The store under test; a new one for each test.</summary>
    protected IDocumentStore Store { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => Store = await CreateStoreAsync();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>A store, empty where that is possible.</summary>
    protected abstract Task<IDocumentStore> CreateStoreAsync();

    /// <summary>Lets the store's clock pass: moves a fake one, or waits for a real server's.</summary>
    protected abstract Task PassTimeAsync(TimeSpan time);

    /// <summary>A partition no other test uses.</summary>
    protected PartitionRef Partition(string name = "1", DocumentContainer container = DocumentContainer.Bookings) => new(container, $"{_run}:{name}");

    /// <summary>A status or type no other test uses.</summary>
    protected string Unique(string name) => $"{name}-{_run}";

    protected static ReadOnlyMemory<byte> Json(string json) => Encoding.UTF8.GetBytes(json);

    /// <summary>A small document: <c>{"id":…,"type":"probe",…members}</c>; members are JSON without braces.</summary>
    protected static ReadOnlyMemory<byte> Doc(string id, string members = "\"n\":0") => Json($$"""{"id":"{{id}}","type":"probe",{{members}}}""");

    protected static DocumentOperation Create(string id, string members = "\"n\":0") => new DocumentOperation.Create(id, Doc(id, members));

    protected static DocumentOperation Replace(string id, string ifMatch, string members = "\"n\":1") =>
        new DocumentOperation.Replace(id, Doc(id, members), ifMatch);

    protected static DocumentOperation Upsert(string id, string members = "\"n\":0") => new DocumentOperation.Upsert(id, Doc(id, members));

    protected static DocumentOperation Delete(string id, string? ifMatch = null) => new DocumentOperation.Delete(id, ifMatch);

    protected static DocumentOperation Add(string id, params FieldIncrement[] fields) => new DocumentOperation.Increment(id, fields);

    /// <summary>Commits, again for as long as a real server asks to wait (bounded).</summary>
    protected async Task<CommitResult> TryCommitAsync(PartitionRef partition, params DocumentOperation[] operations)
    {
        for (var attempt = 1; ; attempt++)
        {
            var result = await Store.CommitAsync(partition, operations, Cancel);
            if (result is not CommitResult.Throttled throttled || attempt == 100)
            {
                return result;
            }

            await Task.Delay(throttled.RetryAfter, Cancel);
        }
    }

    /// <summary>Commits, which must succeed; the ETags.</summary>
    protected async Task<IReadOnlyList<string>> CommitAsync(PartitionRef partition, params DocumentOperation[] operations) =>
        (await TryCommitAsync(partition, operations)).ShouldBeOfType<CommitResult.Committed>().ETags;

    /// <summary>Commits, which must conflict as expected.</summary>
    protected async Task ConflictAsync(PartitionRef partition, int operation, ConflictKind kind, params DocumentOperation[] operations) =>
        (await TryCommitAsync(partition, operations)).ShouldBe(new CommitResult.Conflict(operation, kind));

    protected Task<StoredDocument?> ReadAsync(PartitionRef partition, string id) => Store.ReadAsync(partition, id, Cancel);

    /// <summary>The integer in a document's property.</summary>
    protected async Task<long> NumberAsync(PartitionRef partition, string id, string field = "n") =>
        Property((await ReadAsync(partition, id)).ShouldNotBeNull(), field).GetInt64();

    protected static JsonElement Property(StoredDocument document, string name)
    {
        using var json = JsonDocument.Parse(document.Json);
        return json.RootElement.GetProperty(name).Clone();
    }

    /// <summary>The document has every property of <paramref name="written"/> unchanged; a store may have added others.</summary>
    protected static void ShouldHold(StoredDocument? document, ReadOnlyMemory<byte> written)
    {
        document.ShouldNotBeNull().ETag.ShouldNotBeNullOrEmpty();
        using var expected = JsonDocument.Parse(written);
        using var actual = JsonDocument.Parse(document.Json);
        foreach (var property in expected.RootElement.EnumerateObject())
        {
            actual.RootElement.TryGetProperty(property.Name, out var value).ShouldBeTrue(property.Name);
            JsonElement.DeepEquals(property.Value, value).ShouldBeTrue($"{property.Name}: wrote {property.Value}, read {value}");
        }
    }
}
