using System.Text.Json;
using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Catalog;

[Trait("Rule", "R-CHANGE"), Trait("Rule", "R-PAUSE"), Trait("Rule", "R-PERUSER")]
public sealed class ScheduleChangeTests : IDisposable
{
    private readonly World _world = new();

    private ICatalogQueries Catalog => _world.Get<ICatalogQueries>();

    private ICatalogAdmin Admin => _world.Get<ICatalogAdmin>();

    public void Dispose() => _world.Dispose();

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private Task<Result<ScheduleDetails>> ChangeAsync(ScheduleChange change, string? key = null, World? on = null, string id = World.ScheduleId) =>
        (on ?? _world).Get<IScheduleEditor>().ChangeAsync(id, change, key, CancellationToken.None);

    private async Task<ScheduleDocument> KnownAsync(World? to = null) =>
        (await (to ?? _world).Get<CatalogReader>().FindScheduleAsync(World.ScheduleId, CancellationToken.None))!;

    private async Task ShouldBeRefusedAsync(ScheduleChange change, string about)
    {
        var before = _world.Store.Snapshot();
        var refusal = (await ChangeAsync(change, "bad")).Refusal.ShouldNotBeNull();
        refusal.Code.ShouldBe(RefusalCode.InvalidRequest);
        refusal.Detail.ShouldContain(about);
        _world.Store.Snapshot().ShouldBe(before, "a bad change changes nothing, and claims no key");
    }

    [Fact]
    public async Task Change_TimesAndWindow_AreSaidAtOnceHereAndWithinSecondsElsewhere()
    {
        using var other = new World(_world);
        var before = await KnownAsync(other);
        var end = World.Start.AddMinutes(10);

        var changed = (await ChangeAsync(new ScheduleChange(OpenAt: World.Start.AddDays(31), CloseAt: World.Start.AddDays(32), BookingEndAt: end))).Value;

        (changed.OpenAt, changed.BookingEndAt).ShouldBe((World.Start.AddDays(31), end));
        (await KnownAsync()).BookingEndAt.ShouldBe(end);
        (await KnownAsync(other)).BookingEndAt.ShouldBe(before.BookingEndAt, "it was read a moment ago");
        _world.Time.Advance(CatalogReader.KeptFor);
        (await KnownAsync(other)).BookingEndAt.ShouldBe(end);
        (await Catalog.ListSchedulesAsync(World.ConcertId, CancellationToken.None)).Value.ShouldHaveSingleItem().BookingEndAt.ShouldBe(end);
    }

    [Fact]
    public async Task Reader_NothingHasChanged_KeepsTheSameObject()
    {
        await ChangeAsync(new ScheduleChange(MaxPerUser: 3));
        var first = await KnownAsync();
        _world.Time.Advance(CatalogReader.KeptFor);
        (await KnownAsync()).ShouldBeSameAs(first);
    }

    [Fact]
    public async Task Reader_StoreAway_KnowsWhatItKnewButDecidesNothing()
    {
        var reader = _world.Get<CatalogReader>();
        await KnownAsync();
        _world.Time.Advance(CatalogReader.KeptFor);
        _world.Store.OnRead = (_, _) => throw new StoreUnavailableException("away");

        (await KnownAsync()).ScheduleId.ShouldBe(World.ScheduleId);
        await Should.ThrowAsync<StoreUnavailableException>(() => reader.FindCurrentAsync(World.ScheduleId, CancellationToken.None));
    }

