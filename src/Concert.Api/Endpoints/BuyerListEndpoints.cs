using Concert.Booking.Availability;
using Concert.Booking.Paging;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Microsoft.Net.Http.Headers;

namespace Concert.Api.Endpoints;

/// <summary>Lists the buyers of a schedule: pages for a screen, a file for a spreadsheet.</summary>
internal sealed class BuyerListEndpoints(IBuyerList buyers) : IEndpoints
{
    private static readonly string[] Columns =
    [
        "reservation", "status", "user", "section", "seats", "places", "total", "createdAt", "holdExpiresAt", "payment", "cancelledAt", "refund", "usedAt", "reason",
    ];

    public void Map(IEndpointRouteBuilder routes) => routes.MapGroup("").WithTags("Admin").MapGet(Routes.ListBuyers, ListAsync)
        .Produces<Paged<ReservationView>>()
        .WithContract(
            nameof(Routes.ListBuyers), "Who has what: all reservations of a schedule but the refused, section by section. As CSV the whole list without pages.", new()
        {
            Parameters =
            [
                Parameters.Id("schedule", Examples.Schedule),
                new("status", "query", false, "Only these, with commas between them: CONFIRMED, HELD, PAYING, CANCELLED, EXPIRED.", "CONFIRMED,HELD"),
                .. Parameters.Paging,
                new("Accept", "header", false, "`text/csv` for a file: UTF-8 with a byte order mark, formulas disarmed.", MediaTypes.Csv),
            ],
            Responses = [new("page", new Paged<ReservationView>([Examples.Bought, Examples.HeldByAnother], "MS9yOm5leHQ"))],
            OtherMedia =
            [
                new(MediaTypes.Csv, string.Join(',', Columns) + "\r\n" + Examples.Reservation + ",CONFIRMED,mina,A,12,1,120000,2027-06-01T20:00:00+09:00,,…\r\n"),
            ],
            Headers = [HeaderNames.Vary],
            Errors = [RefusalCode.NotYours],
        })
        .Requires(Access.Admin);

    internal async Task<IResult> ListAsync(Call call, RouteId id, QueryText status, PageQuery page)
    {
        call.ResponseHeaders.Append(HeaderNames.Vary, HeaderNames.Accept);
        if (!Negotiation.Prefers(call.Http.Request, MediaTypes.Csv))
        {
            return (await buyers.ListAsync(id.Value, status.Text, page.Continuation, page.Limit, call.Aborted)).ToReply();
        }

        var all = await buyers.ReadAllAsync(id.Value, status.Text, call.Aborted);
        return all.IsRefused(out var refusal)
            ? Problem.From(refusal)
            : new CsvReply<BuyerRow>($"reservations-{id.Value}.csv", Columns, all.Value.Rows, Write);
    }

    private static void Write(CsvWriter csv, BuyerRow row)
    {
        var reservation = row.Reservation;
        csv.Text(reservation.Id);
        csv.Text(reservation.Status.Name());
        csv.Text(reservation.UserId);
        csv.Text(row.Place);
        csv.Text(string.Join("; ", reservation.Seats.Select(seat => seat.Row is null ? seat.SeatNumber : $"{seat.Row} {seat.SeatNumber}")));
        csv.Number(reservation.Quantity ?? reservation.Seats.Count);
        csv.Number(reservation.TotalAmount);
        csv.Time(reservation.CreatedAt);
        csv.Time(reservation.HoldExpiresAt);
        csv.Text(reservation.PaymentId);
        csv.Time(reservation.Cancellation?.At);
        csv.Number(reservation.Cancellation?.RefundAmount);
        csv.Time(reservation.UsedAt);
        csv.Text(reservation.Reason);
    }
}
