using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Paging;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.States;
using NSubstitute;

namespace Concert.Api.Tests;

[Trait("Rule", "R-4XX")]
public sealed class RoutingTests
{
    private readonly Api _api = new();

    [Theory]
    [InlineData("/")]
    [InlineData("/api")]
    [InlineData("/api/nothing")]
    [InlineData("/api/reservation/x/y")]
    [InlineData("/queue/issue")]
    [InlineData("/docs/secret.dll")]
    [InlineData("/docs/..%2fpage.html")]
    public async Task UnknownPath_Answers404(string path) => (await _api.SendAsync("GET", path)).ShouldBeProblem(404, "invalid-request");

    [Theory]
    [InlineData("PUT", "/api/reservation", "GET, HEAD, POST")]
    [InlineData("PATCH", "/api/reservation/x", "DELETE, GET, HEAD")]
    [InlineData("GET", "/api/queue/issue", "POST")]
    [InlineData("HEAD", "/api/queue/issue", "POST")]
    [InlineData("POST", "/health/live", "GET, HEAD")]
    [InlineData("OPTIONS", "/api/user/charge", "POST")]
    public async Task WrongMethod_Answers405WithAllow(string method, string path, string allow)
    {
        var answer = await _api.SendAsync(method, path);
        answer.ShouldBeProblem(405, "invalid-request");
        answer.Headers.Allow.ToString().Split(", ").Order(StringComparer.Ordinal).ShouldBe(allow.Split(", "));
    }

    [Fact]
    public async Task RouteValue_OfTheHead_IsNotBelieved()
    {
        _api.Reservations.GetAsync(Arg.Any<Caller>(), "c1-s1-1.abc", Arg.Any<CancellationToken>()).Returns(_ => Views.Reservation(ReservationStatus.Held));
        var http = Api.Request("GET", "/API/reservation/c1-s1-1.abc/");
        http.Request.RouteValues["id"].ShouldBe("of-the-head");
        await _api.Pipeline.InvokeAsync(http);
        Answer.Of(http).Status.ShouldBe(200);
    }

    [Fact]
    public async Task RouteId_TooLong_IsInvalid() =>
        (await _api.SendAsync("GET", "/api/reservation/" + new string('x', 257))).ShouldBeProblem(400, "invalid-request");

    [Theory]
    [InlineData("POST", "/api/reservation/c1-s1-1.abc/cancel")]
    [InlineData("DELETE", "/api/reservation/c1-s1-1.abc")]
    public async Task Cancel_ByEitherCall_IsTheSameOperation(string method, string path)
    {
        _api.Cancellations.RequestAsync(Arg.Any<Caller>(), "c1-s1-1.abc", Arg.Any<CancelRequest>(), Arg.Any<CancellationToken>()).Returns(_ => Views.Reservation(ReservationStatus.Held));
        var answer = await _api.SendAsync(method, path, null, ("Idempotency-Key", "k"));
        answer.Status.ShouldBe(202);
        answer.Headers.Location.ToString().ShouldBe("/api/reservation/c1-s1-1.abc");
        await _api.Cancellations.Received().RequestAsync(Arg.Is<Caller>(c => c.IdempotencyKey == "k"), "c1-s1-1.abc", Arg.Any<CancelRequest>(), Arg.Any<CancellationToken>());
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=-1")]
    [InlineData("limit=x")]
    [InlineData("limit=")]
    [InlineData("limit=5&limit=6")]
    [InlineData("limit=99999999999")]
    [InlineData("limit=1.5")]
    [InlineData("continuation=")]
    [InlineData("continuation=a%00b")]
    [InlineData("continuation=a&continuation=b")]
    public async Task Page_WithAWrongParameter_IsInvalid(string query)
    {
        foreach (var path in new[] { "/api/reservation", "/api/payment", "/api/user/history" })
        {
            (await _api.SendAsync("GET", $"{path}?{query}")).ShouldBeProblem(400, "invalid-request");
        }
    }

    [Fact]
    public async Task Page_WithItsParameters_ReachesTheDomain()
    {
        _api.Reservations.ListAsync(Arg.Any<Caller>(), "abc", 100, Arg.Any<CancellationToken>())
            .Returns(_ => new Paged<ReservationView>([Views.Reservation(ReservationStatus.Held)], "next"));
        var answer = await _api.SendAsync("GET", "/api/reservation?limit=100&continuation=abc");
        answer.Data["continuation"]!.GetValue<string>().ShouldBe("next");
        answer.Data["items"]!.AsArray().Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("/api/concert/available-dates")]
    [InlineData("/api/concert/available-dates?concertId=")]
    [InlineData("/api/concert/available-dates?concertId=a&concertId=b")]
    [InlineData("/api/concert/available-seats")]
    [InlineData("/api/concert/available-seats?concertScheduleId=c1-s1&include=some")]
    [InlineData("/api/concert/available-seats?concertScheduleId=c1-s1&include=")]
    [InlineData("/api/user/check")]
    [InlineData("/api/user/check?userId=%20")]
    public async Task Get_WithAWrongQuery_IsInvalid(string path) => (await _api.SendAsync("GET", path)).ShouldBeProblem(400, "invalid-request");

    [Theory]
    [InlineData("")]
    [InlineData("has space")]
    [InlineData("한글")]
    [InlineData("a\tb")]
    public async Task IdempotencyKey_OutsideVisibleAscii_IsInvalid(string key)
    {
        (await _api.SendAsync("POST", "/api/reservation", Api.ReservationBody, ("Idempotency-Key", key))).ShouldBeProblem(400, "invalid-request");
        _api.Reserve.ReceivedCalls().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(255, 201)]
    [InlineData(256, 400)]
    public async Task IdempotencyKey_Length_IsLimited(int length, int status)
    {
        _api.Staff.CreateConcertAsync(Arg.Any<NewConcert>(), Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns(_ => new CreatedConcert("c1", "a"));
        var answer = await _api.SendAsync(
            "POST", "/api/admin/concert", """{"name":"a"}""", ("x-admin-key", Api.AdminKey), ("Idempotency-Key", new string('k', length)));
        answer.Status.ShouldBe(status);
    }
}
