using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Paging;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Wallets;
using NSubstitute;

namespace Concert.Api.Tests;

[Trait("Rule", "R-ADMITTED"), Trait("Rule", "R-MINE"), Trait("Rule", "R-PLATFORM"), Trait("Rule", "R-ADMIN")]
public sealed class AccessTests
{
    private const string Principal = "X-MS-CLIENT-PRINCIPAL-ID";

    public static TheoryData<string, string> TokenCalls => new()
    {
        { "GET", "/api/queue/check" }, { "DELETE", "/api/queue" },
        { "GET", "/api/concert/available-dates?concertId=c1" }, { "GET", "/api/concert/available-seats?concertScheduleId=c1-s1" },
        { "POST", "/api/reservation" }, { "GET", "/api/reservation" }, { "GET", "/api/reservation/x" }, { "DELETE", "/api/reservation/x" },
        { "POST", "/api/reservation/x/cancel" }, { "POST", "/api/payment" }, { "GET", "/api/payment" }, { "GET", "/api/payment/x" },
        { "GET", "/api/user/history" },
    };

    public static TheoryData<string, string> AdminCalls => new()
    {
        { "POST", "/api/admin/concert" }, { "POST", "/api/admin/schedule" }, { "GET", "/api/admin/schedule/c1-s1/report" },
        { "POST", "/api/admin/webhook" }, { "GET", "/api/admin/webhook" }, { "DELETE", "/api/admin/webhook/w1" }, { "GET", "/api/admin/webhook/w1/failures" },
        { "POST", "/api/admin/webhook/w1/resend" }, { "POST", "/api/admin/schedule/c1-s1/call-off" }, { "GET", "/api/admin/schedule/c1-s1/seats" },
        { "GET", "/api/admin/schedule" }, { "GET", "/api/admin/schedule/c1-s1/live" }, { "GET", "/api/admin/books" }, { "GET", "/api/admin/schedule/c1-s1/dead-letters" },
        { "POST", "/api/admin/schedule/c1-s1/dead-letters/1.x/send-again" }, { "POST", "/api/admin/schedule/c1-s1/dead-letters/1.x/refuse" },
    };

    [Theory]
    [MemberData(nameof(TokenCalls))]
    public async Task Call_WithoutToken_IsRefusedBeforeItsBodyIsRead(string method, string path)
    {
        var api = new Api();
        var answer = await api.SendAsync(method, path, "{ not json", ("queue-token", null));
        answer.ShouldBeProblem(401, "no-token");
        answer.Headers.WWWAuthenticate.ToString().ShouldStartWith("QueueToken");
        (await api.SendAsync(method, path, "{}", ("queue-token", "forged"))).ShouldBeProblem(401, "bad-token");
        (await api.SendAsync(method, path, "{}", ("queue-token", Api.OldToken))).ShouldBeProblem(401, "token-expired");
        (await api.SendAsync(method, path, "{}", ("queue-token", new string('x', ApiLimits.SecretLength + 1)))).ShouldBeProblem(400, "invalid-request");
    }

    [Theory]
    [MemberData(nameof(AdminCalls))]
    public async Task AdminCall_WithoutTheKey_IsRefusedBeforeItsBodyIsRead(string method, string path)
    {
        var api = new Api();
        var answer = await api.SendAsync(method, path, "{ not json");
        answer.ShouldBeProblem(401, "no-token");
        answer.Headers.WWWAuthenticate.ToString().ShouldStartWith("AdminKey");
        (await api.SendAsync(method, path, "{}", ("x-admin-key", Api.AdminKey + "x"))).ShouldBeProblem(401, "bad-token");
        (await api.SendAsync(method, path, "{}", ("x-admin-key", new string('x', ApiLimits.SecretLength + 1)))).ShouldBeProblem(400, "invalid-request");
        api.Staff.ReceivedCalls().ShouldBeEmpty();
        api.Reports.ReceivedCalls().ShouldBeEmpty();
        api.DeadLetters.ReceivedCalls().ShouldBeEmpty();
    }

    [Fact]
    public async Task AdminCall_WithTheKey_Runs()
    {
        var api = new Api();
        api.Staff.CreateConcertAsync(Arg.Any<NewConcert>(), null, Arg.Any<CancellationToken>()).Returns(_ => new CreatedConcert("c1", "이름"));
        var answer = await api.SendAsync("POST", "/api/admin/concert", """{"name":"이름"}""", ("x-admin-key", Api.AdminKey), ("queue-token", null));
        answer.Status.ShouldBe(201);
        answer.Data["name"]!.GetValue<string>().ShouldBe("이름");
    }

