using Concert.Booking.Tickets;
using Microsoft.Net.Http.Headers;

namespace Concert.Api.Endpoints;

/// <summary>Tickets, for who has paid and for who stands at the door.</summary>
internal sealed class TicketEndpoints(ITicketReader tickets, ICheckInUseCase door) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGroup("").WithTags("Reservations").MapGet(Routes.GetTicket, GetAsync)
            .Produces<TicketView>()
            .WithContract(nameof(Routes.GetTicket), "The ticket of a CONFIRMED reservation: what is scanned at the door, as text or as a QR code.", new()
            {
                Parameters =
                [
                    Parameters.Id("reservation", Examples.Reservation),
                    new("Accept", "header", false, "`image/svg+xml` for the QR code.", MediaTypes.Svg),
                ],
                Responses = [new("ticket", Examples.Ticket), new("ticket that was used", Examples.UsedTicket)],
                OtherMedia = [new(MediaTypes.Svg, "<svg xmlns=\"http://www.w3.org/2000/svg\">…</svg>")],
                Headers = [HeaderNames.Vary],
                Errors = [RefusalCode.NotYours, RefusalCode.NotValid],
            })
            .Requires(Access.Known);
        routes.MapGroup("").WithTags("Admin").MapPost(Routes.CheckIn, CheckInAsync)
            .Accepts<CheckInRequest>(Body.MediaType)
            .Produces<CheckInView>()
            .WithContract(nameof(Routes.CheckIn), "Lets in who shows a ticket, once. A repeat under the same key gets the same answer.", new()
            {
                Parameters = [Parameters.IdempotencyKey],
                Requests =
                [
                    new("a ticket", new CheckInRequest(Examples.TicketCode)),
                    new("at a door of one schedule", new CheckInRequest(Examples.TicketCode, Examples.Schedule)),
                ],
                Responses = [new("let in", Examples.CheckedIn)],
                Errors = [RefusalCode.NotYours, RefusalCode.AlreadyUsed, RefusalCode.NotValid],
            })
            .Requires(Access.Admin);
    }

    internal async Task<IResult> GetAsync(Call call, RouteId id)
    {
        call.ResponseHeaders.Append(HeaderNames.Vary, HeaderNames.Accept);
        var found = await tickets.GetAsync(call.Caller(), id.Value, call.Aborted);
        return !found.IsRefused(out _) && Negotiation.Prefers(call.Http.Request, MediaTypes.Svg)
            ? Reply.Bytes(QrCode.Svg(found.Value.Code), MediaTypes.Svg)
            : found.ToReply();
    }

    internal async Task<IResult> CheckInAsync(Call call, Body<CheckInRequest> body) =>
        (await door.CheckInAsync(body.Value, call.IdempotencyKey, call.Aborted)).ToReply();
}