    [Fact]
    public async Task Change_ThatIsWrong_IsRefusedAndChangesNothing()
    {
        await ShouldBeRefusedAsync(new ScheduleChange(), "Nothing");
        await ShouldBeRefusedAsync(new ScheduleChange(BookingEndAt: World.Schedule.CloseAt.AddTicks(1)), "not after closeAt");
        await ShouldBeRefusedAsync(new ScheduleChange(BookingStartAt: World.Schedule.BookingEndAt), "before bookingEndAt");
        await ShouldBeRefusedAsync(new ScheduleChange(OpenAt: World.Schedule.CloseAt), "before closeAt");
        await ShouldBeRefusedAsync(new ScheduleChange(MaxPerUser: 0), "maxPerUser");
        await ShouldBeRefusedAsync(new ScheduleChange(Grades: [new("VIP", Price: 5)]), "name of grade VIP");
        await ShouldBeRefusedAsync(new ScheduleChange(Grades: [new("VIP", "VIP")]), "price");
        await ShouldBeRefusedAsync(new ScheduleChange(Grades: [new("VIP", "VIP", 5), new("VIP", "VIP", 5)]), "Duplicate grade");
        await ShouldBeRefusedAsync(new ScheduleChange(Sections: [new("Stalls")]), "give a price");
        await ShouldBeRefusedAsync(new ScheduleChange(Sections: [new("Stalls", Price: -1)]), "price must be");
        await ShouldBeRefusedAsync(new ScheduleChange(Sections: [new("Stalls", Seats: Json("""{"from":20,"to":21,"price":1}"""))]), "duplicate seat 20");
        await ShouldBeRefusedAsync(new ScheduleChange(Sections: [new("Stalls", 1), new("Stalls", 2)]), "Duplicate name");
        await ShouldBeRefusedAsync(new ScheduleChange(Sections: [new("Box", 1)]), "is new");
        await ShouldBeRefusedAsync(new ScheduleChange(Sections: [new("Floor", Seats: Json("""{"from":1,"to":2,"price":1}"""))]), "is an inventory");
        await ShouldBeRefusedAsync(new ScheduleChange(Inventories: [new("Stalls", 1, 1)]), "is a section");
        await ShouldBeRefusedAsync(new ScheduleChange(Inventories: [new("Floor", World.Standing - 1)]), "can only get more");
        await ShouldBeRefusedAsync(new ScheduleChange(Inventories: [new("Garden", 5)]), "price");
        (await ChangeAsync(new ScheduleChange(MaxPerUser: 3), id: "caaaaaaaa-zzzzzz")).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        (await ChangeAsync(new ScheduleChange(MaxPerUser: 3), id: "nonsense")).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
    }

    [Fact]
    public async Task Change_Prices_AreThoseOfTheNextHoldAndNotOfTheLast()
    {
        var held = await _world.HoldAsync("kim", 1);
        var places = await _world.HoldPlacesAsync("kim", 2);

        await ChangeAsync(new ScheduleChange(Sections: [new("Stalls", 70_000)], Inventories: [new("Floor", Price: 1_000)]));

        _world.Reservation(await _world.HoldAsync("lee", 2))!.Total.ShouldBe(70_000);
        _world.Reservation(await _world.HoldPlacesAsync("lee", 2))!.Total.ShouldBe(2_000);
        await _world.ChargeAsync("kim", World.SeatPrice + (2 * World.StandingPrice));
        await _world.AskToPayAsync("kim", held);
        await _world.AskToPayAsync("kim", places);
        await _world.DrainAsync();
        _world.Reservation(held)!.Status.ShouldBe(ReservationStatus.Confirmed);
        _world.Balance("kim").ShouldBe(0);
    }

    [Fact]
    public async Task Change_Grade_MovesThePriceOfItsSeatsOnly()
    {
        await ChangeAsync(new ScheduleChange(
            Grades: [new("VIP", "VIP석", 120_000)], Sections: [new("Box", Seats: Json("""[{"number":1,"grade":"VIP"},{"number":2,"price":5}]"""))]));
        await ChangeAsync(new ScheduleChange(Grades: [new("VIP", Price: 99_000)]));

        var schedule = await KnownAsync();
        schedule.Grades!.ShouldHaveSingleItem().ShouldBe(new GradePlan("VIP", "VIP석", 99_000));
        schedule.Sections[2].Runs.Select(schedule.PriceOf).ShouldBe([99_000, 5]);
    }

    [Fact]
    public async Task Change_MoreSeats_AreOnSaleUnderNewKeysAndTheOldOnesKeepTheirs()
    {
        using var other = new World(_world);
        await KnownAsync(other);
        var held = await _world.HoldAsync("kim", 20);

        var changed = (await ChangeAsync(new ScheduleChange(Sections:
        [
            new("Stalls", Seats: Json("""[{"number":"20A","price":7},{"number":21,"price":7}]""")),
            new("Box", Rows: [new(1, 2, 9, "A")]),
        ]))).Value;

        changed.Sections.Select(s => s.Name).ShouldBe(["Stalls", "Box"]);
        var view = (await _world.Reservations.GetAsync(new Caller("kim"), held, CancellationToken.None)).Value;
        view.Seats.ShouldHaveSingleItem().SeatNumber.ShouldBe("20");
        var schedule = await KnownAsync();
        schedule.Sections[0].Runs.ShouldBe(
            [new SeatRun(1, 20, World.SeatPrice), new SeatRun(21, 21, 7) { Label = "20A" }, new SeatRun(22, 22, 7) { First = 21 }]);
        schedule.Sections[2].Key.ShouldBe("3");

        // Accepted here, and decided by an instance that does not know of the seat yet.
        var asked = (await _world.Reserve.RequestAsync(
            new Caller("lee"), new ReservationRequest(null, [World.Seat(21)], null, null), CancellationToken.None)).Value;
        await _world.Queue.DrainAsync(other.Processor);
        _world.Reservation(asked.Id)!.Status.ShouldBe(ReservationStatus.Held);
        (await other.Reservations.GetAsync(new Caller("lee"), asked.Id, CancellationToken.None)).Value.Seats[0].SeatNumber.ShouldBe("20A");
    }

