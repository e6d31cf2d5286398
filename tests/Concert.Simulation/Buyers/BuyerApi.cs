using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ADRaffy.ENSNormalize;
using Concert.Api.Json;
using Concert.Api.Requests;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Operations;
using Concert.Booking.Paging;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Block;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.Tickets;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Wallets;
using Concert.Booking.Webhooks;
using Concert.Simulation.Engine;
using Concert.Simulation.Sale;
using Microsoft.AspNetCore.Http;

namespace Concert.Simulation.Buyers;

/// <summary>The HTTP API as a client calls it: the real pipeline and operations, over requests that need no socket.</summary>
public sealed class BuyerApi(World world)
{
    private readonly SimRandom _random = SimRandom.Stream(world.Seed, "preferences");
    private static readonly Dictionary<string, RefusalCode> Codes = Enum.GetValues<RefusalCode>().ToDictionary(c => c.Name(), StringComparer.Ordinal);

    public Task<Answer<QueueTokenView>> JoinAsync(Instance instance, string userId, string? concertId, string? key) =>
        SendAsync(instance, new Call("POST", "api/queue/issue", Key: key, Body: Json(new IssueRequest(userId, concertId), ApiJson.Wire.IssueRequest)), ApiJson.Wire.QueueTokenView);

    public Task<Answer<QueueTokenView>> CheckAsync(Instance instance, string token) =>
        SendAsync(instance, new Call("GET", "api/queue/check", token), ApiJson.Wire.QueueTokenView);

    public Task<Answer<object>> LeaveAsync(Instance instance, string token) =>
        SendAsync<object>(instance, new Call("DELETE", "api/queue", token), null);

    public Task<Answer<SeatMapView>> SeatsAsync(Instance instance, string token, string scheduleId) =>
        SendAsync(instance, new Call("GET", "api/concert/available-seats", token, Query: $"?concertScheduleId={scheduleId}&include=all"), ApiJson.Wire.SeatMapView);

    public Task<Answer<ReservationView>> ReserveAsync(Instance instance, string token, ReservationRequest request, string? key) =>
        SendAsync(
            instance, new Call("POST", "api/reservation", token, key, Body: Json(request, ApiJson.Wire.ReservationRequest), MayWait: true), ApiJson.Wire.ReservationView);

    public Task<Answer<ReservationView>> ReservationAsync(Instance instance, string token, string id) =>
        SendAsync(instance, new Call("GET", $"api/reservation/{id}", token, MayWait: true), ApiJson.Wire.ReservationView);

    public Task<Answer<Paged<ReservationView>>> ReservationsAsync(Instance instance, string token) =>
        SendAsync(instance, new Call("GET", "api/reservation", token, Query: "?limit=100"), ApiJson.Wire.PagedReservationView);

    public Task<Answer<ReservationView>> CancelAsync(Instance instance, string token, string id, string? key) =>
        SendAsync(instance, new Call("POST", $"api/reservation/{id}/cancel", token, key, MayWait: true), ApiJson.Wire.ReservationView);

    public Task<Answer<TicketView>> TicketAsync(Instance instance, string token, string id) =>
        SendAsync(instance, new Call("GET", $"api/reservation/{id}/ticket", token), ApiJson.Wire.TicketView);
    public Task<Answer<ReservationView>> CancelAsync(Instance instance, string token, string id, CancelRequest part, string? key) =>
        SendAsync(instance, new Call("POST", $"api/reservation/{id}/cancel", token, key, Body: Json(part, ApiJson.Wire.CancelRequest), MayWait: true), ApiJson.Wire.ReservationView);

    public Task<Answer<PaymentView>> PayAsync(Instance instance, string token, PaymentRequest request, string? key) =>
        SendAsync(instance, new Call("POST", "api/payment", token, key, Body: Json(request, ApiJson.Wire.PaymentRequest), MayWait: true), ApiJson.Wire.PaymentView);

    public Task<Answer<PaymentView>> PaymentAsync(Instance instance, string token, string id) =>
        SendAsync(instance, new Call("GET", $"api/payment/{id}", token, MayWait: true), ApiJson.Wire.PaymentView);

    public Task<Answer<BalanceView>> ChargeAsync(Instance instance, string userId, long amount, string? key) =>
        SendAsync(instance, new Call("POST", "api/user/charge", Key: key, Body: Json(new ChargeRequest(ENSNormalize.NF.NFD(userId), amount), ApiJson.Wire.ChargeRequest)), ApiJson.Wire.BalanceView);

    public Task<Answer<BalanceView>> BalanceAsync(Instance instance, string userId) =>
        SendAsync(instance, new Call("GET", "api/user/check", Query: $"?userId={Uri.EscapeDataString(userId)}"), ApiJson.Wire.BalanceView);

    public Task<Answer<IReadOnlyList<ConcertView>>> ConcertsAsync(Instance instance) =>
        SendAsync(instance, new Call("GET", "api/concert"), ApiJson.Wire.IReadOnlyListConcertView);

    public Task<Answer<CreatedConcert>> CreateConcertAsync(Instance instance, NewConcert request, string key = "concert") =>
        SendAsync(instance, new Call("POST", "api/admin/concert", Key: key, Body: Json(request, ApiJson.Wire.NewConcert), IsAdmin: true), ApiJson.Wire.CreatedConcert);

    public Task<Answer<CreatedSchedule>> CreateScheduleAsync(Instance instance, NewSchedule request, string key = "schedule") =>
        SendAsync(instance, new Call("POST", "api/admin/schedule", Key: key, Body: Json(request, ApiJson.Wire.NewSchedule), IsAdmin: true), ApiJson.Wire.CreatedSchedule);

