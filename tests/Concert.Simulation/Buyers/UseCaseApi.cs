using System.Text.Json;
using Concert.Booking.Catalog;
using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.Shared;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Wallets;
using Concert.Simulation.Sale;

namespace Concert.Simulation.Buyers;

/// <summary>Drives the use cases that the API's operations call, with the API's rules of who may call.</summary>
public sealed class UseCaseApi : IBuyerApi
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public async Task<Answer<QueueTokenView>> JoinAsync(Instance instance, string userId, string? concertId, string? key) =>
        Token(await instance.Queue.JoinAsync(userId, concertId, key, CancellationToken.None));

    public async Task<Answer<QueueTokenView>> CheckAsync(Instance instance, string token)
    {
        var claims = instance.Queue.Verify(token);
        return claims.IsRefused(out var refusal)
            ? Answers.Refused<QueueTokenView>(refusal.Code)
            : Token(await instance.Queue.CheckAsync(claims.Value, token, CancellationToken.None));
    }

    public async Task<Answer<bool>> LeaveAsync(Instance instance, string token)
    {
        var claims = instance.Queue.Verify(token);
        return claims.IsRefused(out var refusal) || (refusal = await instance.Queue.LeaveAsync(claims.Value, CancellationToken.None)) is not null
            ? Answers.Refused<bool>(refusal.Code)
            : new Answer<bool>(AnswerKind.Ok, true);
    }

    public async Task<Answer<SeatMapView>> SeatsAsync(Instance instance, string token, string scheduleId)
    {
        var caller = await AdmittedAsync(instance, token, null, scheduleId);
        if (caller.IsRefused(out var refusal))
        {
            return Answers.Refused<SeatMapView>(refusal.Code);
        }

        var map = await instance.Catalog.GetSeatMapAsync(scheduleId, includeAll: true, CancellationToken.None);
        return map.IsRefused(out refusal)
            ? Answers.Refused<SeatMapView>(refusal.Code)
            : new Answer<SeatMapView>(AnswerKind.Ok, JsonSerializer.Deserialize<SeatMapView>(map.Value.Json.Span, Json));
    }

    public async Task<Answer<ReservationView>> ReserveAsync(Instance instance, string token, ReservationRequest request, string? key)
    {
        var caller = await AdmittedAsync(instance, token, key, request.SeatId ?? request.InventoryId ?? request.SeatIds![0]);
        return caller.IsRefused(out var refusal)
            ? Answers.Refused<ReservationView>(refusal.Code)
            : Answers.Of(await instance.Reservations.RequestAsync(caller.Value, request, CancellationToken.None));
    }

    public async Task<Answer<ReservationView>> ReservationAsync(Instance instance, string token, string id) =>
        Known(instance, token, null) is { } caller
            ? Answers.Of(await instance.Reservations.GetAsync(caller, id, CancellationToken.None))
            : Answers.Refused<ReservationView>(RefusalCode.BadToken);

    public async Task<Answer<Paged<ReservationView>>> ReservationsAsync(Instance instance, string token) =>
        Known(instance, token, null) is { } caller
            ? Answers.Of(await instance.Reservations.ListAsync(caller, null, 100, CancellationToken.None))
            : Answers.Refused<Paged<ReservationView>>(RefusalCode.BadToken);

    public async Task<Answer<ReservationView>> CancelAsync(Instance instance, string token, string id, string? key) =>
        Known(instance, token, key) is { } caller
            ? Answers.Of(await instance.Reservations.RequestCancelAsync(caller, id, CancellationToken.None))
            : Answers.Refused<ReservationView>(RefusalCode.BadToken);

    public async Task<Answer<PaymentView>> PayAsync(Instance instance, string token, PaymentRequest request, string? key)
    {
        var caller = await AdmittedAsync(instance, token, key, (request.ReservationId ?? request.SeatId)!);
        return caller.IsRefused(out var refusal)
            ? Answers.Refused<PaymentView>(refusal.Code)
            : Answers.Of(await instance.Payments.RequestAsync(caller.Value, request, CancellationToken.None));
    }

    public async Task<Answer<PaymentView>> PaymentAsync(Instance instance, string token, string id) =>
        Known(instance, token, null) is { } caller
            ? Answers.Of(await instance.Payments.GetAsync(caller, id, CancellationToken.None))
            : Answers.Refused<PaymentView>(RefusalCode.BadToken);

    public async Task<Answer<BalanceView>> ChargeAsync(Instance instance, string userId, long amount, string? key) =>
        Answers.Of(await instance.Wallets.ChargeAsync(new Caller(userId, key), amount, CancellationToken.None));

    public async Task<Answer<BalanceView>> BalanceAsync(Instance instance, string userId) =>
        Answers.Of(await instance.Wallets.BalanceAsync(new Caller(userId), CancellationToken.None));

    private static Caller? Known(Instance instance, string token, string? key)
    {
        var claims = instance.Queue.Verify(token);
        return claims.Refusal is null ? new Caller(claims.Value.UserId, key, claims.Value) : null;
    }

    private static async Task<Result<Caller>> AdmittedAsync(Instance instance, string token, string? key, string about)
    {
        var claims = instance.Queue.Verify(token);
        if (claims.IsRefused(out var refusal))
        {
            return refusal;
        }

        return await instance.Queue.RequireActiveAsync(claims.Value, instance.Catalog.ConcertOf(about), CancellationToken.None) is { } notNow
            ? notNow
            : new Caller(claims.Value.UserId, key, claims.Value);
    }

    private static Answer<QueueTokenView> Token(Result<QueueAnswer> result) =>
        result.IsRefused(out var refusal) ? Answers.Refused<QueueTokenView>(refusal.Code) : new Answer<QueueTokenView>(AnswerKind.Ok, result.Value.View);
}