    [Fact]
    public async Task Change_MorePlaces_CanBeHeldAndAreCounted()
    {
        await _world.HoldPlacesAsync("kim", 8);

        var changed = (await ChangeAsync(new ScheduleChange(Inventories: [new("Floor", World.Standing + 5), new("Garden", 3, 10)]), "key")).Value;

        changed.Inventories.ShouldBe(
        [
            new InventoryDetails(World.Floor.InventoryId, "Floor", World.StandingPrice, World.Standing + 5),
            new InventoryDetails($"{World.ScheduleId}-g2", "Garden", 10, 3),
        ]);
        _world.Counters(World.Floor).ShouldBe(new CountersDocument(World.Standing + 5 - 8, 8, 0) { Added = 5 });
        _world.Counters(new SectionRef(World.ScheduleId, "g2")).Left.ShouldBe(3);
        (await ChangeAsync(new ScheduleChange(Inventories: [new("Floor", World.Standing + 5), new("Garden", 3, 10)]), "key")).Value.Inventories.Count.ShouldBe(2);
        _world.Counters(World.Floor).Capacity.ShouldBe(World.Standing + 5);
    }

    [Fact]
    public async Task Change_SameKey_IsOneChangeOrAMismatch()
    {
        var more = new ScheduleChange(Sections: [new("Stalls", Seats: Json("""{"from":21,"to":22,"price":1}"""))]);
        await ChangeAsync(more, "key");
        var before = _world.Store.Snapshot();

        (await ChangeAsync(more, "key")).Refusal.ShouldBeNull("the seats are there because of this very call");
        (await ChangeAsync(new ScheduleChange(MaxPerUser: 3), "key")).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);

