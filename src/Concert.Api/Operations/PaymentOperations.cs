using Concert.Api.Json;
using Concert.Api.Requests;
using Concert.Api.Responses;
using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.Shared;

namespace Concert.Api.Operations;

internal sealed class PaymentOperations(OutcomeWaiter waiter)
{
    private const string Tag = "Payments";

    public IReadOnlyList<ApiOperation> All() =>
    [
        new()
        {
            Name = OperationNames.RequestPayment,
            Method = "POST",
            Route = "api/payment",
            Access = Access.Admitted,
            Tag = Tag,
            Summary = "Pays a hold from the wallet.",
            Parameters = [Parameters.IdempotencyKey, Parameters.Wait],
            Request = new(
                ApiJson.Wire.PaymentRequest,
                ("a reservation", new PaymentRequest(Examples.Reservation, null)),
                ("my hold on a seat", new PaymentRequest(null, Examples.Seat))),
            SuccessStatus = 202,
            Response = new(ApiJson.Wire.PaymentView, ("pending", Examples.Paying), ("completed", Examples.Paid), ("failed", Examples.Unpaid)),
            ResponseHeaders = ["Location", "Retry-After", "Preference-Applied"],
            Errors = [RefusalCode.NotYours, RefusalCode.HoldExpired, RefusalCode.AlreadyPaid, RefusalCode.InsufficientBalance],
            LaterErrors = [RefusalCode.HoldExpired, RefusalCode.AlreadyPaid, RefusalCode.InsufficientBalance, RefusalCode.Unavailable],
            Handler = RequestAsync,
        },
        new()
        {
            Name = OperationNames.GetPayment,
            Method = "GET",
            Route = "api/payment/{id}",
            Access = Access.Known,
            Tag = Tag,
            Summary = "A receipt.",
            Parameters = [Parameters.Id("payment", Examples.Payment), Parameters.Wait],
            Response = new(ApiJson.Wire.PaymentView, ("completed", Examples.Paid), ("failed", Examples.Unpaid)),
            ResponseHeaders = ["Preference-Applied"],
            Errors = [RefusalCode.NotYours],
            Handler = GetAsync,
        },
        new()
        {
            Name = OperationNames.ListPayments,
            Method = "GET",
            Route = "api/payment",
            Access = Access.Known,
            Tag = Tag,
            Summary = "My payments, newest first.",
            Parameters = Parameters.Paging,
            Response = new(ApiJson.Wire.PagedPaymentView, ("page", new Paged<PaymentView>([Examples.Paid], null))),
            Handler = ListAsync,
        },
    ];

    private async Task<ApiReply> RequestAsync(ApiCall call)
    {
        var body = await call.ReadAsync(ApiJson.Wire.PaymentRequest);
        if (body.IsRefused(out var problem) || (problem = WrongForm(body.Value)) is not null)
        {
            return problem;
        }

        var caller = call.Caller();
        var payments = call.UseCases.Payments;
        var accepted = await call.WhenAdmittedAsync(
            call.UseCases.Catalog.ConcertOf(body.Value.ReservationId ?? body.Value.SeatId!),
            () => payments.RequestAsync(caller, body.Value, call.Aborted),
            () => payments.FindEarlierAsync(caller, body.Value, call.Aborted));
        if (accepted.IsRefused(out var refusal))
        {
            return refusal;
        }

        var id = accepted.Value.Id;
        var (view, granted) = await waiter.WaitAsync(call, accepted.Value, IsDecided, () => payments.GetAsync(caller, id, call.Aborted));
        return ApiReply.Data(202, view, ApiJson.Wire.PaymentView).Accepted(call, $"api/payment/{Uri.EscapeDataString(id)}").Waited(granted);
    }

    private async Task<ApiReply> GetAsync(ApiCall call)
    {
        var id = call.RouteId("id");
        if (id.IsRefused(out var problem))
        {
            return problem;
        }

        var caller = call.Caller();
        var found = await call.UseCases.Payments.GetAsync(caller, id.Value, call.Aborted);
        if (found.IsRefused(out var refusal))
        {
            return refusal;
        }

        var (view, granted) = await waiter.WaitAsync(
            call, found.Value, IsDecided, () => call.UseCases.Payments.GetAsync(caller, id.Value, call.Aborted));
        return ApiReply.Data(200, view, ApiJson.Wire.PaymentView).Waited(granted);
    }

    private static async Task<ApiReply> ListAsync(ApiCall call)
    {
        var page = call.Page();
        if (page.IsRefused(out var problem))
        {
            return problem;
        }

        var found = await call.UseCases.Payments.ListAsync(call.Caller(), page.Value.Continuation, page.Value.Limit, call.Aborted);
        return found.IsRefused(out var refusal) ? refusal : ApiReply.Data(200, found.Value, ApiJson.Wire.PagedPaymentView);
    }

    private static Problem? WrongForm(PaymentRequest request) => request switch
    {
        { ReservationId: not null, SeatId: null } => Text.WrongId("reservationId", request.ReservationId),
        { ReservationId: null, SeatId: not null } => Text.WrongId("seatId", request.SeatId),
        _ => Problem.Invalid("Give either reservationId or seatId."),
    };

    private static bool IsDecided(PaymentView view) => view.Status != PaymentStatus.Pending;
}
