using Concert.Booking.Calls;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using NSubstitute;

namespace Concert.Api.Tests;

public sealed class WaitTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly Api _api = new();

    public WaitTests() =>
        _api.Reserve.RequestAsync(Arg.Any<Caller>(), Arg.Any<ReservationRequest>(), Arg.Any<CancellationToken>())
            .Returns(_ => Views.Reservation(ReservationStatus.Pending));

    [Fact]
    public async Task Reserve_Waiting_AnswersWithTheOutcome()
    {
        ReservationsBecome(ReservationStatus.Pending, ReservationStatus.Paying, ReservationStatus.Held);
        var answer = await SendAsync("POST", "/api/reservation", Api.ReservationBody, ("Prefer", "wait=5"));
        answer.Status.ShouldBe(202);
        answer.Data["status"]!.GetValue<string>().ShouldBe("HELD");
        answer.Headers["Preference-Applied"].ToString().ShouldBe("wait=5");
        answer.Headers.Location.ToString().ShouldBe("/api/reservation/" + Views.ReservationId);
    }

    [Fact]
    public async Task Reserve_OutcomeTooLate_AnswersPendingWhenTheTimeIsUp()
    {
        ReservationsBecome(ReservationStatus.Pending);
        var start = _api.Time.GetUtcNow();
        var answer = await SendAsync("POST", "/api/reservation", Api.ReservationBody, ("Prefer", "wait=2"));
        answer.Data["status"]!.GetValue<string>().ShouldBe("PENDING");
        (_api.Time.GetUtcNow() - start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Reserve_StoreAwayWhileWaiting_IsStillAccepted()
    {
        var looks = 0;
        _api.Reservations.GetAsync(Arg.Any<Caller>(), Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns<Result<ReservationView>>(_ => looks++ switch
        {
            0 => throw new StoreUnavailableException("away"),
            1 => Refusal.NotYours("reservation"),
            _ => Views.Reservation(ReservationStatus.Held),
        });
        var answer = await SendAsync("POST", "/api/reservation", Api.ReservationBody, ("Prefer", "wait=5"));
        answer.Status.ShouldBe(202);
        answer.Data["status"]!.GetValue<string>().ShouldBe("HELD");
    }

    [Theory]
    [InlineData("wait=3", "wait=3")]
    [InlineData("respond-async, wait=3", "wait=3")]
    [InlineData("WAIT = \"3\"; x=y", "wait=3")]
    [InlineData("wait=0", "wait=0")]
    [InlineData("wait=600", "wait=10")]
    [InlineData("wait=2, wait=5", "wait=2")]
    [InlineData("wait=-1", "")]
    [InlineData("wait=1.5", "")]
    [InlineData("wait=", "")]
    [InlineData("wait", "")]
    [InlineData("wait=99999999999999999999", "")]
    [InlineData("waiting=3", "")]
    public async Task Prefer_IsReadAsTheStandardSays(string prefer, string applied)
    {
        _api.Reservations.GetAsync(Arg.Any<Caller>(), Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns(_ => Views.Reservation(ReservationStatus.Held));
        var answer = await SendAsync("GET", "/api/reservation/c1-s1-1.abc", null, ("Prefer", prefer));
        answer.Status.ShouldBe(200);
        answer.Headers["Preference-Applied"].ToString().ShouldBe(applied);
    }

    [Fact]
    public async Task Get_Waiting_AnswersWithTheOutcome()
    {
        ReservationsBecome(ReservationStatus.Pending, ReservationStatus.Pending, ReservationStatus.Rejected);
        (await SendAsync("GET", "/api/reservation/c1-s1-1.abc", null, ("Prefer", "wait=5"))).Data["status"]!.GetValue<string>().ShouldBe("REJECTED");
    }

    [Fact]
    public async Task Pay_Waiting_AnswersWithTheOutcome()
    {
        _api.Pay.RequestAsync(Arg.Any<Caller>(), Arg.Any<PaymentRequest>(), Arg.Any<CancellationToken>()).Returns(_ => Views.Payment(PaymentStatus.Pending));
        _api.Payments.GetAsync(Arg.Any<Caller>(), Views.PaymentId, Arg.Any<CancellationToken>()).Returns(_ => Views.Payment(PaymentStatus.Pending), _ => Views.Payment(PaymentStatus.Completed));
        var answer = await SendAsync("POST", "/api/payment", """{"reservationId":"c1-s1-1.abc"}""", ("Prefer", "wait=5"));
        answer.Status.ShouldBe(202);
        answer.Data["status"]!.GetValue<string>().ShouldBe("COMPLETED");
        answer.Headers.Location.ToString().ShouldBe("/api/payment/" + Views.PaymentId);
    }

    [Fact]
    public async Task Cancel_Waiting_EndsWithTheCancellation()
    {
        _api.Cancellations.RequestAsync(Arg.Any<Caller>(), Arg.Any<string>(), Arg.Any<CancelRequest>(), Arg.Any<CancellationToken>()).Returns(_ => Views.Reservation(ReservationStatus.Confirmed));
        ReservationsBecome(ReservationStatus.Confirmed, ReservationStatus.Cancelled);
        var answer = await SendAsync("DELETE", "/api/reservation/c1-s1-1.abc", null, ("Prefer", "wait=5"));
        answer.Data["status"]!.GetValue<string>().ShouldBe("CANCELLED");
    }

    [Fact]
    public async Task Cancel_RefusedLater_EndsTheWait()
    {
        _api.Cancellations.RequestAsync(Arg.Any<Caller>(), Arg.Any<string>(), Arg.Any<CancelRequest>(), Arg.Any<CancellationToken>()).Returns(_ => Views.Reservation(ReservationStatus.Confirmed));
        _api.Reservations.GetAsync(Arg.Any<Caller>(), Arg.Any<string>(), Arg.Any<CancellationToken>())
            .Returns(_ => Views.Reservation(ReservationStatus.Confirmed, new HistoryEntry(Views.Now, ReservationStatus.Confirmed, "cancel-window-closed")));
        var start = _api.Time.GetUtcNow();
        await SendAsync("DELETE", "/api/reservation/c1-s1-1.abc", null, ("Prefer", "wait=5"));
        (_api.Time.GetUtcNow() - start).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Wait_WhenTooManyWait_IsNotApplied()
    {
        var api = new Api(("Api:MaxWaitingRequests", "0"));
        api.Reservations.GetAsync(Arg.Any<Caller>(), Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns(_ => Views.Reservation(ReservationStatus.Pending));
        var answer = await api.SendAsync("GET", "/api/reservation/c1-s1-1.abc", null, ("Prefer", "wait=5"));
        answer.Data["status"]!.GetValue<string>().ShouldBe("PENDING");
        answer.Headers.ContainsKey("Preference-Applied").ShouldBeFalse();
    }

    [Fact]
    public async Task Wait_ClientLeaves_Ends()
    {
        using var client = new CancellationTokenSource();
        ReservationsBecome(ReservationStatus.Pending);
        var answer = _api.SendAsync("GET", "/api/reservation/c1-s1-1.abc", (byte[]?)null, client.Token, ("Prefer", "wait=10"));
        answer.IsCompleted.ShouldBeFalse();
        await client.CancelAsync();
        (await answer).Body.ShouldBeEmpty();
    }

    private Task<Answer> SendAsync(string method, string path, string? body, params (string, string?)[] headers) =>
        _api.Time.RunAsync(_api.SendAsync(method, path, body, headers), Step);

    // One status a look; the last one stays.
    private void ReservationsBecome(params ReservationStatus[] statuses)
    {
        var looks = 0;
        _api.Reservations.GetAsync(Arg.Any<Caller>(), Arg.Any<string>(), Arg.Any<CancellationToken>())
            .Returns(_ => Views.Reservation(statuses[Math.Min(looks++, statuses.Length - 1)]));
    }
}
