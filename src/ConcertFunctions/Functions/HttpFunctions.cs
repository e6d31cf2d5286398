using Concert.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace ConcertFunctions.Functions;

/// <summary>
/// One function an operation of the API table. Anonymous to the host: who may call is the operation's own business. Routes are whole (host.json sets no
/// prefix) because the host refuses a route that begins with <c>admin</c>.
/// </summary>
public sealed class HttpFunctions(ApiDispatcher api)
{
    [Function("IssueToken")]
    public Task<IResult> IssueToken([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/queue/issue")] HttpRequest request) =>
        RunAsync(OperationNames.IssueToken, request);

    [Function("CheckToken")]
    public Task<IResult> CheckToken([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/queue/check")] HttpRequest request) =>
        RunAsync(OperationNames.CheckToken, request);

    [Function("LeaveQueue")]
    public Task<IResult> LeaveQueue([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/queue")] HttpRequest request) =>
        RunAsync(OperationNames.LeaveQueue, request);

    [Function("ListConcerts")]
    public Task<IResult> ListConcerts([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/concert")] HttpRequest request) =>
        RunAsync(OperationNames.ListConcerts, request);

    [Function("ListDates")]
    public Task<IResult> ListDates([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/concert/available-dates")] HttpRequest request) =>
        RunAsync(OperationNames.ListDates, request);

    [Function("ListSeats")]
    public Task<IResult> ListSeats([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/concert/available-seats")] HttpRequest request) =>
        RunAsync(OperationNames.ListSeats, request);

    [Function("RequestReservation")]
    public Task<IResult> RequestReservation([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/reservation")] HttpRequest request) =>
        RunAsync(OperationNames.RequestReservation, request);

    [Function("GetReservation")]
    public Task<IResult> GetReservation([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/reservation/{id}")] HttpRequest request) =>
        RunAsync(OperationNames.GetReservation, request);

    [Function("ListReservations")]
    public Task<IResult> ListReservations([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/reservation")] HttpRequest request) =>
        RunAsync(OperationNames.ListReservations, request);

    [Function("CancelReservation")]
    public Task<IResult> CancelReservation([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/reservation/{id}/cancel")] HttpRequest request) =>
        RunAsync(OperationNames.CancelReservation, request);

    [Function("DeleteReservation")]
    public Task<IResult> DeleteReservation([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/reservation/{id}")] HttpRequest request) =>
        RunAsync(OperationNames.DeleteReservation, request);

    [Function("RequestPayment")]
    public Task<IResult> RequestPayment([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/payment")] HttpRequest request) =>
        RunAsync(OperationNames.RequestPayment, request);

    [Function("GetPayment")]
    public Task<IResult> GetPayment([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/payment/{id}")] HttpRequest request) =>
        RunAsync(OperationNames.GetPayment, request);

    [Function("ListPayments")]
    public Task<IResult> ListPayments([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/payment")] HttpRequest request) =>
        RunAsync(OperationNames.ListPayments, request);

    [Function("ChargeWallet")]
    public Task<IResult> ChargeWallet([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/user/charge")] HttpRequest request) =>
        RunAsync(OperationNames.ChargeWallet, request);

    [Function("CheckBalance")]
    public Task<IResult> CheckBalance([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/user/check")] HttpRequest request) =>
        RunAsync(OperationNames.CheckBalance, request);

    [Function("ListLedger")]
    public Task<IResult> ListLedger([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/user/history")] HttpRequest request) =>
        RunAsync(OperationNames.ListLedger, request);

    [Function("CreateConcert")]
    public Task<IResult> CreateConcert([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/concert")] HttpRequest request) =>
        RunAsync(OperationNames.CreateConcert, request);

    [Function("CreateSchedule")]
    public Task<IResult> CreateSchedule([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/schedule")] HttpRequest request) =>
        RunAsync(OperationNames.CreateSchedule, request);

    [Function("ReportSchedule")]
    public Task<IResult> ReportSchedule([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/schedule/{id}/report")] HttpRequest request) =>
        RunAsync(OperationNames.ReportSchedule, request);

    [Function("Live")]
    public Task<IResult> Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request) =>
        RunAsync(OperationNames.Live, request);

    [Function("Ready")]
    public Task<IResult> Ready([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/ready")] HttpRequest request) =>
        RunAsync(OperationNames.Ready, request);

    [Function("Contract")]
    public Task<IResult> Contract([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi/v1.json")] HttpRequest request) =>
        RunAsync(OperationNames.Contract, request);

    [Function("Docs")]
    public Task<IResult> Docs([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "docs")] HttpRequest request) =>
        RunAsync(OperationNames.Docs, request);

    [Function("DocsAsset")]
    public Task<IResult> DocsAsset([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "docs/{asset}")] HttpRequest request) =>
        RunAsync(OperationNames.DocsAsset, request);

    [Function("LiveUnderApi")]
    public Task<IResult> LiveUnderApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health/live")] HttpRequest request) =>
        RunAsync(OperationNames.Live, request);

    [Function("ReadyUnderApi")]
    public Task<IResult> ReadyUnderApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health/ready")] HttpRequest request) =>
        RunAsync(OperationNames.Ready, request);

    [Function("ContractUnderApi")]
    public Task<IResult> ContractUnderApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/openapi/v1.json")] HttpRequest request) =>
        RunAsync(OperationNames.Contract, request);

    [Function("DocsUnderApi")]
    public Task<IResult> DocsUnderApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/docs")] HttpRequest request) =>
        RunAsync(OperationNames.Docs, request);

    [Function("DocsAssetUnderApi")]
    public Task<IResult> DocsAssetUnderApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/docs/{asset}")] HttpRequest request) =>
        RunAsync(OperationNames.DocsAsset, request);

    /// <summary>Whatever else is asked of the API: 404, or 405 with the methods that the path has.</summary>
    [Function(nameof(Unmatched))]
    public async Task<IResult> Unmatched(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/{*path}")] HttpRequest request)
    {
        await api.InvokeUnmatchedAsync(request.HttpContext);
        return Results.Empty;
    }

    /// <summary>The dispatcher writes the answer itself; the empty result tells the worker that it is there.</summary>
    private async Task<IResult> RunAsync(string operation, HttpRequest request)
    {
        await api.InvokeAsync(operation, request.HttpContext);
        return Results.Empty;
    }
}
