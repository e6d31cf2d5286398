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
    public Task IssueToken([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/queue/issue")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.IssueToken, request.HttpContext);

    [Function("CheckToken")]
    public Task CheckToken([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/queue/check")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.CheckToken, request.HttpContext);

    [Function("LeaveQueue")]
    public Task LeaveQueue([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/queue")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.LeaveQueue, request.HttpContext);

    [Function("ListConcerts")]
    public Task ListConcerts([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/concert")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.ListConcerts, request.HttpContext);

    [Function("ListDates")]
    public Task ListDates([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/concert/available-dates")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.ListDates, request.HttpContext);

    [Function("ListSeats")]
    public Task ListSeats([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/concert/available-seats")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.ListSeats, request.HttpContext);

    [Function("RequestReservation")]
    public Task RequestReservation([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/reservation")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.RequestReservation, request.HttpContext);

    [Function("GetReservation")]
    public Task GetReservation([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/reservation/{id}")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.GetReservation, request.HttpContext);

    [Function("ListReservations")]
    public Task ListReservations([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/reservation")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.ListReservations, request.HttpContext);

    [Function("CancelReservation")]
    public Task CancelReservation([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/reservation/{id}/cancel")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.CancelReservation, request.HttpContext);

    [Function("DeleteReservation")]
    public Task DeleteReservation([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/reservation/{id}")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.DeleteReservation, request.HttpContext);

    [Function("RequestPayment")]
    public Task RequestPayment([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/payment")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.RequestPayment, request.HttpContext);

    [Function("GetPayment")]
    public Task GetPayment([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/payment/{id}")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.GetPayment, request.HttpContext);

    [Function("ListPayments")]
    public Task ListPayments([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/payment")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.ListPayments, request.HttpContext);

    [Function("ChargeWallet")]
    public Task ChargeWallet([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/user/charge")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.ChargeWallet, request.HttpContext);

    [Function("CheckBalance")]
    public Task CheckBalance([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/user/check")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.CheckBalance, request.HttpContext);

    [Function("ListLedger")]
    public Task ListLedger([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/user/history")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.ListLedger, request.HttpContext);

    [Function("CreateConcert")]
    public Task CreateConcert([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/concert")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.CreateConcert, request.HttpContext);

    [Function("CreateSchedule")]
    public Task CreateSchedule([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/schedule")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.CreateSchedule, request.HttpContext);

    [Function("ReportSchedule")]
    public Task ReportSchedule([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/schedule/{id}/report")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.ReportSchedule, request.HttpContext);

    [Function("Live")]
    public Task Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.Live, request.HttpContext);

    [Function("Ready")]
    public Task Ready([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/ready")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.Ready, request.HttpContext);

    [Function("Contract")]
    public Task Contract([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi/v1.json")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.Contract, request.HttpContext);

    [Function("Docs")]
    public Task Docs([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "docs")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.Docs, request.HttpContext);

    [Function("DocsAsset")]
    public Task DocsAsset([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "docs/{asset}")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.DocsAsset, request.HttpContext);

    [Function("LiveUnderApi")]
    public Task LiveUnderApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health/live")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.Live, request.HttpContext);

    [Function("ReadyUnderApi")]
    public Task ReadyUnderApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health/ready")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.Ready, request.HttpContext);

    [Function("ContractUnderApi")]
    public Task ContractUnderApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/openapi/v1.json")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.Contract, request.HttpContext);

    [Function("DocsUnderApi")]
    public Task DocsUnderApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/docs")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.Docs, request.HttpContext);

    [Function("DocsAssetUnderApi")]
    public Task DocsAssetUnderApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/docs/{asset}")] HttpRequest request) =>
        api.InvokeAsync(OperationNames.DocsAsset, request.HttpContext);

    /// <summary>Whatever else is asked of the API: 404, or 405 with the methods that the path has.</summary>
    [Function(nameof(Unmatched))]
    public Task Unmatched(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/{*path}")] HttpRequest request) =>
        api.InvokeUnmatchedAsync(request.HttpContext);
}