    public Task<Answer<ScheduleDetails>> ChangeScheduleAsync(Instance instance, string scheduleId, ScheduleChange change, string key) =>
        SendAsync(
            instance,
            new Call("PATCH", $"api/admin/schedule/{scheduleId}", Key: key, Body: Json(change, ApiJson.Wire.ScheduleChange), IsAdmin: true),
            ApiJson.Wire.ScheduleDetails);

    public Task<Answer<BlockedView>> BlockAsync(Instance instance, string scheduleId, BlockRequest request, bool isBlock, string key) =>
        SendAsync(
            instance,
            new Call("POST", $"api/admin/schedule/{scheduleId}/{(isBlock ? "block" : "unblock")}", Key: key, Body: Json(request, ApiJson.Wire.BlockRequest), IsAdmin: true),
            ApiJson.Wire.BlockedView);

    public Task<Answer<CallOffView>> CallOffAsync(Instance instance, string scheduleId, string reason, string key) =>
        SendAsync(
            instance,
            new Call("POST", $"api/admin/schedule/{scheduleId}/call-off", Key: key, Body: Json(new CallOffRequest(reason), ApiJson.Wire.CallOffRequest), IsAdmin: true),
            ApiJson.Wire.CallOffView);

    public Task<Answer<WebhookView>> RegisterWebhookAsync(Instance instance, NewWebhook request, string key) =>
        SendAsync(instance, new Call("POST", "api/admin/webhook", Key: key, Body: Json(request, ApiJson.Wire.NewWebhook), IsAdmin: true), ApiJson.Wire.WebhookView);

    public Task<Answer<Paged<DeadLetterView>>> DeadLettersAsync(Instance instance, string scheduleId) =>
        SendAsync(instance, new Call("GET", $"api/admin/schedule/{scheduleId}/dead-letters", Query: "?limit=100", IsAdmin: true), ApiJson.Wire.PagedDeadLetterView);

    public Task<Answer<DeadLetterView>> SendAgainAsync(Instance instance, string scheduleId, string id, string key) =>
        SendAsync(instance, new Call("POST", $"api/admin/schedule/{scheduleId}/dead-letters/{id}/send-again", Key: key, IsAdmin: true), ApiJson.Wire.DeadLetterView);

    public Task<Answer<DeadLetterView>> RefuseAsync(Instance instance, string scheduleId, string id, string key) =>
        SendAsync(instance, new Call("POST", $"api/admin/schedule/{scheduleId}/dead-letters/{id}/refuse", Key: key, IsAdmin: true), ApiJson.Wire.DeadLetterView);

    public Task<Answer<ScheduleReport>> ReportAsync(Instance instance, string scheduleId) =>
        SendAsync(instance, new Call("GET", $"api/admin/schedule/{scheduleId}/report", IsAdmin: true), ApiJson.Wire.ScheduleReport);

    public Task<Answer<CheckInView>> CheckInAsync(Instance instance, CheckInRequest request, string? key) =>
        SendAsync(instance, new Call("POST", "api/admin/check-in", Key: key, Body: Json(request, ApiJson.Wire.CheckInRequest), IsAdmin: true), ApiJson.Wire.CheckInView);

    private static byte[] Json<T>(T body, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(body, type);

    private async Task<Answer<T>> SendAsync<T>(Instance instance, Call call, JsonTypeInfo<T>? type)
    {
        var http = new DefaultHttpContext { TraceIdentifier = "simulated" };
        http.Request.Method = call.Method;
        http.Request.Path = "/" + call.Path;
        http.Request.QueryString = new QueryString(call.Query);
        if (call.Body is { } body)
        {
            http.Request.Body = new MemoryStream(body);
            http.Request.ContentLength = body.Length;
            http.Request.ContentType = "application/json";
        }

        Header("queue-token", call.Token);
        Header("Idempotency-Key", call.Key);
        Header("x-admin-key", call.IsAdmin ? SaleSettings.AdminKey : null);
        Header("Prefer", call.MayWait && _random.Chance(0.2) ? $"wait={_random.Between(1, 3)}" : null);
        var written = new MemoryStream();
        http.Response.Body = written;

        await instance.Api.InvokeAsync(http);

        return Read(call, http.Response.StatusCode, new ReadOnlyMemory<byte>(written.GetBuffer(), 0, (int)written.Length), type);

        void Header(string name, string? value)
        {
            if (value is not null)
            {
                http.Request.Headers[name] = value;
            }
        }
    }

    private Answer<T> Read<T>(Call call, int status, ReadOnlyMemory<byte> body, JsonTypeInfo<T>? type)
    {
        if (status == StatusCodes.Status204NoContent)
        {
            return new Answer<T>(AnswerKind.Ok);
        }

        using var json = JsonDocument.Parse(body);
        if (status < 300)
        {
            return Answers.Ok(json.RootElement.GetProperty("data").Deserialize(type!)!);
        }

        if (status == StatusCodes.Status500InternalServerError || !Codes.TryGetValue(json.RootElement.GetProperty("code").GetString()!, out var code))
        {
            world.Fail("answer", $"{call.Method} {call.Path} answered {status}: {json.RootElement}");
            return default;
        }

        return Answers.Refused<T>(code);
    }

    private sealed record Call(
        string Method,
        string Path,
        string? Token = null,
        string? Key = null,
        string? Query = null,
        byte[]? Body = null,
        bool MayWait = false,
        bool IsAdmin = false);
}