        _world.Store.Snapshot().ShouldBe(before);
    }

    [Fact]
    public async Task Change_CrashAnywhere_IsWholeAfterTheRepeat()
    {
        var change = new ScheduleChange(BookingEndAt: World.Start.AddDays(5), Inventories: [new("Floor", World.Standing + 5), new("Garden", 3, 10)]);
        for (var crash = 1; crash <= 6; crash++)
        {
            using var world = new World();
            var seen = 0;
            var at = crash;
            world.Store.OnCommit = (_, _) => ++seen == at ? CommitFault.CrashAfter : CommitFault.None;
            await Should.ThrowAsync<StoreUnavailableException>(() => ChangeAsync(change, "key", world), $"crash {crash}");
            (await ChangeAsync(change, "key", world)).Refusal.ShouldBeNull();
            world.Counters(World.Floor).Capacity.ShouldBe(World.Standing + 5);
            (await KnownAsync(world)).Inventories.Select(i => i.Quantity).ShouldBe([World.Standing + 5, 3]);
            var listed = await world.Get<ConcertListing>().ReadAsync(CancellationToken.None);
            listed.ShouldHaveSingleItem().Window.To.ShouldBe(World.Start.AddDays(5));
        }
    }

    [Fact]
    public async Task Change_TwoAtOnce_BothHold()
    {
        using var other = new World(_world);
        var changes = Enumerable.Range(0, 6).Select(n => n switch
        {
            0 => ChangeAsync(new ScheduleChange(MaxPerUser: 3)),
            1 => ChangeAsync(new ScheduleChange(Inventories: [new("Floor", 40)]), on: other),
            2 => ChangeAsync(new ScheduleChange(Inventories: [new("Floor", 50)])),
            3 => ChangeAsync(new ScheduleChange(Inventories: [new("Garden", 7, 1)]), on: other),
            4 => ChangeAsync(new ScheduleChange(Inventories: [new("Roof", 9, 1)])),
            _ => ChangeAsync(new ScheduleChange(Sections: [new("Stalls", Seats: Json("""{"from":21,"to":22,"price":1}"""))]), on: other),
        });

        var answers = await Task.WhenAll(changes);

        var schedule = await KnownAsync();
        schedule.MaxPerUser.ShouldBe(3);
        schedule.Sections[0].SeatCount.ShouldBe(22);
        foreach (var inventory in schedule.Inventories)
        {
            _world.Counters(new SectionRef(World.ScheduleId, inventory.Key)).Capacity.ShouldBe(inventory.Quantity, inventory.Name);
        }

        schedule.Inventories.Select(i => i.Name).Order().ShouldBe(["Floor", "Garden", "Roof"]);
        answers.Where(a => a.Refusal is not null).ShouldAllBe(a => a.Refusal!.Detail.Contains("can only get more"));
    }

    [Fact]
    public async Task Pause_HoldsNothingButWhatIsHeldCanBePaid()
    {
        var held = await _world.HoldAsync("kim", 1);
        var waiting = (await _world.Reserve.RequestAsync(
            new Caller("lee"), new ReservationRequest(null, [World.Seat(2)], null, null), CancellationToken.None)).Value;

        (await ChangeAsync(new ScheduleChange(SalesPaused: true))).Value.SalesPaused.ShouldBeTrue();

        (await _world.Reserve.RequestAsync(new Caller("choi"), new ReservationRequest(null, [World.Seat(3)], null, null), CancellationToken.None))
            .Refusal!.Code.ShouldBe(RefusalCode.BookingClosed);
        await _world.DrainAsync();
        var refused = _world.Reservation(waiting.Id)!;
        (refused.Status, refused.Reason).ShouldBe((ReservationStatus.Rejected, "booking-closed"));
        await _world.ChargeAsync("kim", World.SeatPrice);
        await _world.AskToPayAsync("kim", held);
        await _world.DrainAsync();
        _world.Reservation(held)!.Status.ShouldBe(ReservationStatus.Confirmed);
        (await Catalog.ListConcertsAsync(CancellationToken.None)).Value.ShouldHaveSingleItem().IsOpen.ShouldBeFalse();

        await ChangeAsync(new ScheduleChange(SalesPaused: false));
        _world.Reservation(await _world.HoldAsync("choi", 3))!.Status.ShouldBe(ReservationStatus.Held);
        (await Catalog.ListConcertsAsync(CancellationToken.None)).Value.ShouldHaveSingleItem().IsOpen.ShouldBeTrue();
    }

    [Fact]
    public async Task MaxPerUser_OfTheSchedule_StandsInForTheSetting()
    {
        await ChangeAsync(new ScheduleChange(MaxPerUser: 2));
        await _world.HoldAsync("kim", 1, 2);
        _world.Reservation(await _world.HoldAsync("kim", 3))!.Reason.ShouldBe("limit-reached");
        await ChangeAsync(new ScheduleChange(MaxPerUser: 9));
        _world.Reservation(await _world.HoldAsync("kim", 4, 5, 6, 7, 8, 9, 10))!.Status.ShouldBe(ReservationStatus.Held);
    }

    [Fact]
    public async Task CreateSchedule_WithALimit_KeepsIt()
    {
        var request = new NewSchedule(
            World.ConcertId, World.Start.AddDays(60), World.Start.AddDays(61), World.Start, World.Start.AddDays(59), null, [new NewInventory("Floor", 5, 7)], MaxPerUser: 1);
        var id = (await Admin.CreateScheduleAsync(request, null, CancellationToken.None)).Value.Id;

        (await _world.Get<CatalogReader>().FindScheduleAsync(id, CancellationToken.None))!.MaxPerUser.ShouldBe(1);
        (await Admin.CreateScheduleAsync(request with { MaxPerUser = 0 }, null, CancellationToken.None)).Refusal!.Detail.ShouldContain("maxPerUser");
        (await Admin.CreateScheduleAsync(request with { MaxPerUser = 1_000_001 }, null, CancellationToken.None)).Refusal!.Detail.ShouldContain("maxPerUser");
    }

    [Fact]
    public async Task List_WindowMoved_SaysTheNewOneAndNamesTheScheduleOnce()
    {
        var listing = _world.Get<ConcertListing>();
        (await listing.ReadAsync(CancellationToken.None)).ShouldHaveSingleItem().Window.ShouldBe(ListedWindow.Of(World.Schedule));

        await ChangeAsync(new ScheduleChange(BookingStartAt: World.Start.AddDays(1), BookingEndAt: World.Start.AddDays(2)));

        var listed = (await listing.ReadAsync(CancellationToken.None)).ShouldHaveSingleItem();
        listed.Window.ShouldBe(new ListedWindow(World.Start.AddDays(1), World.Start.AddDays(2), false));
        var concert = (await Catalog.ListConcertsAsync(CancellationToken.None)).Value.ShouldHaveSingleItem();
        (concert.IsOpen, concert.NextOpeningAt).ShouldBe((false, World.Start.AddDays(1)));
        _world.Store.All().Count(d => d.Document.Id.StartsWith(ListingDocument.Prefix, StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task List_BookingHadEndedAndGoesOn_IsThereAgain()
    {
        await ChangeAsync(new ScheduleChange(BookingEndAt: World.Start));
        _world.Time.Advance(TimeSpan.FromHours(1));
        (await Catalog.ListConcertsAsync(CancellationToken.None)).Value.ShouldBeEmpty();

        await ChangeAsync(new ScheduleChange(BookingEndAt: World.Start.AddDays(1)));

        (await Catalog.ListConcertsAsync(CancellationToken.None)).Value.ShouldHaveSingleItem().IsOpen.ShouldBeTrue();
    }
}
