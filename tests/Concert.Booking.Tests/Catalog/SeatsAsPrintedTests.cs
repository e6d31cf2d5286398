using System.Text.Json;
using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Catalog;

[Trait("Rule", "R-PRINTED")]
public sealed class SeatsAsPrintedTests : IDisposable
{
    private static readonly NewGrade[] Grades = [new("VIP", "VIP석", 120_000), new("R", "R석", 90_000)];

    private readonly World _world = new();

    private ICatalogAdmin Admin => _world.Get<ICatalogAdmin>();

    private ISeatMaps Maps => _world.Get<ISeatMaps>();

    public void Dispose() => _world.Dispose();

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static NewSchedule Request(params NewSection[] sections) => new(
        World.ConcertId, World.Start.AddDays(60), World.Start.AddDays(61), World.Start, World.Start.AddDays(59), sections, [], Grades);

    private static NewSection Seats(string json) => new("A", Json(json));

    private static NewSection Rows(params NewSeatRange[] rows) => new("A", null, rows);

    private static Result<ValidSchedule> Check(NewSection section) => ScheduleValidation.Check(Request(section));

    private static string[] Printed(SectionPlan plan) =>
        [.. plan.Runs.SelectMany(run => Enumerable.Range(run.From, run.To - run.From + 1).Select(key => $"{key}={run.Row}/{run.LabelOf(key)}"))];

    private static void ShouldBeRefused(NewSection section, string about)
    {
        var refusal = Check(section).Refusal.ShouldNotBeNull();
        refusal.Code.ShouldBe(RefusalCode.InvalidRequest);
        refusal.Detail.ShouldContain("Section A");
        refusal.Detail.ShouldContain(about);
    }

    [Fact]
    public void Check_PlainNumbers_AreTheKeys()
    {
        var plan = Check(Seats("""[{"number":7,"price":1},{"number":"9","price":1},{"number":8,"price":1}]""")).Value.Sections[0];

        plan.Runs.ShouldBe([new SeatRun(7, 9, 1)]);
    }

    [Fact]
    public void Check_TextLabels_AreOrderedNaturally()
    {
        var plan = Check(Seats("""
            [{"number":"12A","price":1},{"number":2,"price":1},{"number":"10","price":1},{"number":13,"price":1},{"number":12,"price":1},{"number":11,"price":1}]
            """)).Value.Sections[0];

        Printed(plan).ShouldBe(["1=/2", "2=/10", "3=/11", "4=/12", "5=/12A", "6=/13"]);
        plan.Runs.ShouldBe([new SeatRun(1, 1, 1) { First = 2 }, new SeatRun(2, 4, 1) { First = 10 }, new SeatRun(5, 5, 1) { Label = "12A" }, new SeatRun(6, 6, 1) { First = 13 }]);
        plan.SeatCount.ShouldBe(6);
    }

    [Fact]
    public void Check_Rows_AreRunsInTheOrderOfRows()
    {
        var plan = Check(Rows(new(1, 30, null, "10", "R"), new(1, 20, null, "2", "VIP"), new(21, 25, 5, "2"))).Value.Sections[0];

        plan.Runs.ShouldBe(
        [
            new SeatRun(1, 20, null) { Row = "2", Grade = "VIP" },
            new SeatRun(21, 25, 5) { Row = "2" },
            new SeatRun(26, 55, null) { Row = "10", Grade = "R", First = 1 },
        ]);
        plan.Find(26)!.Value.Label.ShouldBe("1");
        plan.Find(56).ShouldBeNull();
    }

    [Fact]
    public void Check_SameNumberInTwoRows_IsTwoSeats() => Printed(
        Check(Seats("""[{"row":"B","number":1,"price":1},{"row":" A ","number":1,"price":1},{"number":1,"price":1}]""")).Value.Sections[0]).ShouldBe(["1=/1", "2=A/1", "3=B/1"]);

