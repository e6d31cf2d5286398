using Concert.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace ConcertFunctions.Functions;

/// <summary>
/// A function an operation, so that each has its own metrics and switch; all run the one pipeline, which routes again by itself. Anonymous to the host: who
/// may call is the operation's own business. Routes are whole (host.json sets no prefix) because the host refuses a route that begins with <c>admin</c>.
/// </summary>
public sealed class HttpFunctions(ApiPipeline api)
{
    [Function(nameof(IssueToken))]
    public Task<IResult> IssueToken([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.IssueToken)] HttpRequest request) => RunAsync(request);

    [Function(nameof(CheckToken))]
    public Task<IResult> CheckToken([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.CheckToken)] HttpRequest request) => RunAsync(request);

    [Function(nameof(LeaveQueue))]
    public Task<IResult> LeaveQueue([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Routes.LeaveQueue)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ListConcerts))]
    public Task<IResult> ListConcerts([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ListConcerts)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ListDates))]
    public Task<IResult> ListDates([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ListDates)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ListSeats))]
    public Task<IResult> ListSeats([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ListSeats)] HttpRequest request) => RunAsync(request);

    [Function(nameof(RequestReservation))]
    public Task<IResult> RequestReservation([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.RequestReservation)] HttpRequest request) => RunAsync(request);

    [Function(nameof(GetReservation))]
    public Task<IResult> GetReservation([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.GetReservation)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ListReservations))]
    public Task<IResult> ListReservations([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ListReservations)] HttpRequest request) => RunAsync(request);

    [Function(nameof(CancelReservation))]
    public Task<IResult> CancelReservation([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.CancelReservation)] HttpRequest request) => RunAsync(request);

    [Function(nameof(DeleteReservation))]
    public Task<IResult> DeleteReservation([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Routes.DeleteReservation)] HttpRequest request) => RunAsync(request);

    [Function(nameof(GetTicket))]
    public Task<IResult> GetTicket([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.GetTicket)] HttpRequest request) => RunAsync(request);

    [Function(nameof(RequestPayment))]
    public Task<IResult> RequestPayment([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.RequestPayment)] HttpRequest request) => RunAsync(request);

    [Function(nameof(GetPayment))]
    public Task<IResult> GetPayment([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.GetPayment)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ListPayments))]
    public Task<IResult> ListPayments([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ListPayments)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ChargeWallet))]
    public Task<IResult> ChargeWallet([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.ChargeWallet)] HttpRequest request) => RunAsync(request);

    [Function(nameof(CheckBalance))]
    public Task<IResult> CheckBalance([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.CheckBalance)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ListLedger))]
    public Task<IResult> ListLedger([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ListLedger)] HttpRequest request) => RunAsync(request);

    [Function(nameof(CreateConcert))]
    public Task<IResult> CreateConcert([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.CreateConcert)] HttpRequest request) => RunAsync(request);

    [Function(nameof(CreateSchedule))]
    public Task<IResult> CreateSchedule([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.CreateSchedule)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ListSchedules))]
    public Task<IResult> ListSchedules([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ListSchedules)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ChangeSchedule))]
    public Task<IResult> ChangeSchedule([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = Routes.ChangeSchedule)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ListPlaces))]
    public Task<IResult> ListPlaces([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ListPlaces)] HttpRequest request) => RunAsync(request);

    [Function(nameof(BlockPlaces))]
    public Task<IResult> BlockPlaces([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.BlockPlaces)] HttpRequest request) => RunAsync(request);

    [Function(nameof(UnblockPlaces))]
    public Task<IResult> UnblockPlaces([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.UnblockPlaces)] HttpRequest request) => RunAsync(request);

    [Function(nameof(CallOffSchedule))]
    public Task<IResult> CallOffSchedule([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.CallOffSchedule)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ReportSchedule))]
    public Task<IResult> ReportSchedule([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ReportSchedule)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ShowSchedule))]
    public Task<IResult> ShowSchedule([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ShowSchedule)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ListDeadLetters))]
    public Task<IResult> ListDeadLetters([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ListDeadLetters)] HttpRequest request) => RunAsync(request);

    [Function(nameof(SendAgain))]
    public Task<IResult> SendAgain([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.SendAgain)] HttpRequest request) => RunAsync(request);

    [Function(nameof(RefuseDeadLetter))]
    public Task<IResult> RefuseDeadLetter([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.RefuseDeadLetter)] HttpRequest request) => RunAsync(request);

    [Function(nameof(CheckBooks))]
    public Task<IResult> CheckBooks([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.CheckBooks)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ListBuyers))]
    public Task<IResult> ListBuyers([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ListBuyers)] HttpRequest request) => RunAsync(request);

    [Function(nameof(CheckIn))]
    public Task<IResult> CheckIn([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.CheckIn)] HttpRequest request) => RunAsync(request);

    [Function(nameof(RegisterWebhook))]
    public Task<IResult> RegisterWebhook([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.RegisterWebhook)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ListWebhooks))]
    public Task<IResult> ListWebhooks([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ListWebhooks)] HttpRequest request) => RunAsync(request);

    [Function(nameof(RemoveWebhook))]
    public Task<IResult> RemoveWebhook([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Routes.RemoveWebhook)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ListWebhookFailures))]
    public Task<IResult> ListWebhookFailures([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ListWebhookFailures)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ResendWebhook))]
    public Task<IResult> ResendWebhook([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.ResendWebhook)] HttpRequest request) => RunAsync(request);

    [Function(nameof(Live))]
    public Task<IResult> Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Live)] HttpRequest request) => RunAsync(request);

    [Function(nameof(Ready))]
    public Task<IResult> Ready([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Ready)] HttpRequest request) => RunAsync(request);

    [Function(nameof(Contract))]
    public Task<IResult> Contract([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Contract)] HttpRequest request) => RunAsync(request);

    [Function(nameof(Docs))]
    public Task<IResult> Docs([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Docs)] HttpRequest request) => RunAsync(request);

    [Function(nameof(DocsAsset))]
    public Task<IResult> DocsAsset([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.DocsAsset)] HttpRequest request) => RunAsync(request);

    [Function(nameof(LiveUnderApi))]
    public Task<IResult> LiveUnderApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.LiveUnderApi)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ReadyUnderApi))]
    public Task<IResult> ReadyUnderApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ReadyUnderApi)] HttpRequest request) => RunAsync(request);

    [Function(nameof(ContractUnderApi))]
    public Task<IResult> ContractUnderApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ContractUnderApi)] HttpRequest request) => RunAsync(request);

    [Function(nameof(DocsUnderApi))]
    public Task<IResult> DocsUnderApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.DocsUnderApi)] HttpRequest request) => RunAsync(request);

    [Function(nameof(DocsAssetUnderApi))]
    public Task<IResult> DocsAssetUnderApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.DocsAssetUnderApi)] HttpRequest request) => RunAsync(request);

    /// <summary>Catches every other request to the API: 404, 405 with the methods that the path has, or the answer to a preflight.</summary>
    [Function(nameof(Unmatched))]
    public Task<IResult> Unmatched(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/{*path}")] HttpRequest request) =>
        RunAsync(request);

    /// <summary>The pipeline writes the answer itself; the empty result tells the worker that it is there.</summary>
    private async Task<IResult> RunAsync(HttpRequest request)
    {
        await api.InvokeAsync(request.HttpContext);
        return Results.Empty;
    }
}
