using System.Text;
using Concert.Booking.Calls;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using NSubstitute;

namespace Concert.Api.Tests;

[Trait("Rule", "R-4XX")]
public sealed class BodyTests
{
    private readonly Api _api = new();

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("{")]
    [InlineData("""{"userId":"mina","amount":5""")]
    [InlineData("""{"userId":"mina","amount":5} x""")]
    [InlineData("""{"userId":"mina","amount":5,"amount":6}""")]
    [InlineData("""{"userId":"mina","userId":"jun","amount":5}""")]
    [InlineData("""{"userId":"mina","amount":"5"}""")]
    [InlineData("""{"userId":"mina","amount":1.5}""")]
    [InlineData("""{"userId":"mina","amount":1.0}""")]
    [InlineData("""{"userId":"mina","amount":1e3}""")]
    [InlineData("""{"userId":"mina","amount":9223372036854775808}""")]
    [InlineData("""{"userId":"mina","amount":true}""")]
    [InlineData("""{"userId":"mina"}""")]
    [InlineData("""{"userId":"mina","amount":null}""")]
    [InlineData("""{"amount":5}""")]
    [InlineData("""{"userId":5,"amount":5}""")]
    [InlineData("""{"userId":"","amount":5}""")]
    [InlineData("""{"userId":"   ","amount":5}""")]
    [InlineData("""{"userId":"a\u0000b","amount":5}""")]
    [InlineData("""{"userId":"a\nb","amount":5}""")]
    [InlineData("""{"userId":"\ud800","amount":5}""")]
    [InlineData("""{"\ud800":1,"userId":"mina","amount":5}""")]
    [InlineData("""{"userId":"mina","amount":5,/* x */"a":1}""")]
    [InlineData("""{"userId":"mina","amount":5,}""")]
    [InlineData("""{"x":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]],"userId":"mina","amount":5}""")]
    public async Task Charge_MalformedBody_IsInvalid(string body)
    {
        (await _api.SendAsync("POST", "/api/user/charge", body)).ShouldBeProblem(400, "invalid-request");
        _api.Wallets.ReceivedCalls().ShouldBeEmpty();
    }

    [Fact]
    public async Task Charge_UserIdOf65Characters_IsInvalid()
    {
        (await _api.SendAsync("POST", "/api/user/charge", $$"""{"userId":"{{new string('x', 65)}}","amount":5}""")).ShouldBeProblem(400, "invalid-request");
        _api.Wallets.ReceivedCalls().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{\"userId\":\"\xff\",\"amount\":5}")]
    [InlineData("{\"userId\":\"mina\",\"amount\":5,\"unknown\":\"\xff\"}")]
    [InlineData("\xef\xbb\xbf{\"userId\":\"mina\",\"amount\":5}")]
    public async Task Charge_BytesThatAreNotUtf8Json_IsInvalid(string latin1)
    {
        var answer = await _api.SendAsync("POST", "/api/user/charge", Encoding.Latin1.GetBytes(latin1), CancellationToken.None);
        answer.ShouldBeProblem(400, "invalid-request");
        _api.Wallets.ReceivedCalls().ShouldBeEmpty();
    }

    [Fact]
    public async Task Charge_UnknownProperties_AreIgnored()
    {
        _api.Wallets.ChargeAsync(Arg.Any<Caller>(), 5, Arg.Any<CancellationToken>()).Returns(_ => new Booking.Wallets.BalanceView(5));
        (await _api.SendAsync("POST", "/api/user/charge", """{"userId":"미나","amount":5,"more":{"a":[1]}}""")).Status.ShouldBe(200);
        await _api.Wallets.Received().ChargeAsync(Arg.Is<Caller>(c => c.UserId == "미나"), 5, Arg.Any<CancellationToken>());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/json")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/jsonx")]
    [InlineData("json")]
    public async Task Post_OtherMediaType_IsUnsupported(string? type)
    {
        (await _api.SendAsync("POST", "/api/user/charge", """{"userId":"mina","amount":5}""", ("Content-Type", type))).ShouldBeProblem(415, "invalid-request");
        _api.Wallets.ReceivedCalls().ShouldBeEmpty();
    }

    [Fact]
    public async Task Post_CompressedBody_IsUnsupported() =>
        (await _api.SendAsync("POST", "/api/user/charge", "{}", ("Content-Encoding", "gzip"))).ShouldBeProblem(415, "invalid-request");

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON; Charset=\"UTF-8\"")]
    [InlineData("application/vnd.concert+json")]
    public async Task Post_JsonMediaType_IsRead(string type)
    {
        _api.Wallets.ChargeAsync(Arg.Any<Caller>(), 5, Arg.Any<CancellationToken>()).Returns(_ => new Booking.Wallets.BalanceView(5));
        (await _api.SendAsync("POST", "/api/user/charge", """{"userId":"mina","amount":5}""", ("Content-Type", type))).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_MoreThan64KiB_IsTooLarge(bool withLength)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"userId":"mina","amount":5,"x":"{{new string('x', ApiLimits.BodyBytes)}}"}""");
        var http = Api.Request("POST", "/api/user/charge", body);
        http.Request.ContentLength = withLength ? body.Length : null;
        await _api.Pipeline.InvokeAsync(http);
        Answer.Of(http).ShouldBeProblem(413, "invalid-request");
        _api.Wallets.ReceivedCalls().ShouldBeEmpty();
    }

    [Fact]
    public async Task Post_Exactly64KiB_IsRead()
    {
        _api.Wallets.ChargeAsync(Arg.Any<Caller>(), 5, Arg.Any<CancellationToken>()).Returns(_ => new Booking.Wallets.BalanceView(5));
        var start = """{"userId":"mina","amount":5,"x":"}""";
        var body = start[..^1] + new string('x', ApiLimits.BodyBytes - start.Length - 1) + "\"}";
        Encoding.UTF8.GetByteCount(body).ShouldBe(ApiLimits.BodyBytes);
        (await _api.SendAsync("POST", "/api/user/charge", body)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"seatId":"c1-s1-1-1","seatIds":["c1-s1-1-1"]}""")]
    [InlineData("""{"seatIds":[]}""")]
    [InlineData("""{"seatIds":[null]}""")]
    [InlineData("""{"seatIds":[5]}""")]
    [InlineData("""{"seatIds":"c1-s1-1-1"}""")]
    [InlineData("""{"inventoryId":"c1-s1-g1"}""")]
    [InlineData("""{"quantity":1}""")]
    [InlineData("""{"inventoryId":"c1-s1-g1","quantity":0}""")]
    [InlineData("""{"inventoryId":"c1-s1-g1","quantity":-1}""")]
    [InlineData("""{"inventoryId":"c1-s1-g1","quantity":1.5}""")]
    [InlineData("""{"inventoryId":"c1-s1-g1","quantity":2147483648}""")]
    [InlineData("""{"seatId":"c1-s1-1-1","quantity":1}""")]
    public async Task Reserve_NoneOfTheThreeForms_IsInvalid(string body)
    {
        (await _api.SendAsync("POST", "/api/reservation", body)).ShouldBeProblem(400, "invalid-request");
        _api.Reserve.ReceivedCalls().ShouldBeEmpty();
    }

    [Fact]
    public async Task Reserve_SeatIdOf257Characters_IsInvalid() =>
        (await _api.SendAsync("POST", "/api/reservation", $$"""{"seatId":"{{new string('c', 257)}}"}""")).ShouldBeProblem(400, "invalid-request");

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"reservationId":"a","seatId":"b"}""")]
    [InlineData("""{"reservationId":""}""")]
    public async Task Pay_NoneOfTheForms_IsInvalid(string body)
    {
        (await _api.SendAsync("POST", "/api/payment", body)).ShouldBeProblem(400, "invalid-request");
        _api.Pay.ReceivedCalls().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2030-01-01T00:00:00")]
    [InlineData("2030-01-01")]
    [InlineData("tomorrow")]
    public async Task CreateSchedule_TimeWithoutOffset_IsInvalid(string time)
    {
        var answer = await _api.SendAsync("POST", "/api/admin/schedule", $$"""{"concertId":"c1","openAt":"{{time}}"}""", ("x-admin-key", Api.AdminKey));
        answer.ShouldBeProblem(400, "invalid-request");
        _api.Staff.ReceivedCalls().ShouldBeEmpty();
    }

    [Fact]
    public async Task CreateSchedule_DuplicateKeysInsideSeats_IsInvalid()
    {
        const string Body = """{"concertId":"c1","sections":[{"name":"A","seats":{"from":1,"to":5,"to":500,"price":1}}]}""";
        (await _api.SendAsync("POST", "/api/admin/schedule", Body, ("x-admin-key", Api.AdminKey))).ShouldBeProblem(400, "invalid-request");
    }

    [Fact]
    public async Task Reserve_GoodBody_ReachesTheDomainWithTheCaller()
    {
        _api.Reserve.RequestAsync(Arg.Any<Caller>(), Arg.Any<ReservationRequest>(), Arg.Any<CancellationToken>())
            .Returns(_ => Views.Reservation(ReservationStatus.Pending));
        var answer = await _api.SendAsync("POST", "/api/reservation", """{"seatIds":["c1-s1-1-1","c1-s1-1-2"]}""", ("Idempotency-Key", "k1"));
        answer.Status.ShouldBe(202);
        answer.Headers.Location.ToString().ShouldBe("/api/reservation/" + Views.ReservationId);
        answer.Headers.RetryAfter.ToString().ShouldBe("1");
        answer.Headers.CacheControl.ToString().ShouldBe("no-store");
        answer.Data["id"]!.GetValue<string>().ShouldBe(Views.ReservationId);
        answer.Data["createdAt"]!.GetValue<string>().ShouldBe("2030-01-01T09:00:00+09:00");
        answer.Data.AsObject().ContainsKey("reason").ShouldBeFalse();
        await _api.Reserve.Received().RequestAsync(
            Arg.Is<Caller>(c => c.UserId == "mina" && c.IdempotencyKey == "k1" && c.Token == Api.Mina),
            Arg.Is<ReservationRequest>(r => r.SeatIds!.Count == 2),
            Arg.Any<CancellationToken>());
    }
}
