using Concert.Booking.Ids;
using Concert.Booking.Paging;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;

namespace Concert.Api.Endpoints;

/// <summary>Asks for holds, shows them and cancels them.</summary>
internal sealed class ReservationEndpoints(IReserveUseCase reserve, ICancelUseCase cancel, IReservationReader reservations, OutcomeWaiter waiter) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").WithTags("Reservations");
        api.MapPost(Routes.RequestReservation, RequestAsync)
            .Accepts<ReservationRequest>(Body.MediaType)
            .Produces<ReservationView>(StatusCodes.Status202Accepted)
            .WithContract(
                nameof(Routes.RequestReservation), "Asks for a hold on 1 to 8 seats of a section, on a quantity of an inventory, or on the best places that are left, of a section or of all: all or nothing.", new()
            {
                Parameters = [Parameters.IdempotencyKey, Parameters.Wait],
                Requests =
                [
                    new("a seat", new ReservationRequest(Examples.Seat, null, null, null)),
                    new("seats", new ReservationRequest(null, [Examples.Seat, Examples.SecondSeat], null, null)),
                    new("standing places", new ReservationRequest(null, null, Examples.Inventory, 2)),
                    new("best places", new ReservationRequest(null, null, null, null) { ConcertScheduleId = Examples.Schedule, Count = 4, Section = Examples.Section, Grade = Examples.Grade, Together = true }),
                    new("best places of all sections", new ReservationRequest(null, null, null, null) { ConcertScheduleId = Examples.Schedule, Count = 2 }),
                ],
                Responses = [new("pending", Examples.Pending), new("held", Examples.Held), new("rejected", Examples.Rejected)],
                Headers = ["Location", "Retry-After", "Preference-Applied"],
                Errors = [RefusalCode.NotYours, RefusalCode.SeatTaken, RefusalCode.SoldOut, RefusalCode.BookingClosed, RefusalCode.LimitReached],
                LaterErrors = [RefusalCode.SeatTaken, RefusalCode.SoldOut, RefusalCode.BookingClosed, RefusalCode.LimitReached, RefusalCode.Unavailable],
            })
            .RequiresAdmission(static context => SectionRef.ConcertOf(AnyPlace(context.GetArgument<Body<ReservationRequest>>(1).Value)), repeats: true);
        api.MapGet(Routes.GetReservation, GetAsync)
            .Produces<ReservationView>()
            .WithContract(nameof(Routes.GetReservation), "One of my reservations, with its history.", new()
            {
                Parameters = [Parameters.Id("reservation", Examples.Reservation), Parameters.Wait],
                Responses = [new("held", Examples.Held), new("confirmed", Examples.Confirmed), new("rejected", Examples.Rejected), new("cancelled", Examples.Cancelled)],
                Headers = ["Preference-Applied"],
                Errors = [RefusalCode.NotYours],
            })
            .Requires(Access.Known);
        api.MapGet(Routes.ListReservations, ListAsync)
            .Produces<Paged<ReservationView>>()
            .WithContract(nameof(Routes.ListReservations), "My reservations, newest first.", new()
            {
                Parameters = Parameters.Paging,
                Responses = [new("page", new Paged<ReservationView>([Examples.Held, Examples.Rejected], Examples.Continuation))],
            })
            .Requires(Access.Known);
        AsCancel(
            api.MapPost(Routes.CancelReservation, CancelAsync).Accepts<CancelRequest>(isOptional: true, Body.MediaType),
            nameof(Routes.CancelReservation),
            "Cancels a hold, or a paid reservation for a refund: some of its seats or places, or all of it without a body.",
            [
                new("some seats", new CancelRequest([Examples.Seat])),
                new("some standing places", new CancelRequest(null, 1)),
                new("all", CancelRequest.Whole),
            ]);
        AsCancel(
            api.MapDelete(Routes.DeleteReservation, DeleteAsync), nameof(Routes.DeleteReservation), "Cancels a hold, or a paid reservation for a refund: all of it.", []);
    }

    private static void AsCancel(RouteHandlerBuilder route, string name, string summary, IReadOnlyList<Example> requests) => route
        .Produces<ReservationView>(StatusCodes.Status202Accepted)
        .WithContract(name, summary, new()
        {
            Requests = requests,
            Parameters = [Parameters.Id("reservation", Examples.Reservation), Parameters.IdempotencyKey, Parameters.Wait],
            Responses = [new("asked", Examples.Held), new("cancelled", Examples.Cancelled), new("partly cancelled", Examples.PartCancelled)],
            Headers = ["Location", "Retry-After", "Preference-Applied"],
            Errors = [RefusalCode.NotYours, RefusalCode.NotCancellable, RefusalCode.CancelWindowClosed],
            LaterErrors = [RefusalCode.NotCancellable, RefusalCode.CancelWindowClosed],
        })
        .Requires(Access.Known);

    internal async Task<IResult> RequestAsync(Call call, Body<ReservationRequest> body)
    {
        var caller = call.Caller();
        var accepted = call.OnlyRepeats is { } ended
            ? await reserve.FindEarlierAsync(caller, body.Value, call.Aborted) ?? ended
            : await reserve.RequestAsync(caller, body.Value, call.Aborted);
        return accepted.IsRefused(out var refusal) ? Problem.From(refusal) : await AcceptedAsync(call, caller, accepted.Value, IsDecided);
    }

    internal async Task<IResult> GetAsync(Call call, RouteId id)
    {
        var caller = call.Caller();
        var found = await reservations.GetAsync(caller, id.Value, call.Aborted);
        return found.IsRefused(out var refusal)
            ? Problem.From(refusal)
            : Reply.Of(await waiter.WaitAsync(call, caller, found.Value, id.Value, IsDecided, reservations.GetAsync));
    }

    internal async Task<IResult> ListAsync(Call call, PageQuery page) =>
        (await reservations.ListAsync(call.Caller(), page.Continuation, page.Limit, call.Aborted)).ToReply();

    internal async Task<IResult> CancelAsync(Call call, RouteId id, Body<CancelRequest> body)
    {
        var caller = call.Caller();
        var asked = await cancel.RequestAsync(caller, id.Value, body.Value, call.Aborted);
        return asked.IsRefused(out var refusal)
            ? Problem.From(refusal)
            : await AcceptedAsync(call, caller, asked.Value, body.Value is { SeatIds: null, Quantity: null } ? IsCancelDecided : IsPartDecided);
    }

    /// <summary>Whoever gives a part to a call that cancels all of it has mistaken it, and would lose the rest.</summary>
    internal async Task<IResult> DeleteAsync(Call call, RouteId id, Body<CancelRequest> body) => body.Value is { SeatIds: null, Quantity: null }
        ? await CancelAsync(call, id, body)
        : Problem.Invalid("DELETE cancels all of a reservation. To cancel a part of it, POST to its cancel.");

    private async Task<IResult> AcceptedAsync(Call call, Caller caller, ReservationView first, Func<ReservationView, ReservationView, bool> isFinal)
    {
        var view = await waiter.WaitAsync(call, caller, first, first.Id, isFinal, reservations.GetAsync);
        call.Accepted($"api/reservation/{Uri.EscapeDataString(view.Id)}");
        return Reply.Of(view, StatusCodes.Status202Accepted);
    }

    /// <summary>One of the places asked for, which tells the concert.</summary>
    private static string AnyPlace(ReservationRequest request) => request.SeatId ?? request.SeatIds?[0] ?? request.InventoryId ?? request.ConcertScheduleId!;

    private static bool IsDecided(ReservationView first, ReservationView view) => view.Status is not (ReservationStatus.Pending or ReservationStatus.Paying);

    // A cancellation is over when the reservation is, or when a refusal was noted after it was asked for.
    private static bool IsCancelDecided(ReservationView asked, ReservationView view) =>
        view.Status is ReservationStatus.Cancelled or ReservationStatus.Expired or ReservationStatus.Rejected
        || view.History.Skip(asked.History.Count).Any(line => line.Reason is not (null or ReservationDocument.PartCancelled));

    /// <summary>A part that was given back is a line of the history, too.</summary>
    private static bool IsPartDecided(ReservationView asked, ReservationView view) =>
        view.Status is ReservationStatus.Cancelled or ReservationStatus.Expired or ReservationStatus.Rejected
        || view.History.Skip(asked.History.Count).Any(line => line.Reason is not null);
}
