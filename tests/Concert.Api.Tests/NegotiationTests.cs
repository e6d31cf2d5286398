using System.Text;
using Concert.Booking.Calls;
using Concert.Booking.Tickets;
using NSubstitute;

namespace Concert.Api.Tests;

public sealed class NegotiationTests
{
    private const string Path = "/api/reservation/c1-s1-1.abc/ticket";

    private readonly Api _api = new();

    public NegotiationTests() => _api.Tickets.GetAsync(Arg.Any<Caller>(), "c1-s1-1.abc", Arg.Any<CancellationToken>())
        .Returns(_ => new TicketView("c1-s1-1.abc.def", Views.ReservationId, "c1-s1", "이름", Views.Now, Views.Now, [], null, null, null));

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("*/*", false)]
    [InlineData("application/json", false)]
    [InlineData("application/json, image/svg+xml", false)]
    [InlineData("image/svg+xml;q=0", false)]
    [InlineData("image/svg+xml;q=0, */*", false)]
    [InlineData("image/svg+xml;q=0.5, application/json", false)]
    [InlineData("image/png", false)]
    [InlineData("not a media type", false)]
    [InlineData("image/svg+xml", true)]
    [InlineData("IMAGE/SVG+XML", true)]
    [InlineData("image/*", true)]
    [InlineData("image/svg+xml, */*", true)]
    [InlineData("application/json;q=0.5, image/svg+xml;q=0.6", true)]
    [InlineData("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", true)]
    public async Task Ticket_ByAccept_IsTextOrPicture(string? accept, bool isPicture)
    {
        var answer = await _api.SendAsync("GET", Path, null, ("Accept", accept));

        answer.Status.ShouldBe(200);
        answer.ContentType.ShouldBe(isPicture ? "image/svg+xml" : "application/json; charset=utf-8");
        answer.Headers.Vary.ToString().ShouldContain("Accept");
        answer.Headers.CacheControl.ToString().ShouldBe("no-store");
        Encoding.UTF8.GetString(answer.Body).ShouldContain(isPicture ? "<svg " : "\"code\":\"c1-s1-1.abc.def\"");
    }

    [Fact]
    public async Task Ticket_Refused_IsAProblemInWhateverForm()
    {
        _api.Tickets.GetAsync(Arg.Any<Caller>(), Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns(_ => new Refusal(RefusalCode.NotValid, "Because."));

        (await _api.SendAsync("GET", Path, null, ("Accept", "image/svg+xml"))).ShouldBeProblem(409, "not-valid");
    }

    [Fact]
    public async Task CheckIn_Refused_SaysWhenInTheProblem()
    {
        _api.Door.CheckInAsync(new CheckInRequest("c"), "k", Arg.Any<CancellationToken>())
            .Returns(_ => new Refusal(RefusalCode.AlreadyUsed, "Because.") { At = Views.Now });

        var answer = await _api.SendAsync("POST", "/api/admin/check-in", """{"code":"c"}""", ("x-admin-key", Api.AdminKey), ("Idempotency-Key", "k"));

        answer.ShouldBeProblem(409, "already-used");
        answer.Json["at"]!.GetValue<DateTimeOffset>().ShouldBe(Views.Now);
    }
}
