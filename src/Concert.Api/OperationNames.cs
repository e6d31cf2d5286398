namespace Concert.Api;

/// <summary>The operations' names, for heads that name one function after each.</summary>
public static class OperationNames
{
    public const string IssueToken = nameof(IssueToken);
    public const string CheckToken = nameof(CheckToken);
    public const string LeaveQueue = nameof(LeaveQueue);
    public const string ListConcerts = nameof(ListConcerts);
    public const string ListDates = nameof(ListDates);
    public const string ListSeats = nameof(ListSeats);
    public const string RequestReservation = nameof(RequestReservation);
    public const string GetReservation = nameof(GetReservation);
    public const string ListReservations = nameof(ListReservations);
    public const string CancelReservation = nameof(CancelReservation);
    public const string DeleteReservation = nameof(DeleteReservation);
    public const string RequestPayment = nameof(RequestPayment);
    public const string GetPayment = nameof(GetPayment);
    public const string ListPayments = nameof(ListPayments);
    public const string ChargeWallet = nameof(ChargeWallet);
    public const string CheckBalance = nameof(CheckBalance);
    public const string ListLedger = nameof(ListLedger);
    public const string CreateConcert = nameof(CreateConcert);
    public const string CreateSchedule = nameof(CreateSchedule);
    public const string ReportSchedule = nameof(ReportSchedule);
    public const string Live = nameof(Live);
    public const string Ready = nameof(Ready);
    public const string Contract = nameof(Contract);
    public const string Docs = nameof(Docs);
    public const string DocsAsset = nameof(DocsAsset);
}
