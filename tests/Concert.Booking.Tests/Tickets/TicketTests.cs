using Concert.Booking.Calls;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Tests.Support;
using Concert.Booking.Tickets;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Tickets;

[Trait("Rule", "R-TICKET")]
public sealed class TicketTests : IDisposable
{
    private static readonly string Current = new('k', 32);

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private static async Task<Result<TicketView>> TicketAsync(World world, string user, string reservation) =>
        await world.Get<ITicketReader>().GetAsync(new Caller(user), reservation, CancellationToken.None);

    [Fact]
    public async Task Ticket_OfWhatIsPaid_SaysWhatStandsOnIt()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1, 2);

        var ticket = (await TicketAsync(_world, "kim", reservation)).Value;

        ticket.ReservationId.ShouldBe(reservation);
        ticket.ConcertScheduleId.ShouldBe(World.ScheduleId);
        ticket.ConcertName.ShouldBe("Spring");
        ticket.OpenAt.ShouldBe(World.Schedule.OpenAt);
        ticket.Seats.Select(s => s.Id).ShouldBe([World.Seat(1), World.Seat(2)]);
        ticket.Seats.ShouldAllBe(s => s.Section == "Stalls");
        ticket.InventoryName.ShouldBeNull();
        ticket.UsedAt.ShouldBeNull();
        (await TicketAsync(_world, "kim", reservation)).Value.Code.ShouldBe(ticket.Code);
    }

    [Fact]
    public async Task Ticket_OfStandingPlaces_SaysWhereAndHowMany()
    {
        await _world.ChargeAsync("kim", World.StandingPrice * 3);
        var reservation = await _world.HoldPlacesAsync("kim", 3);
        await _world.AskToPayAsync("kim", reservation);
        await _world.DrainAsync();

        var ticket = (await TicketAsync(_world, "kim", reservation)).Value;

        (ticket.InventoryName, ticket.Quantity).ShouldBe(("Floor", 3));
        ticket.Seats.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ticket_OfWhatIsNotPaid_IsNotValid()
    {
        var pending = (await _world.Reserve.RequestAsync(new Caller("lee"), new(World.Seat(5), null, null, null), CancellationToken.None)).Value.Id;
        (await TicketAsync(_world, "lee", pending)).Refusal!.ShouldBe(new Refusal(RefusalCode.NotValid, "The reservation is PENDING."));
        var held = await _world.HoldAsync("kim", 1);
        (await TicketAsync(_world, "kim", held)).Refusal!.ShouldBe(new Refusal(RefusalCode.NotValid, "The reservation is HELD."));
        await _world.Cancellations.RequestAsync(new Caller("kim"), held, CancelRequest.Whole, CancellationToken.None);
        await _world.DrainAsync();
        (await TicketAsync(_world, "kim", held)).Refusal!.Code.ShouldBe(RefusalCode.NotValid);
    }

    [Fact]
    public async Task Ticket_OfAnotherUser_IsNotThere()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);

        (await TicketAsync(_world, "lee", reservation)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        (await TicketAsync(_world, "kim", reservation + "x")).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
    }

    [Fact]
    public async Task Code_AfterARotation_IsStillGenuineAndTheTicketShowsANewOne()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);
        var old = (await TicketAsync(_world, "kim", reservation)).Value.Code;
        using var rotated = new World(_world, ("WaitingRoom:SigningKey", new string('n', 32)), ("WaitingRoom:PreviousSigningKey", Current));

        var shown = (await TicketAsync(rotated, "kim", reservation)).Value.Code;

        shown.ShouldNotBe(old);
        rotated.Get<TicketSigner>().TryRead(old, out var byOld).ShouldBeTrue();
        rotated.Get<TicketSigner>().TryRead(shown, out var byNew).ShouldBeTrue();
        byOld.ShouldBe(byNew);
        byOld.ToString().ShouldBe(reservation);
    }

    [Fact]
    public async Task Code_AfterBothKeysAreLost_IsAForgeryAndTheReservationShowsANewOne()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);
        var old = (await TicketAsync(_world, "kim", reservation)).Value.Code;
        using var lost = new World(_world, ("WaitingRoom:SigningKey", new string('y', 32)), ("WaitingRoom:PreviousSigningKey", new string('x', 32)));

        lost.Get<TicketSigner>().TryRead(old, out _).ShouldBeFalse();
        lost.Get<TicketSigner>().TryRead((await TicketAsync(lost, "kim", reservation)).Value.Code, out var id).ShouldBeTrue();
        id.ToString().ShouldBe(reservation);
    }

    [Fact]
    public async Task Code_ChangedAnywhere_IsAForgery()
    {
        var (reservation, payment) = await _world.BuyAsync("kim", 1);
        var (another, _) = await _world.BuyAsync("lee", 2);
        var signer = _world.Get<TicketSigner>();
        var code = signer.Sign(World.Parse(reservation));

        for (var i = 0; i < code.Length; i++)
        {
            signer.TryRead(code[..i] + (code[i] == 'a' ? 'b' : 'a') + code[(i + 1)..], out _).ShouldBeFalse();
            signer.TryRead(code[..i], out _).ShouldBeFalse();
        }

        signer.TryRead(another + code[code.LastIndexOf('.')..], out _).ShouldBeFalse();
        foreach (var text in new[] { null, "", ".", "..", reservation, payment, code + "A", code + "=", " " + code })
        {
            signer.TryRead(text, out _).ShouldBeFalse(text);
        }
    }
}
