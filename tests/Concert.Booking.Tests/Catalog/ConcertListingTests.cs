using Concert.Booking.Availability;
using Concert.Booking.Catalog;
using Concert.Booking.Ports;
using Concert.Booking.Storage;
using Concert.Booking.Tests.Support;
using Microsoft.Extensions.Caching.Hybrid;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Catalog;

[Trait("Rule", "R-LIST")]
public sealed class ConcertListingTests : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private static async Task<string> CreateConcertAsync(World world, string name) =>
        (await world.Get<ICatalogAdmin>().CreateConcertAsync(new NewConcert(name), null, CancellationToken.None)).Value.Id;

    private static NewSchedule Request(string concert, TimeSpan opensIn, TimeSpan endsIn, World world) => new(
        concert,
        world.Time.GetUtcNow() + endsIn,
        world.Time.GetUtcNow() + endsIn + Day,
        world.Time.GetUtcNow() + opensIn,
        world.Time.GetUtcNow() + endsIn,
        null,
        [new NewInventory("Floor", 5, 7)]);

    private static async Task<string> CreateAsync(World world, string concert, TimeSpan opensIn, TimeSpan endsIn) =>
        (await world.Get<ICatalogAdmin>().CreateScheduleAsync(Request(concert, opensIn, endsIn, world), null, CancellationToken.None)).Value.Id;

    private static async Task<IReadOnlyList<ConcertView>> ListAsync(World world) =>
        (await world.Get<ICatalogQueries>().ListConcertsAsync(CancellationToken.None)).Value;

    private async Task<IReadOnlyList<string>> NamesAsync() => [.. (await ListAsync(_world)).Select(c => c.Name)];

    [Fact]
    public async Task List_ConcertWithoutSchedule_IsNotThere()
    {
        await CreateConcertAsync(_world, "Summer");

        (await NamesAsync()).ShouldBe(["Spring"]);
    }

    [Fact]
    public async Task List_BookingEnds_IsOutAtThatMomentWhateverIsKept()
    {
        var concert = await CreateConcertAsync(_world, "Summer");
        await CreateAsync(_world, concert, -Day, TimeSpan.FromSeconds(1));
        await CreateAsync(_world, concert, -Day, TimeSpan.FromSeconds(2));
        (await NamesAsync()).ShouldContain("Summer");

        _world.Time.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1));
        (await NamesAsync()).ShouldContain("Summer");
        _world.Time.Advance(TimeSpan.FromTicks(1));
        (await NamesAsync()).ShouldBe(["Spring"]);

        _world.Time.Advance(ConcertListing.KeptFor);
        (await NamesAsync()).ShouldBe(["Spring"]);
    }

    [Fact]
    public async Task List_Several_IsByOpeningThenNameThenId()
    {
        var late = await CreateConcertAsync(_world, "A late one");
        await CreateAsync(_world, late, 3 * Day, 5 * Day);
        var soon = await CreateConcertAsync(_world, "Soon");
        await CreateAsync(_world, soon, 9 * Day, 10 * Day);
        await CreateAsync(_world, soon, Day, 5 * Day);
        var twin = await CreateConcertAsync(_world, "B late one");
        await CreateAsync(_world, twin, 3 * Day, 5 * Day);
        List<string> same = [await CreateConcertAsync(_world, "C late one"), await CreateConcertAsync(_world, "C late one")];
        same.ForEach(id => CreateAsync(_world, id, 3 * Day, 5 * Day).GetAwaiter().GetResult());
        await CreateAsync(_world, World.ConcertId, 4 * Day, 5 * Day);

        var now = _world.Time.GetUtcNow();
        (await ListAsync(_world)).ShouldBe(
        [
            new ConcertView(World.ConcertId, "Spring", true, now + (4 * Day)),
            new ConcertView(soon, "Soon", false, now + Day),
            new ConcertView(late, "A late one", false, now + (3 * Day)),
            new ConcertView(twin, "B late one", false, now + (3 * Day)),
            .. same.Order(StringComparer.Ordinal).Select(id => new ConcertView(id, "C late one", false, now + (3 * Day))),
        ]);

        _world.Time.Advance(Day);
        (await ListAsync(_world)).Single(c => c.Id == soon).ShouldBe(new ConcertView(soon, "Soon", true, now + (9 * Day)));
    }

    [Fact]
    public async Task List_ScheduleMadeByAnotherInstance_IsThereWhenWhatIsKeptIsTooOld()
    {
        using var other = new World(_world);
        (await ListAsync(other)).Count.ShouldBe(1);
        var concert = await CreateConcertAsync(_world, "Summer");
        await CreateAsync(_world, concert, default, Day);

        (await NamesAsync()).ShouldBe(["Spring", "Summer"], "who made it knows at once");
        other.Time.Advance(ConcertListing.KeptFor - TimeSpan.FromTicks(1));
        (await ListAsync(other)).Count.ShouldBe(1);
        other.Time.Advance(TimeSpan.FromTicks(1));
        (await ListAsync(other)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task List_TenThousandOldConcerts_ReadsNoneOfThem()
    {
        await ListAsync(_world);
        for (var i = 0; i < 10_000; i++)
        {
            var old = World.Schedule with { ScheduleId = $"cold{i:D5}-bbbbbb", BookingEndAt = World.Start.AddDays(-1).AddSeconds(-i) };
            _world.Store.Seed(ListingDocument.Partition, ListingDocument.Of(old, old.BookingEndAt));
        }

        var before = _world.Store.Queried;
        _world.Time.Advance(ConcertListing.KeptFor);
        for (var i = 0; i < 100; i++)
        {
            (await NamesAsync()).ShouldBe(["Spring"]);
        }

        _world.Store.Queried.ShouldBe((before.Ranges + 1, before.Found + 1, before.Scans));
    }

    [Fact]
    public async Task List_DatabaseFromBeforeTheList_IsCompletedOnce()
    {
        (await NamesAsync()).ShouldBe(["Spring"], "the world's schedule was written beside the list");
        _world.Store.Queried.Scans.ShouldBe(1);
        using var other = new World(_world);

        (await ListAsync(other)).Select(c => c.Name).ShouldBe(["Spring"]);

        _world.Store.Queried.Scans.ShouldBe(1);
    }

    [Fact]
    public async Task List_CreatorDiedAnywhere_HasWhatWasPublishedAndNothingElse()
    {
        for (var crash = 1; crash <= 4; crash++)
        {
            foreach (var fault in new[] { CommitFault.CrashBefore, CommitFault.CrashAfter })
            {
                using var world = new World();
                await ListAsync(world);
                var concert = await CreateConcertAsync(world, "Summer");
                var (seen, at) = (0, crash);
                world.Store.OnCommit = (_, _) => ++seen == at ? fault : CommitFault.None;
                try
                {
                    await CreateAsync(world, concert, default, Day);
                }
                catch (StoreUnavailableException)
                {
                }

                var isThere = world.Store.All().Any(d => d.Partition.Key == concert && d.Document.Id.StartsWith(ScheduleDocument.Prefix, StringComparison.Ordinal));
                using var other = new World(world);
                (await ListAsync(other)).Any(c => c.Id == concert).ShouldBe(isThere, $"commit {crash}, {fault}");
            }
        }
    }

    [Fact]
    public async Task List_StoreWasAway_IsAskedAgainByTheNextCaller()
    {
        _world.Store.OnRead = (_, _) => throw new StoreUnavailableException("away");
        await Should.ThrowAsync<StoreUnavailableException>(() => ListAsync(_world));
        _world.Store.OnRead = null;

        (await NamesAsync()).ShouldBe(["Spring"]);
    }

    [Fact]
    public async Task List_ListingCannotBeNotedComplete_IsAnsweredAllTheSame()
    {
        _world.Store.OnCommit = (_, operations) => operations[0].Id == ListingCompleteDocument.DocumentId ? CommitFault.Refused : CommitFault.None;

        (await NamesAsync()).ShouldBe(["Spring"]);
    }

    [Fact]
    public async Task Read_ManyAtOnce_AreOneReadThatNobodyCancels()
    {
        var gated = new GatedStore(_world.Store);
        var time = _world.Time;
        var loop = new StoreLoop(gated, time, new SeededRandom(1));
        var listing = new ConcertListing(gated, loop, new CatalogReader(gated, _world.Get<HybridCache>(), time), time);
        using var impatient = new CancellationTokenSource();
        var first = listing.ReadAsync(impatient.Token);
        var others = Enumerable.Range(0, 50).Select(_ => Task.Run(() => listing.ReadAsync(CancellationToken.None))).ToList();
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);

        gated.Open.SetResult();

        (await Task.WhenAll(others)).ShouldAllBe(listed => listed.Count == 1);
        _world.Store.Queried.Ranges.ShouldBe(1);
    }

    [Fact]
    public void Entry_Ids_AreInTheOrderInWhichBookingEnds()
    {
        var now = World.Start;
        var ends = new[] { now.AddTicks(1), now.AddMilliseconds(1), now.AddDays(1), now.AddYears(100), DateTimeOffset.MaxValue };
        var ids = ends.Select(end => ListingDocument.Of(World.Schedule with { BookingEndAt = end }, now).Id).ToList();

        ids.ShouldBe(ids.Order(StringComparer.Ordinal));
        ids.ShouldAllBe(id => string.CompareOrdinal(id, ListingDocument.After(now)) > 0);
        string.CompareOrdinal(ListingDocument.Of(World.Schedule with { BookingEndAt = now.AddMilliseconds(-1) }, now).Id, ListingDocument.After(now)).ShouldBeLessThan(0);
    }

    /// <summary>Lets nobody read until it is opened.</summary>
    private sealed class GatedStore(IDocumentStore inner) : IDocumentStore
    {
        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<StoredDocument?> ReadAsync(PartitionRef partition, string id, CancellationToken cancellationToken)
        {
            await Open.Task.WaitAsync(cancellationToken);
            return await inner.ReadAsync(partition, id, cancellationToken);
        }

        public Task<IReadOnlyList<StoredDocument?>> ReadManyAsync(PartitionRef partition, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
            inner.ReadManyAsync(partition, ids, cancellationToken);

        public Task<DocumentPage> QueryAsync(PartitionRef partition, PartitionQuery query, CancellationToken cancellationToken) =>
            inner.QueryAsync(partition, query, cancellationToken);

        public Task<IReadOnlyList<LocatedDocument>> QueryDueAsync(
            DocumentContainer container, IReadOnlyList<string> statuses, DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
            inner.QueryDueAsync(container, statuses, dueBefore, limit, cancellationToken);

        public Task<LocatedPage> ScanAsync(DocumentContainer container, string idPrefix, string? continuation, int limit, CancellationToken cancellationToken) =>
            inner.ScanAsync(container, idPrefix, continuation, limit, cancellationToken);

        public Task<CommitResult> CommitAsync(PartitionRef partition, IReadOnlyList<DocumentOperation> operations, CancellationToken cancellationToken) =>
            inner.CommitAsync(partition, operations, cancellationToken);

        public Task CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);
    }
}
