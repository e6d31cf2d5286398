using System.Text.Json;
using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Storage;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Catalog;

[Trait("Rule", "S4"), Trait("Rule", "L2"), Trait("Rule", "R-SCHEDULE")]
public sealed class CatalogTests : IDisposable
{
    private readonly World _world = new();

    private ICatalogQueries Catalog => _world.Get<ICatalogQueries>();

    private ICatalogAdmin Admin => _world.Get<ICatalogAdmin>();

    private ISeatMaps Maps => _world.Get<ISeatMaps>();

    private IScheduleReports Reports => _world.Get<IScheduleReports>();

    public void Dispose() => _world.Dispose();

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static NewSchedule Request(int quantity = 5, string concert = World.ConcertId, int days = 60) => new(
        concert,
        World.Start.AddDays(days),
        World.Start.AddDays(days).AddHours(2),
        World.Start,
        World.Start.AddDays(days - 1),
        [new NewSection("Stalls", Json("""[{"number":3,"price":10},{"number":1,"price":10}]"""))],
        [new NewInventory("Floor", quantity, 7)]);

    private Task<Result<CreatedSchedule>> CreateAsync(NewSchedule request, string? key = null) =>
        Admin.CreateScheduleAsync(request, key, CancellationToken.None);

    private async Task<JsonDocument> MapAsync(string scheduleId, bool includeAll, string? section = null) =>
        JsonDocument.Parse(Whole((await Maps.GetAsync(scheduleId, section, includeAll, CancellationToken.None)).Value));

    private static byte[] Whole(SeatMap map) => [.. map.Json.SelectMany(part => part.ToArray())];

