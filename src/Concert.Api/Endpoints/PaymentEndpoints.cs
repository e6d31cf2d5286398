using Concert.Booking.Ids;
using Concert.Booking.Paging;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.States;
using Concert.Booking.Wallets;

namespace Concert.Api.Endpoints;

/// <summary>Pays holds and shows receipts.</summary>
internal sealed class PaymentEndpoints(IPayUseCase pay, IPaymentReader payments, OutcomeWaiter waiter) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").WithTags("Payments");
        api.MapPost(Routes.RequestPayment, RequestAsync)
            .Accepts<PaymentRequest>(Body.MediaType)
            .Produces<PaymentView>(StatusCodes.Status202Accepted)
            .WithContract(nameof(Routes.RequestPayment), "Pays a hold from the wallet.", new()
            {
                Parameters = [Parameters.IdempotencyKey, Parameters.Wait],
                Requests =
                [
                    new("a reservation", new PaymentRequest(Examples.Reservation, null)),
                    new("my hold on a seat", new PaymentRequest(null, Examples.Seat)),
                ],
                Responses = [new("pending", Examples.Paying), new("completed", Examples.Paid), new("failed", Examples.Unpaid)],
                Headers = ["Location", "Retry-After", "Preference-Applied"],
                Errors = [RefusalCode.NotYours, RefusalCode.BookingClosed, RefusalCode.HoldExpired, RefusalCode.AlreadyPaid, RefusalCode.InsufficientBalance],
                LaterErrors = [RefusalCode.BookingClosed, RefusalCode.HoldExpired, RefusalCode.AlreadyPaid, RefusalCode.InsufficientBalance, RefusalCode.Unavailable],
            })
            .RequiresAdmission(static context => SectionRef.ConcertOf(Subject(context.GetArgument<Body<PaymentRequest>>(1).Value)), repeats: true);
        api.MapGet(Routes.GetPayment, GetAsync)
            .Produces<PaymentView>()
            .WithContract(nameof(Routes.GetPayment), "A receipt.", new()
            {
                Parameters = [Parameters.Id("payment", Examples.Payment), Parameters.Wait],
                Responses = [new("completed", Examples.Paid), new("failed", Examples.Unpaid)],
                Headers = ["Preference-Applied"],
                Errors = [RefusalCode.NotYours],
            })
            .Requires(Access.Known);
        api.MapGet(Routes.ListPayments, ListAsync)
            .Produces<Paged<PaymentView>>()
            .WithContract(nameof(Routes.ListPayments), "My payments, newest first.", new()
            {
                Parameters = Parameters.Paging,
                Responses = [new("page", new Paged<PaymentView>([Examples.Paid], null))],
            })
            .Requires(Access.Known);
    }

    internal async Task<IResult> RequestAsync(Call call, Body<PaymentRequest> body)
    {
        var caller = call.Caller();
        var accepted = call.OnlyRepeats is { } ended
            ? await pay.FindEarlierAsync(caller, body.Value, call.Aborted) ?? ended
            : await pay.RequestAsync(caller, body.Value, call.Aborted);
        if (accepted.IsRefused(out var refusal))
        {
            return Problem.From(refusal);
        }

        var view = await waiter.WaitAsync(call, caller, accepted.Value, accepted.Value.Id, IsDecided, payments.GetAsync);
        call.Accepted($"api/payment/{Uri.EscapeDataString(view.Id)}");
        return Reply.Of(view, StatusCodes.Status202Accepted);
    }

    internal async Task<IResult> GetAsync(Call call, RouteId id)
    {
        var caller = call.Caller();
        var found = await payments.GetAsync(caller, id.Value, call.Aborted);
        return found.IsRefused(out var refusal)
            ? Problem.From(refusal)
            : Reply.Of(await waiter.WaitAsync(call, caller, found.Value, id.Value, IsDecided, payments.GetAsync));
    }

    internal async Task<IResult> ListAsync(Call call, PageQuery page) =>
        (await payments.ListAsync(call.Caller(), page.Continuation, page.Limit, call.Aborted)).ToReply();

    private static string Subject(PaymentRequest request) => request.ReservationId ?? request.SeatId!;

    private static bool IsDecided(PaymentView first, PaymentView view) => view.Status != PaymentStatus.Pending;
}
