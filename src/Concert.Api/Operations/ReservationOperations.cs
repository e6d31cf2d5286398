using Concert.Api.Json;
using Concert.Api.Requests;
using Concert.Api.Responses;
using Concert.Booking.Reservations;
using Concert.Booking.Shared;

namespace Concert.Api.Operations;

internal sealed class ReservationOperations(OutcomeWaiter waiter)
{
    private const string Tag = "Reservations";

    public IReadOnlyList<ApiOperation> All() =>
    [
        new()
        {
            Name = OperationNames.RequestReservation,
            Method = "POST",
            Route = "api/reservation",
            Access = Access.Admitted,
            Tag = Tag,
            Summary = "Asks for a hold on 1 to 8 seats of a section, or on a quantity of an inventory: all or nothing.",
            Parameters = [Parameters.IdempotencyKey, Parameters.Wait],
            Request = new(
                ApiJson.Wire.ReservationRequest,
                ("a seat", new ReservationRequest(Examples.Seat, null, null, null)),
                ("seats", new ReservationRequest(null, [Examples.Seat, Examples.Schedule + "-1-13"], null, null)),
                ("standing places", new ReservationRequest(null, null, Examples.Inventory, 2))),
            SuccessStatus = 202,
            Response = new(ApiJson.Wire.ReservationView, ("pending", Examples.Pending), ("held", Examples.Held), ("rejected", Examples.Rejected)),
            ResponseHeaders = ["Location", "Retry-After", "Preference-Applied"],
            Errors = [RefusalCode.NotYours, RefusalCode.SeatTaken, RefusalCode.SoldOut, RefusalCode.BookingClosed, RefusalCode.LimitReached],
            LaterErrors = [RefusalCode.SeatTaken, RefusalCode.SoldOut, RefusalCode.BookingClosed, RefusalCode.LimitReached, RefusalCode.Unavailable],
            Handler = RequestAsync,
        },
        new()
        {
            Name = OperationNames.GetReservation,
            Method = "GET",
            Route = "api/reservation/{id}",
            Access = Access.Known,
            Tag = Tag,
            Summary = "One of my reservations, with its history.",
            Parameters = [Parameters.Id("reservation", Examples.Reservation), Parameters.Wait],
            Response = new(ApiJson.Wire.ReservationView, ("held", Examples.Held), ("rejected", Examples.Rejected), ("cancelled", Examples.Cancelled)),
            ResponseHeaders = ["Preference-Applied"],
            Errors = [RefusalCode.NotYours],
            Handler = GetAsync,
        },
        new()
        {
            Name = OperationNames.ListReservations,
            Method = "GET",
            Route = "api/reservation",
            Access = Access.Known,
            Tag = Tag,
            Summary = "My reservations, newest first.",
            Parameters = Parameters.Paging,
            Response = new(ApiJson.Wire.PagedReservationView, ("page", new Paged<ReservationView>([Examples.Held, Examples.Rejected], "bzpuZXh0"))),
            Handler = ListAsync,
        },
        Cancel(OperationNames.CancelReservation, "POST", "api/reservation/{id}/cancel"),
        Cancel(OperationNames.DeleteReservation, "DELETE", "api/reservation/{id}"),
    ];

    private ApiOperation Cancel(string name, string method, string route) => new()
    {
        Name = name,
        Method = method,
        Route = route,
        Access = Access.Known,
        Tag = Tag,
        Summary = "Cancels a hold, or a paid reservation for a refund.",
        Parameters = [Parameters.Id("reservation", Examples.Reservation), Parameters.IdempotencyKey, Parameters.Wait],
        SuccessStatus = 202,
        Response = new(ApiJson.Wire.ReservationView, ("asked", Examples.Held), ("cancelled", Examples.Cancelled)),
        ResponseHeaders = ["Location", "Retry-After", "Preference-Applied"],
        Errors = [RefusalCode.NotYours, RefusalCode.NotCancellable, RefusalCode.CancelWindowClosed],
        LaterErrors = [RefusalCode.NotCancellable, RefusalCode.CancelWindowClosed],
        Handler = CancelAsync,
    };

    private async Task<ApiReply> RequestAsync(ApiCall call)
    {
        var body = await call.ReadAsync(ApiJson.Wire.ReservationRequest);
        if (body.IsRefused(out var problem) || (problem = ReservationForm.Wrong(body.Value)) is not null)
        {
            return problem;
        }

        var caller = call.Caller();
        var reservations = call.UseCases.Reservations;
        var accepted = await call.WhenAdmittedAsync(
            call.UseCases.Catalog.ConcertOf(ReservationForm.AnyPlace(body.Value)),
            () => reservations.RequestAsync(caller, body.Value, call.Aborted),
            () => reservations.FindEarlierAsync(caller, body.Value, call.Aborted));
        return accepted.IsRefused(out var refusal) ? refusal : await AcceptedAsync(call, accepted.Value, IsDecided);
    }

    private async Task<ApiReply> GetAsync(ApiCall call)
    {
        var id = call.RouteId("id");
        if (id.IsRefused(out var problem))
        {
            return problem;
        }

        var caller = call.Caller();
        var found = await call.UseCases.Reservations.GetAsync(caller, id.Value, call.Aborted);
        if (found.IsRefused(out var refusal))
        {
            return refusal;
        }

        var (view, granted) = await waiter.WaitAsync(
            call, found.Value, IsDecided, () => call.UseCases.Reservations.GetAsync(caller, id.Value, call.Aborted));
        return ApiReply.Data(200, view, ApiJson.Wire.ReservationView).Waited(granted);
    }

    private static async Task<ApiReply> ListAsync(ApiCall call)
    {
        var page = call.Page();
        if (page.IsRefused(out var problem))
        {
            return problem;
        }

        var found = await call.UseCases.Reservations.ListAsync(call.Caller(), page.Value.Continuation, page.Value.Limit, call.Aborted);
        return found.IsRefused(out var refusal) ? refusal : ApiReply.Data(200, found.Value, ApiJson.Wire.PagedReservationView);
    }

    private async Task<ApiReply> CancelAsync(ApiCall call)
    {
        var id = call.RouteId("id");
        if (id.IsRefused(out var problem))
        {
            return problem;
        }

        var asked = await call.UseCases.Reservations.RequestCancelAsync(call.Caller(), id.Value, call.Aborted);
        return asked.IsRefused(out var refusal) ? refusal : await AcceptedAsync(call, asked.Value, view => IsCancelDecided(asked.Value, view));
    }

    private async Task<ApiReply> AcceptedAsync(ApiCall call, ReservationView first, Func<ReservationView, bool> isFinal)
    {
        var caller = call.Caller();
        var (view, granted) = await waiter.WaitAsync(call, first, isFinal, () => call.UseCases.Reservations.GetAsync(caller, first.Id, call.Aborted));
        return ApiReply.Data(202, view, ApiJson.Wire.ReservationView)
            .Accepted(call, $"api/reservation/{Uri.EscapeDataString(view.Id)}")
            .Waited(granted);
    }

    private static bool IsDecided(ReservationView view) => view.Status is not (ReservationStatus.Pending or ReservationStatus.Paying);

    // A cancellation is over when the reservation is, or when a refusal was noted after it was asked for.
    private static bool IsCancelDecided(ReservationView asked, ReservationView view) =>
        view.Status is ReservationStatus.Cancelled or ReservationStatus.Expired or ReservationStatus.Rejected
        || (view.History.Count > asked.History.Count && view.History[^1].Reason is not null);
}