    [Fact]
    public async Task CreateConcert_Named_IsListedOnceItHasASchedule()
    {
        var created = (await Admin.CreateConcertAsync(new NewConcert(" Summer "), null, CancellationToken.None)).Value;

        created.Name.ShouldBe("Summer");
        created.Id.ShouldMatch("^c[a-z2-7]{8}$");
        (await Catalog.ListConcertsAsync(CancellationToken.None)).Value.ShouldNotContain(c => c.Id == created.Id);
        await CreateAsync(Request(concert: created.Id));
        (await Catalog.ListConcertsAsync(CancellationToken.None)).Value.ShouldContain(new ConcertView(created.Id, "Summer", true, null));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public async Task CreateConcert_Nameless_IsInvalid(string? name) =>
        (await Admin.CreateConcertAsync(new NewConcert(name), null, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task CreateSchedule_ShowIsOver_IsRefusedAndChangesNothing(int ticksToCome, bool refused)
    {
        var close = World.Start.AddTicks(ticksToCome);
        var over = Request() with { OpenAt = close.AddDays(-2), CloseAt = close, BookingStartAt = close.AddDays(-3), BookingEndAt = close };
        var before = _world.Store.Snapshot();

        var answer = await CreateAsync(over);

        answer.Refusal?.Code.ShouldBe(RefusalCode.InvalidRequest);
        (answer.Refusal is not null).ShouldBe(refused);
        (_world.Store.Snapshot() == before).ShouldBe(refused);
    }

    [Fact]
    public async Task CreateConcert_SameKey_IsTheSameConcertOrAMismatch()
    {
        var first = (await Admin.CreateConcertAsync(new NewConcert("Summer"), "key", CancellationToken.None)).Value;

        (await Admin.CreateConcertAsync(new NewConcert("Summer"), "key", CancellationToken.None)).Value.ShouldBe(first);
        (await Admin.CreateConcertAsync(new NewConcert("Winter"), "key", CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);
        (await Admin.CreateConcertAsync(new NewConcert("Summer"), null, CancellationToken.None)).Value.Id.ShouldNotBe(first.Id);
    }

    [Fact]
    public async Task CreateSchedule_Right_GivesEveryPlaceItsIdAndItsCount()
    {
        var created = (await CreateAsync(Request())).Value;

        created.Id.ShouldMatch($"^{World.ConcertId}-[a-z2-7]{{6}}$");
        created.Sections.ShouldHaveSingleItem().SeatIds.ShouldBe([$"{created.Id}-1-1", $"{created.Id}-1-3"]);
        created.Sections[0].Name.ShouldBe("Stalls");
        created.Inventories.ShouldHaveSingleItem().ShouldBe(new CreatedInventory($"{created.Id}-g1", "Floor"));
        _world.Store.All().ShouldNotContain(d => d.Partition == new SectionRef(created.Id, "1").Partition, "its seats are written when somebody wants them");
        _world.Counters(new SectionRef(created.Id, "g1")).ShouldBe(new CountersDocument(5, 0, 0));
        var view = (await Catalog.ListSchedulesAsync(World.ConcertId, CancellationToken.None)).Value.Single(s => s.Id == created.Id);
        view.TotalSeats.ShouldBe(7);
        view.ReservedSeats.ShouldBe(0);
        view.BookingEndAt.ShouldBe(World.Start.AddDays(59));
    }

    [Fact]
    public async Task CreateSchedule_UnknownConcert_IsNobodysAndWritesNothing()
    {
        var before = _world.Store.Snapshot();
        (await CreateAsync(Request(concert: "cnowhere"))).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        (await CreateAsync(Request(concert: new string('c', 65)))).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        (await CreateAsync(Request(quantity: 0))).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
        _world.Store.Snapshot().ShouldBe(before);
    }

    [Fact]
    public async Task CreateSchedule_SameKey_IsTheSameScheduleOrAMismatch()
    {
        var first = (await CreateAsync(Request(), "key")).Value;
        var before = _world.Store.Snapshot();

        (await CreateAsync(Request(), "key")).Value.Id.ShouldBe(first.Id);
        (await CreateAsync(Request(6), "key")).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);

        _world.Store.Snapshot().ShouldBe(before);
    }

    [Fact]
    public async Task CreateSchedule_CrashAnywhere_IsWholeAfterTheRepeat()
    {
        for (var crash = 1; crash <= 4; crash++)
        {
            using var world = new World();
            var seen = 0;
            var at = crash;
            world.Store.OnCommit = (_, _) => ++seen == at ? CommitFault.CrashAfter : CommitFault.None;
            var catalog = world.Get<ICatalogAdmin>();
            await Should.ThrowAsync<StoreUnavailableException>(() => catalog.CreateScheduleAsync(Request(), "key", CancellationToken.None));
            var created = (await catalog.CreateScheduleAsync(Request(), "key", CancellationToken.None)).Value;
            world.Counters(new SectionRef(created.Id, "g1")).Left.ShouldBe(5);
        }
    }

    [Fact]
    public async Task CreateSchedule_TooManySinglePrices_IsInvalid()
    {
        var seats = string.Join(',', Enumerable.Range(1, 40_000).Select(n => $$"""{"number":{{n}},"price":{{n % 2}}}"""));
        var request = Request() with { Sections = [new NewSection("Stalls", Json($"[{seats}]"))] };

        (await CreateAsync(request)).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
    }

    [Fact]
    public async Task ListSchedules_Several_AreInOrderOfTheirDoors()
    {
        var late = (await CreateAsync(Request(days: 90))).Value.Id;
        var early = (await CreateAsync(Request(days: 10))).Value.Id;

        (await Catalog.ListSchedulesAsync(World.ConcertId, CancellationToken.None)).Value.Select(s => s.Id).ShouldBe([early, World.ScheduleId, late]);
        (await Catalog.ListSchedulesAsync("cnowhere", CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        (await Catalog.ListSchedulesAsync(new string('c', 65), CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
    }

    [Fact]
    public async Task ListSchedules_SoldAndHeld_AreCountedAsReserved()
    {
        await _world.BuyAsync("kim", 1, 2);
        await _world.HoldAsync("lee", 3);
        await _world.HoldPlacesAsync("lee", 4);

        var view = (await Catalog.ListSchedulesAsync(World.ConcertId, CancellationToken.None)).Value.ShouldHaveSingleItem();

        view.TotalSeats.ShouldBe(World.SeatCount + World.LargeCount + World.Standing);
        view.ReservedSeats.ShouldBe(7);
    }

    [Theory]
    [InlineData("caaaaaaaa-bbbbbb-1-7")]
    [InlineData("caaaaaaaa-bbbbbb-1")]
    [InlineData("caaaaaaaa-bbbbbb-g1")]
    [InlineData("caaaaaaaa-bbbbbb")]
    [InlineData("caaaaaaaa-bbbbbb-1.AQAA")]
    [InlineData("caaaaaaaa-bbbbbb-g1.AQAA.AQAA")]
    public void ConcertOf_AnyIdOfASchedule_IsItsConcert(string id) => SectionRef.ConcertOf(id).ShouldBe(World.ConcertId);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("caaaaaaaa")]
    [InlineData("nonsense")]
    public void ConcertOf_SomethingElse_IsNone(string id) => SectionRef.ConcertOf(id).ShouldBeNull();

    [Fact]
    public async Task SeatMap_Available_HasNoTakenSeatAndNoStatus()
    {
        await _world.HoldAsync("kim", 1, 2);
        await _world.BuyAsync("lee", 3);

        using var map = await MapAsync(World.ScheduleId, includeAll: false);

        var seats = map.RootElement.GetProperty("seats").EnumerateArray().ToList();
        seats.Count.ShouldBe(World.SeatCount + World.LargeCount - 3);
        seats[0].GetRawText().ShouldBe($$"""{"id":"{{World.Seat(4)}}","section":"Stalls","seatNumber":"4","price":50000}""");
        map.RootElement.GetProperty("concertScheduleId").GetString().ShouldBe(World.ScheduleId);
        map.RootElement.GetProperty("inventories")[0].GetRawText()
            .ShouldBe($$"""{"id":"{{World.Floor.InventoryId}}","name":"Floor","price":30000,"quantity":30,"available":30}""");
    }

    [Fact]
    public async Task SeatMap_All_SaysHowEachSeatStands()
    {
        var held = await _world.HoldAsync("kim", 1);
        await _world.BuyAsync("lee", 2);
        await _world.HoldPlacesAsync("kim", 4);

        async Task<List<string?>> StatusesAsync()
        {
            using var map = await MapAsync(World.ScheduleId, includeAll: true);
            map.RootElement.GetProperty("inventories")[0].GetProperty("available").GetInt64().ShouldBe(26);
            return [.. map.RootElement.GetProperty("seats").EnumerateArray().Take(3).Select(s => s.GetProperty("status").GetString())];
        }

        (await StatusesAsync()).ShouldBe(["HELD", "SOLD", "AVAILABLE"]);
        await _world.HandleAsync(new CancelCommand(held, World.Start, "kim", "asked", "request"));
        (await StatusesAsync()).ShouldBe(["AVAILABLE", "SOLD", "AVAILABLE"]);
    }

    [Fact]
    public async Task SeatMap_Unchanged_IsServedFromTheCacheUnderTheSameETag()
    {
        var first = (await Maps.GetAsync(World.ScheduleId, null, false, CancellationToken.None)).Value;
        var second = (await Maps.GetAsync(World.ScheduleId, null, false, CancellationToken.None)).Value;
        await Maps.GetAsync(World.ScheduleId, null, true, CancellationToken.None);
        _world.Maps.Built.ShouldBe(3, "once for each section and inventory, whatever the form");
        second.ShouldBeSameAs(first, "what is made from it need not be made again");
        first.ETag.ShouldMatch("^\"[A-Za-z0-9_-]{20}\"$");

        await _world.HoldAsync("kim", 1);

        (await Maps.GetAsync(World.ScheduleId, null, false, CancellationToken.None)).Value.ETag.ShouldNotBe(first.ETag);
        _world.Maps.Built.ShouldBe(4, "only the section that has changed");
        (await Maps.GetAsync("cnowhere-never", null, false, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Floor")]
    public async Task SeatMap_PlacesOfAnInventoryTaken_IsAnother(string? section)
    {
        var before = (await Maps.GetAsync(World.ScheduleId, section, false, CancellationToken.None)).Value;

        await _world.HoldPlacesAsync("kim", 4);

        var after = (await Maps.GetAsync(World.ScheduleId, section, false, CancellationToken.None)).Value;
        after.ETag.ShouldNotBe(before.ETag);
        System.Text.Encoding.UTF8.GetString(Whole(after)).ShouldContain("\"available\":26");
    }

    [Fact]
    public async Task Report_AfterASale_AddsUp()
    {
        await _world.BuyAsync("kim", 1, 2);
        await _world.HoldAsync("lee", 3);
        var (cancelled, _) = await _world.BuyAsync("park", 4);
        _world.Time.AdjustTime(World.Schedule.OpenAt.AddDays(-3));
        await _world.HandleAsync(new CancelCommand(cancelled, _world.Time.GetUtcNow(), "park", "asked", "request"));
        await _world.HandleAsync(new CancelCommand(await _world.HoldAsync("choi", 5), _world.Time.GetUtcNow(), "choi", "asked", "request"));
        await _world.HoldPlacesAsync("choi", 5);
        _world.Gate.Flush();
        await _world.HoldAsync("choi", 1, 6, 7);
        await _world.ChargeAsync("choi", 2 * World.StandingPrice);
        var places = await _world.HoldPlacesAsync("choi", 2);
        await _world.AskToPayAsync("choi", places);
        await _world.DrainAsync();
        await _world.DeadLetterAsync(new ExpireCommand(places, World.Start));

        var report = (await Reports.ReportAsync(World.ScheduleId, CancellationToken.None)).Value;

        report.TotalSeats.ShouldBe(350);
        report.Held.ShouldBe(1 + 5);
        report.Sold.ShouldBe(2 + 2);
        report.Available.ShouldBe(350 - 10);
        report.ReservedSeats.ShouldBe(10);
        report.Reservations.ShouldBe(new Dictionary<string, long>
        {
            ["HELD"] = 2, ["PAYING"] = 0, ["CONFIRMED"] = 2, ["CANCELLED"] = 2, ["EXPIRED"] = 0, ["REJECTED"] = 1,
        }, ignoreOrder: true);
        report.Charged.ShouldBe((3 * World.SeatPrice) + (2 * World.StandingPrice));
        report.Paid.ShouldBe((3 * World.SeatPrice) + (2 * World.StandingPrice));
        report.Refunded.ShouldBe(45_000);
        report.DeadLetters.ShouldBe(1);
        (await Reports.ReportAsync("cnowhere-never", CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
    }

    [Fact]
    public async Task Reader_ReadOnce_AsksNeitherStoreNorCacheAgain()
    {
        var reader = _world.Get<CatalogReader>();
        (await reader.FindScheduleAsync(World.ScheduleId, CancellationToken.None)).ShouldNotBeNull();
        await CachedAsync();
        _world.Cache.Away = true;
        _world.Store.OnRead = (_, _) => throw new StoreUnavailableException("away");

        (await reader.FindScheduleAsync(World.ScheduleId, CancellationToken.None))!.ScheduleId.ShouldBe(World.ScheduleId);
    }

    [Fact]
    public async Task Reader_AnotherInstance_ReadsFromTheCache()
    {
        await _world.Get<CatalogReader>().FindConcertAsync(World.ConcertId, CancellationToken.None);
        await CachedAsync();
        using var other = new World(_world);
        foreach (var (key, value) in _world.Cache.Entries)
        {
            other.Cache.Entries[key] = value;
        }

        _world.Store.OnRead = (_, _) => throw new StoreUnavailableException("away");
        (await other.Get<CatalogReader>().FindConcertAsync(World.ConcertId, CancellationToken.None))!.Name.ShouldBe("Spring");
    }

    [Fact]
    public async Task Reader_ReadAgain_GivesTheSameObject()
    {
        var reader = _world.Get<CatalogReader>();

        var first = await reader.FindScheduleAsync(World.ScheduleId, CancellationToken.None);

        (await reader.FindScheduleAsync(World.ScheduleId, CancellationToken.None)).ShouldBeSameAs(first);
    }

    [Fact]
    public async Task Reader_ConcertIsMadeAfterItWasAskedFor_IsFound()
    {
        var reader = _world.Get<CatalogReader>();
        (await reader.FindConcertAsync("cnew", CancellationToken.None)).ShouldBeNull();
        (await reader.FindScheduleAsync("cnew-1", CancellationToken.None)).ShouldBeNull();

        await _world.Store.CommitAsync(
            new PartitionRef(DocumentContainer.Catalog, "cnew"), [DocumentJson.Put(new ConcertDocument("New", 0), etag: null)], CancellationToken.None);

        (await reader.FindConcertAsync("cnew", CancellationToken.None))!.Name.ShouldBe("New");
    }

    /// <summary>The cache answers before its second level has what it built.</summary>
    private async Task CachedAsync()
    {
        for (var attempt = 0; _world.Cache.Entries.IsEmpty; attempt++)
        {
            attempt.ShouldBeLessThan(1000);
            await Task.Delay(10);
        }
    }

    [Fact]
    public async Task Reader_CacheAway_ReadsTheStore()
    {
        _world.Cache.Away = true;
        (await _world.Get<CatalogReader>().FindConcertAsync(World.ConcertId, CancellationToken.None))!.Name.ShouldBe("Spring");
        (await _world.Get<CatalogReader>().FindConcertAsync("cnowhere", CancellationToken.None)).ShouldBeNull();
        (await _world.Get<CatalogReader>().FindScheduleAsync("nonsense", CancellationToken.None)).ShouldBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task CreateSchedule_SameKeyOtherBodyAfterACrash_NeverCountsThePlacesOfTheFirst(int crash)
    {
        var seen = 0;
        _world.Store.OnCommit = (_, _) => ++seen == crash ? CommitFault.CrashAfter : CommitFault.None;
        await Should.ThrowAsync<StoreUnavailableException>(() => CreateAsync(Request(1_000), "key"));
        _world.Store.OnCommit = null;

        var second = await CreateAsync(Request(10), "key");

        if (second.Refusal is { } refusal)
        {
            refusal.Code.ShouldBe(RefusalCode.IdempotencyMismatch);
        }
        else
        {
            _world.Counters(new SectionRef(second.Value.Id, "g1")).Left.ShouldBe(10);
        }
    }

    [Theory]
    [InlineData(-1, 0, 0, 1)]
    [InlineData(0, -1, 0, 1)]
    [InlineData(0, 0, -1, 1)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1, 1, 1, 0)]
    public async Task Report_CountersThatCannotBe_RaisesAnAlarm(long left, long held, long sold, int alarms)
    {
        using var meter = new Metering("concert.invariant.broken", "S4");
        _world.Store.Seed(World.Floor.Partition, new CountersDocument(left, held, sold));

        (await Reports.ReportAsync(World.ScheduleId, CancellationToken.None)).Refusal.ShouldBeNull();

        meter.Count.ShouldBe(alarms);
    }

    [Fact]
    public async Task CreateSchedule_SameKeyOtherBodyAfterTheKeyIsForgotten_IsAnotherSchedule()
    {
        var first = (await CreateAsync(Request(), "key")).Value;
        _world.Time.Advance(TimeSpan.FromDays(2));

        (await CreateAsync(Request(6), "key")).Value.Id.ShouldNotBe(first.Id);
    }
}