    [Theory]
    [InlineData("""[{"number":1,"price":1},{"number":"1","price":1}]""", "duplicate seat 1")]
    [InlineData("""[{"number":"1A","price":1},{"number":" 1A","price":1}]""", "duplicate seat 1A")]
    [InlineData("""[{"row":"A","number":1,"price":1},{"row":"A ","number":1,"price":1}]""", "duplicate seat 1 in row A")]
    [InlineData("""[{"number":1,"grade":"S"}]""", "there is no grade S")]
    [InlineData("""[{"number":1,"grade":"VIP","price":1}]""", "a price or a grade")]
    [InlineData("""[{"number":1}]""", "a price or a grade")]
    [InlineData("""{"from":1,"to":2,"grade":"S"}""", "there is no grade S")]
    [InlineData("""{"from":1,"to":2,"grade":"VIP","price":1}""", "a price or a grade")]
    [InlineData("""[{"number":"","price":1}]""", "visible")]
    [InlineData("""[{"number":"\u0007","price":1}]""", "character")]
    [InlineData("""[{"number":"\ud800","price":1}]""", "seats must be")]
    [InlineData("""[{"number":"123456789012345678901","price":1}]""", "longer than 20")]
    [InlineData("""[{"row":"123456789012345678901","number":1,"price":1}]""", "longer than 20")]
    [InlineData("""[{"row":5,"number":1,"price":1}]""", "seats must be")]
    [InlineData("""[{"number":1,"grade":5}]""", "seats must be")]
    [InlineData("""[{"number":1,"price":"5","grade":"VIP"}]""", "seats must be")]
    [InlineData("""[{"number":null,"price":1}]""", "seats must be")]
    [InlineData("""[{"number":true,"price":1}]""", "seats must be")]
    public void Check_SeatsThatAreWrong_IsRefusedAndSaysWhy(string seats, string about) => ShouldBeRefused(Seats(seats), about);

    [Fact]
    public void Check_RowsThatAreWrong_IsRefusedAndSaysWhy()
    {
        ShouldBeRefused(Rows(), "rows");
        ShouldBeRefused(Rows(null!), "rows");
        ShouldBeRefused(Rows(new NewSeatRange(1, 2, 1)), "needs a row");
        ShouldBeRefused(Rows(new NewSeatRange(null, 2, 1, "A")), "rows");
        ShouldBeRefused(Rows(new NewSeatRange(2, 1, 1, "A")), "rows");
        ShouldBeRefused(Rows(new NewSeatRange(1, 2, -1, "A")), "rows");
        ShouldBeRefused(Rows(new NewSeatRange(1, 2, 1, "A"), new NewSeatRange(2, 3, 1, "A")), "duplicate seat 2 in row A");
        ShouldBeRefused(Seats("""{"from":1,"to":2,"price":1}""") with { Rows = [new NewSeatRange(1, 2, 1, "A")] }, "not both");
    }

    [Fact]
    public void Check_MoreSeatsThanAllowed_IsRefusedBeforeTheyAreMade() =>
        Check(Rows([.. Enumerable.Range(1, 5).Select(row => new NewSeatRange(1, 1_000_000, 1, $"{row}"))])).Refusal!.Detail.ShouldContain("at most 200000 seats");

    [Theory]
    [InlineData("", "VIP", 1L, "code")]
    [InlineData(null, "VIP", 1L, "code")]
    [InlineData("VIP", null, 1L, "name of grade VIP")]
    [InlineData("VIP", "VIP", null, "Grade VIP: price")]
    [InlineData("VIP", "VIP", -1L, "Grade VIP: price")]
    [InlineData("VIP", "VIP", 1_000_000_001L, "Grade VIP: price")]
    public void Check_GradeThatIsWrong_IsRefused(string? code, string? name, long? price, string about) =>
        ScheduleValidation.Check(Request(Rows(new NewSeatRange(1, 2, 1, "A"))) with { Grades = [new(code, name, price)] }).Refusal!.Detail.ShouldContain(about);

    [Fact]
    public void Check_GradeTwiceOrTooMany_IsRefused()
    {
        var request = Request(Rows(new NewSeatRange(1, 2, 1, "A")));
        ScheduleValidation.Check(request with { Grades = [Grades[0], Grades[0]] }).Refusal!.Detail.ShouldContain("Duplicate grade");
        ScheduleValidation.Check(request with { Grades = [null!] }).Refusal!.Detail.ShouldContain("code");
        ScheduleValidation.Check(request with { Grades = [.. Enumerable.Range(1, 51).Select(n => new NewGrade($"G{n}", "G", 1))] }).Refusal!.Detail.ShouldContain("at most 50");
    }

