namespace Concert.Api;

/// <summary>The route of every operation, whole and without a leading slash. Azure's functions take theirs from here too, so neither head can have one that the other lacks, but for <see cref="StreamEvents"/>.</summary>
public static class Routes
{
    public const string IssueToken = "api/queue/issue";
    public const string CheckToken = "api/queue/check";
    public const string LeaveQueue = "api/queue";
    public const string ListConcerts = "api/concert";
    public const string ListDates = "api/concert/available-dates";
    public const string ListSeats = "api/concert/available-seats";
    public const string StreamEvents = "api/concert/events";
    public const string RequestReservation = "api/reservation";
    public const string GetReservation = "api/reservation/{id}";
    public const string ListReservations = "api/reservation";
    public const string CancelReservation = "api/reservation/{id}/cancel";
    public const string DeleteReservation = "api/reservation/{id}";
    public const string GetTicket = "api/reservation/{id}/ticket";
    public const string RequestPayment = "api/payment";
    public const string GetPayment = "api/payment/{id}";
    public const string ListPayments = "api/payment";
    public const string ChargeWallet = "api/user/charge";
    public const string CheckBalance = "api/user/check";
    public const string ListLedger = "api/user/history";
    public const string CreateConcert = "api/admin/concert";
    public const string CreateSchedule = "api/admin/schedule";
    public const string ListSchedules = "api/admin/schedule";
    public const string ChangeSchedule = "api/admin/schedule/{id}";
    public const string ListPlaces = "api/admin/schedule/{id}/seats";
    public const string BlockPlaces = "api/admin/schedule/{id}/block";
    public const string UnblockPlaces = "api/admin/schedule/{id}/unblock";
    public const string CallOffSchedule = "api/admin/schedule/{id}/call-off";
    public const string ReportSchedule = "api/admin/schedule/{id}/report";
    public const string ShowSchedule = "api/admin/schedule/{id}/live";
    public const string ListDeadLetters = "api/admin/schedule/{id}/dead-letters";
    public const string SendAgain = "api/admin/schedule/{id}/dead-letters/{deadLetterId}/send-again";
    public const string RefuseDeadLetter = "api/admin/schedule/{id}/dead-letters/{deadLetterId}/refuse";
    public const string CheckBooks = "api/admin/books";
    public const string ListBuyers = "api/admin/schedule/{id}/reservations";
    public const string CheckIn = "api/admin/check-in";
    public const string RegisterWebhook = "api/admin/webhook";
    public const string ListWebhooks = "api/admin/webhook";
    public const string RemoveWebhook = "api/admin/webhook/{id}";
    public const string ListWebhookFailures = "api/admin/webhook/{id}/failures";
    public const string ResendWebhook = "api/admin/webhook/{id}/resend";

    // What is about the service and not about a sale is served at the root, where probes look, and below api/, where the Functions host lets everything through.
    public const string Live = "health/live";
    public const string Ready = "health/ready";
    public const string Contract = "openapi/v1.json";
    public const string Docs = "docs";
    public const string DocsAsset = "docs/{asset}";
    public const string LiveUnderApi = "api/" + Live;
    public const string ReadyUnderApi = "api/" + Ready;
    public const string ContractUnderApi = "api/" + Contract;
    public const string DocsUnderApi = "api/" + Docs;
    public const string DocsAssetUnderApi = "api/" + DocsAsset;
}
