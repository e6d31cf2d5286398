using Concert.Booking.Availability;
using Concert.Booking.Catalog;
using Concert.Booking.Reservations.Block;

namespace Concert.Api.Endpoints;

/// <summary>Shows the places to staff, takes some off sale for the house, and puts them back.</summary>
internal sealed class HouseSeatEndpoints(IBlockUseCase block, ISeatMaps maps, PackedMaps packed) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").WithTags("Admin");
        api.MapGet(Routes.ListPlaces, ListAsync)
            .Produces<SeatMapView>()
            .WithContract(nameof(Routes.ListPlaces), "A schedule's places for its staff: the seat map of buyers, without a place in line. 304 while nothing changed.", new()
            {
                Parameters = [Parameters.Id("schedule", Examples.Schedule), .. SeatMapAnswers.Parameters],
                Responses = [new("available", Examples.Available), new("all", Examples.AllSeats), new("sections", Examples.Overview)],
                Headers = ["ETag"],
                Errors = [RefusalCode.NotYours],
            })
            .Requires(Access.Admin);
        api.MapPost(Routes.BlockPlaces, BlockAsync)
            .Accepts<BlockRequest>(Body.MediaType)
            .Produces<BlockedView>()
            .WithContract(nameof(Routes.BlockPlaces), "Takes places off sale. Only what is available can be blocked; all of it or nothing.", Contract())
            .Requires(Access.Admin);
        api.MapPost(Routes.UnblockPlaces, UnblockAsync)
            .Accepts<BlockRequest>(Body.MediaType)
            .Produces<BlockedView>()
            .WithContract(nameof(Routes.UnblockPlaces), "Puts blocked places back on sale; all of them or none.", Contract())
            .Requires(Access.Admin);
    }

    internal Task<IResult> ListAsync(Call call, RouteId id, QueryName section, SeatsIncluded include) => maps.AnswerAsync(packed, call, id.Value, section, include);

    internal async Task<IResult> BlockAsync(Call call, RouteId id, Body<BlockRequest> body) =>
        (await block.BlockAsync(id.Value, body.Value, call.IdempotencyKey, call.Aborted)).ToReply();

    internal async Task<IResult> UnblockAsync(Call call, RouteId id, Body<BlockRequest> body) =>
        (await block.UnblockAsync(id.Value, body.Value, call.IdempotencyKey, call.Aborted)).ToReply();

    private static OperationContract Contract() => new()
    {
        Parameters = [Parameters.Id("schedule", Examples.Schedule), Parameters.IdempotencyKey],
        Requests = [new("seats", new BlockRequest([Examples.Seat], null, null)), new("places", new BlockRequest(null, Examples.Inventory, 20))],
        Responses =
        [
            new("seats", new BlockedView(Examples.Schedule, [Examples.Seat], null, null)), new("places", new BlockedView(Examples.Schedule, null, Examples.Inventory, 20)),
        ],
        Errors = [RefusalCode.NotYours, RefusalCode.SeatTaken, RefusalCode.SoldOut, RefusalCode.BookingClosed],
    };
}