    [Fact]
    public async Task EveryView_OfASeatInARow_ShowsWhatIsPrintedOnIt()
    {
        var request = Request(
            new NewSection("A", null, [new(1, 2, null, "10", "R"), new(1, 3, null, "2", "VIP")]),
            Seats("""[{"number":"12A","price":50}]""") with { Name = "B" });
        var created = (await Admin.CreateScheduleAsync(request, null, CancellationToken.None)).Value;
        created.Sections[0].SeatIds.ShouldBe(Enumerable.Range(1, 5).Select(key => $"{created.Id}-1-{key}"));
        created.Sections[1].SeatIds.ShouldBe([$"{created.Id}-2-1"]);

        var map = await MapAsync(created.Id);
        map.Select(s => s.GetRawText()).ShouldBe(
        [
            .. Enumerable.Range(1, 3).Select(n => $$"""{"id":"{{created.Id}}-1-{{n}}","section":"A","row":"2","seatNumber":"{{n}}","grade":"VIP","price":120000}"""),
            .. Enumerable.Range(1, 2).Select(n => $$"""{"id":"{{created.Id}}-1-{{n + 3}}","section":"A","row":"10","seatNumber":"{{n}}","grade":"R","price":90000}"""),
            $$"""{"id":"{{created.Id}}-2-1","section":"B","seatNumber":"12A","price":50}""",
        ]);
        (await MapAsync(created.Id, "B")).ShouldHaveSingleItem().GetProperty("seatNumber").GetString().ShouldBe("12A");
        (await Maps.GetAsync(created.Id, "C", false, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);

        await _world.ChargeAsync("kim", 1_000_000);
        var asked = (await _world.Reserve.RequestAsync(
            new Caller("kim"), new ReservationRequest(null, [created.Sections[0].SeatIds[4], created.Sections[0].SeatIds[0]], null, null), CancellationToken.None)).Value;
        ReservedSeat[] seats = [new($"{created.Id}-1-1", "A", "2", "1", "VIP", 120_000), new($"{created.Id}-1-5", "A", "10", "2", "R", 90_000)];
        asked.Seats.ShouldBe(seats);
        asked.TotalAmount.ShouldBe(210_000);
        await _world.DrainAsync();
        var held = (await _world.Reservations.GetAsync(new Caller("kim"), asked.Id, CancellationToken.None)).Value;
        (held.Status, held.TotalAmount).ShouldBe((ReservationStatus.Held, 210_000));
        held.Seats.ShouldBe(seats);
        var payment = (await _world.Pay.RequestAsync(new Caller("kim"), new PaymentRequest(asked.Id, null), CancellationToken.None)).Value;
        payment.SeatNumbers.ShouldBe(["1", "2"]);
        payment.TotalAmount.ShouldBe(210_000);
    }

    [Fact]
    public async Task Schedule_FromBeforeThereWereRows_IsReadAndSoldAsEver()
    {
        const string Old = "caaaaaaaa-oldold";
        var json = $$"""
            {"scheduleId":"{{Old}}","openAt":"2026-06-01T20:00:00+09:00","closeAt":"2026-06-01T23:00:00+09:00","bookingStartAt":"2026-05-01T19:00:00+09:00",
             "bookingEndAt":"2026-05-31T20:00:00+09:00","sections":[{"key":"1","name":"Stalls","runs":[{"from":3,"to":5,"price":50000}]}],"inventories":[],
             "id":"sched:{{Old}}","type":"schedule"}
            """;
        await _world.Store.CommitAsync(
            new PartitionRef(DocumentContainer.Catalog, World.ConcertId),
            [new DocumentOperation.Create(ScheduleDocument.Prefix + Old, System.Text.Encoding.UTF8.GetBytes(json))],
            CancellationToken.None);

        (await MapAsync(Old))[0].GetRawText().ShouldBe($$"""{"id":"{{Old}}-1-3","section":"Stalls","seatNumber":"3","price":50000}""");
    }

    [Fact]
    public void Write_LargeHouseInRows_StaysSmall()
    {
        NewSection[] sections =
        [
            .. Enumerable.Range(1, 200).Select(s => new NewSection($"{s}", null, [.. Enumerable.Range(1, 40).Select(r => new NewSeatRange(1, 25, null, $"{r}", "VIP"))])),
        ];
        var valid = ScheduleValidation.Check(Request(sections)).Value;

        valid.Sections.Sum(s => s.SeatCount).ShouldBe(200_000);
        DocumentJson.Write(new ScheduleDocument("c-1", valid.OpenAt, valid.CloseAt, valid.BookingStartAt, valid.BookingEndAt, valid.Sections, []) { Grades = valid.Grades })
            .Length.ShouldBeLessThan(600_000);
    }

    private async Task<List<JsonElement>> MapAsync(string scheduleId, string? section = null)
    {
        var map = (await Maps.GetAsync(scheduleId, section, false, CancellationToken.None)).Value;
        using var json = JsonDocument.Parse(map.Json.SelectMany(part => part.ToArray()).ToArray());
        return [.. json.RootElement.GetProperty("seats").EnumerateArray().Select(s => s.Clone())];
    }
}