    [Theory]
    [InlineData("GET", "/api/concert/available-dates?concertId=c1", null)]
    [InlineData("GET", "/api/concert/available-seats?concertScheduleId=c1-s1", null)]
    [InlineData("POST", "/api/reservation", Api.ReservationBody)]
    [InlineData("POST", "/api/reservation", """{"seatIds":["c1-s1-1-1","c1-s1-1-2"]}""")]
    [InlineData("POST", "/api/reservation", """{"inventoryId":"c1-s1-g1","quantity":2}""")]
    [InlineData("POST", "/api/payment", """{"reservationId":"c1-s1-1.abc"}""")]
    [InlineData("POST", "/api/payment", """{"seatId":"c1-s1-1-1"}""")]
    public async Task BookingCall_WhileWaiting_IsNotAdmittedAndChangesNothing(string method, string path, string? body)
    {
        var api = new Api();
        api.Queue.RequireActiveAsync(Api.Mina, "c1", Arg.Any<CancellationToken>())
            .Returns(new Refusal(RefusalCode.NotAdmitted, "Wait.", TimeSpan.FromSeconds(6.2)));
        var answer = await api.SendAsync(method, path, body);
        answer.ShouldBeProblem(403, "not-admitted");
        answer.Headers.RetryAfter.ToString().ShouldBe("7");
        api.Reserve.ReceivedCalls().ShouldBeEmpty();
        api.Reservations.ReceivedCalls().ShouldBeEmpty();
        api.Pay.ReceivedCalls().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("k1", RefusalCode.TokenExpired, 202)]
    [InlineData("k2", RefusalCode.TokenExpired, 401)]
    [InlineData(null, RefusalCode.TokenExpired, 401)]
    [InlineData("k1", RefusalCode.NotAdmitted, 403)]
    public async Task Pay_TokenEnded_OnlyARepeatOfItsOwnKeyIsAnswered(string? key, RefusalCode turn, int status)
    {
        var api = new Api();
        api.Queue.RequireActiveAsync(Api.Mina, "c1", Arg.Any<CancellationToken>()).Returns(new Refusal(turn, "No."));
        api.Pay.FindEarlierAsync(Arg.Any<Caller>(), Arg.Any<PaymentRequest>(), Arg.Any<CancellationToken>())
            .Returns(call => call.Arg<Caller>().IdempotencyKey == "k1" ? (Result<PaymentView>?)Views.Payment(PaymentStatus.Completed) : null);
        var answer = await api.SendAsync("POST", "/api/payment", """{"reservationId":"c1-s1-1.abc"}""", ("Idempotency-Key", key));
        answer.Status.ShouldBe(status);
        await api.Pay.DidNotReceive().RequestAsync(Arg.Any<Caller>(), Arg.Any<PaymentRequest>(), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task PlatformHeader_InDevelopment_IsNobodysWord()
    {
        var api = new Api();
        (await api.SendAsync("GET", "/api/user/history", null, ("queue-token", null), (Principal, "mina"))).ShouldBeProblem(401, "no-token");
        api.Wallets.BalanceAsync(Arg.Any<Caller>(), Arg.Any<CancellationToken>()).Returns(_ => new BalanceView(5));
        (await api.SendAsync("GET", "/api/user/check?userId=mina", null, (Principal, "other"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Platform_WithoutUser_IsRefused()
    {
        var api = new Api(("Identity:Mode", "Platform"));
        (await api.SendAsync("GET", "/api/user/history")).ShouldBeProblem(401, "no-token");
        (await api.SendAsync("POST", "/api/queue/issue", """{"userId":"mina"}""")).ShouldBeProblem(401, "no-token");
        (await api.SendAsync("GET", "/api/user/check?userId=mina")).ShouldBeProblem(401, "no-token");
    }

    [Fact]
    public async Task Platform_UserOfAnotherName_FindsNothingOfTheirs()
    {
        var api = new Api(("Identity:Mode", "Platform"));
        (await api.SendAsync("GET", "/api/user/check?userId=mina", null, (Principal, "jun"))).ShouldBeProblem(404, "not-yours");
        (await api.SendAsync("POST", "/api/user/charge", """{"userId":"mina","amount":5}""", (Principal, "jun"))).ShouldBeProblem(404, "not-yours");
        (await api.SendAsync("POST", "/api/queue/issue", """{"userId":"mina"}""", (Principal, "jun"))).ShouldBeProblem(404, "not-yours");
        (await api.SendAsync("POST", "/api/reservation", Api.ReservationBody, (Principal, "jun"))).ShouldBeProblem(401, "bad-token");
        api.Wallets.ReceivedCalls().ShouldBeEmpty();
        api.Reserve.ReceivedCalls().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Platform_KnownUserWithoutAFreshToken_SeesWhatIsTheirs(bool hasOld)
    {
        var token = hasOld ? Api.OldToken : null;
        var api = new Api(("Identity:Mode", "Platform"));
        api.Reservations.ListAsync(Arg.Any<Caller>(), null, 20, Arg.Any<CancellationToken>()).Returns(_ => new Paged<ReservationView>([], null));
        (await api.SendAsync("GET", "/api/reservation", null, ("queue-token", token), (Principal, "jun"))).Status.ShouldBe(200);
        await api.Reservations.Received().ListAsync(Arg.Is<Caller>(c => c.UserId == "jun" && c.Token == null), null, 20, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Platform_UserWhoNamesNobody_IsTheSignedInOne()
    {
        var api = new Api(("Identity:Mode", "Platform"));
        api.Wallets.BalanceAsync(Arg.Any<Caller>(), Arg.Any<CancellationToken>()).Returns(new BalanceView(5));
        (await api.SendAsync("GET", "/api/user/check", null, ("X-MS-CLIENT-PRINCIPAL-ID", "mina"))).Status.ShouldBe(200);
        await api.Wallets.Received().BalanceAsync(Arg.Is<Caller>(caller => caller.UserId == "mina"), Arg.Any<CancellationToken>());
        (await api.SendAsync("POST", "/api/user/charge", "{}", ("X-MS-CLIENT-PRINCIPAL-ID", "mina"))).ShouldBeProblem(400, "invalid-request");
    }

    [Fact]
    public async Task Platform_ForgedToken_IsRefusedEvenFromAKnownUser()
    {
        var api = new Api(("Identity:Mode", "Platform"));
        (await api.SendAsync("GET", "/api/reservation", null, ("queue-token", "forged"), (Principal, "jun"))).ShouldBeProblem(401, "bad-token");
    }

    [Fact]
    public async Task Payment_RepeatedUnderItsKeyAfterTheTokenEnded_GetsItsAnswerAgain()
    {
        var api = new Api();
        api.Queue.RequireActiveAsync(Arg.Any<TokenClaims>(), Arg.Any<string?>(), Arg.Any<CancellationToken>())
            .Returns(new Refusal(RefusalCode.TokenExpired, "The queue token has ended."));
        api.Pay.FindEarlierAsync(Arg.Is<Caller>(c => c.IdempotencyKey == "paid"), Arg.Any<PaymentRequest>(), Arg.Any<CancellationToken>())
            .Returns(_ => (Result<PaymentView>?)Views.Payment(PaymentStatus.Completed));

        var body = """{"reservationId":"c1-s1-1.x"}""";
        var repeated = await api.SendAsync("POST", "/api/payment", body, ("Idempotency-Key", "paid"));
        repeated.Status.ShouldBe(202);
        repeated.Data["id"]!.GetValue<string>().ShouldBe(Views.PaymentId);
        (await api.SendAsync("POST", "/api/payment", body, ("Idempotency-Key", "new"))).ShouldBeProblem(401, "token-expired");
        (await api.SendAsync("POST", "/api/payment", body)).ShouldBeProblem(401, "token-expired");
        await api.Pay.DidNotReceiveWithAnyArgs().RequestAsync(default!, default!, default);
    }

    [Fact]
    public async Task Reservation_RepeatedUnderItsKeyAfterTheTokenEnded_GetsItsAnswerAgain()
    {
        var api = new Api();
        api.Queue.RequireActiveAsync(Arg.Any<TokenClaims>(), Arg.Any<string?>(), Arg.Any<CancellationToken>())
            .Returns(new Refusal(RefusalCode.TokenExpired, "The queue token has ended."));
        api.Reserve.FindEarlierAsync(Arg.Is<Caller>(c => c.IdempotencyKey == "asked"), Arg.Any<ReservationRequest>(), Arg.Any<CancellationToken>())
            .Returns(_ => (Result<ReservationView>?)Views.Reservation(ReservationStatus.Confirmed));

        var body = """{"seatId":"c1-s1-1-7"}""";
        (await api.SendAsync("POST", "/api/reservation", body, ("Idempotency-Key", "asked"))).Status.ShouldBe(202);
        (await api.SendAsync("POST", "/api/reservation", body, ("Idempotency-Key", "new"))).ShouldBeProblem(401, "token-expired");
        await api.Reserve.DidNotReceiveWithAnyArgs().RequestAsync(default!, default!, default);
    }
}
