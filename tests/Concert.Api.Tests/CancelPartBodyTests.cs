using Concert.Booking.Calls;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.States;
using NSubstitute;

namespace Concert.Api.Tests;

[Trait("Rule", "R-PART")]
public sealed class CancelPartBodyTests
{
    private const string Path = "/api/reservation/c1-s1-1.abc/cancel";

    private readonly Api _api = new();

    public CancelPartBodyTests() => _api.Cancellations
        .RequestAsync(Arg.Any<Caller>(), Arg.Any<string>(), Arg.Any<CancelRequest>(), Arg.Any<CancellationToken>())
        .Returns(_ => Views.Reservation(ReservationStatus.Confirmed));

    [Theory]
    [InlineData("POST", Path, null)]
    [InlineData("POST", Path, "{}")]
    [InlineData("POST", Path, """{"seatIds":null,"quantity":null}""")]
    [InlineData("DELETE", "/api/reservation/c1-s1-1.abc", null)]
    [InlineData("DELETE", "/api/reservation/c1-s1-1.abc", "{}")]
    public async Task Cancel_WithoutAPart_IsAllOfIt(string method, string path, string? body)
    {
        (await _api.SendAsync(method, path, body)).Status.ShouldBe(202);
        await _api.Cancellations.Received().RequestAsync(Arg.Any<Caller>(), "c1-s1-1.abc", CancelRequest.Whole, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Cancel_Seats_AreHandedOn()
    {
        (await _api.SendAsync("POST", Path, """{"seatIds":["c1-s1-1-1","c1-s1-1-2"]}""")).Status.ShouldBe(202);
        await _api.Cancellations.Received().RequestAsync(
            Arg.Any<Caller>(), Arg.Any<string>(), Arg.Is<CancelRequest>(c => c.SeatIds!.SequenceEqual(new[] { "c1-s1-1-1", "c1-s1-1-2" })), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Cancel_Places_AreHandedOn()
    {
        (await _api.SendAsync("POST", Path, """{"quantity":2}""")).Status.ShouldBe(202);
        await _api.Cancellations.Received().RequestAsync(Arg.Any<Caller>(), Arg.Any<string>(), new CancelRequest(null, 2), Arg.Any<CancellationToken>());
    }

    [Theory]
    [InlineData("POST", Path, """{"seatIds":["c1-s1-1-1"],"quantity":1}""")]
    [InlineData("POST", Path, """{"seatIds":[]}""")]
    [InlineData("POST", Path, """{"seatIds":[""]}""")]
    [InlineData("POST", Path, """{"seatIds":[null]}""")]
    [InlineData("POST", Path, """{"seatIds":"c1-s1-1-1"}""")]
    [InlineData("POST", Path, """{"quantity":0}""")]
    [InlineData("POST", Path, """{"quantity":-1}""")]
    [InlineData("POST", Path, """{"quantity":"1"}""")]
    [InlineData("POST", Path, """{"quantity":1.5}""")]
    [InlineData("POST", Path, "[]")]
    [InlineData("POST", Path, "null")]
    [InlineData("POST", Path, "{")]
    [InlineData("DELETE", "/api/reservation/c1-s1-1.abc", """{"quantity":1}""")]
    [InlineData("DELETE", "/api/reservation/c1-s1-1.abc", """{"seatIds":["c1-s1-1-1"]}""")]
    public async Task Cancel_PartThatIsNone_IsInvalidAndCancelsNothing(string method, string path, string body)
    {
        (await _api.SendAsync(method, path, body)).ShouldBeProblem(400, "invalid-request");
        _api.Cancellations.ReceivedCalls().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"quantity":1}""", false)]
    [InlineData(null, true)]
    public async Task Cancel_Waiting_APartEndsTheWaitForAPartOnly(string? body, bool waits)
    {
        _api.Reservations.GetAsync(Arg.Any<Caller>(), Arg.Any<string>(), Arg.Any<CancellationToken>())
            .Returns(_ => Views.Reservation(ReservationStatus.Confirmed, new HistoryEntry(Views.Now, ReservationStatus.Confirmed, "part-cancelled")));
        var start = _api.Time.GetUtcNow();

        (await _api.Time.RunAsync(_api.SendAsync("POST", Path, body, ("Prefer", "wait=5")), TimeSpan.FromMilliseconds(100))).Status.ShouldBe(202);
        (_api.Time.GetUtcNow() - start >= TimeSpan.FromSeconds(5)).ShouldBe(waits);
    }
}
