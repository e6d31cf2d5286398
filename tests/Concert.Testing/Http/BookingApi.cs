namespace Concert.Testing.Http;

/// <summary>The operations of the service, one method each.</summary>
public sealed class BookingApi(ApiClient client, string adminKey)
{
    /// <summary>Longest wait the service grants to a request that waits for an outcome.</summary>
    public const int LongestWaitSeconds = 10;

    private const int PageSize = 100;
    private const int MostPages = 2000;

    public ApiClient Client { get; } = client;

    public Task<ApiAnswer<TokenAnswer>> IssueAsync(string userId, string concertId, string? key, CancellationToken cancellationToken) =>
        Client.SendAsync<TokenAnswer>(new(HttpMethod.Post, "queue/issue") { Body = new { userId, concertId }, IdempotencyKey = key }, cancellationToken);

    public Task<ApiAnswer<TokenAnswer>> CheckAsync(string token, CancellationToken cancellationToken) =>
        Client.SendAsync<TokenAnswer>(new(HttpMethod.Get, "queue/check") { Token = token }, cancellationToken);

    public Task<ApiAnswer<Nothing>> LeaveAsync(string token, CancellationToken cancellationToken) =>
        Client.SendAsync<Nothing>(new(HttpMethod.Delete, "queue") { Token = token }, cancellationToken);

    public Task<ApiAnswer<ReservationAnswer>> ReserveAsync(string token, IReadOnlyList<string> seats, string? key, CancellationToken cancellationToken)
    {
        object body = seats.Count == 1 ? new { seatId = seats[0] } : new { seatIds = seats };
        return Client.SendAsync<ReservationAnswer>(new(HttpMethod.Post, "reservation") { Token = token, Body = body, IdempotencyKey = key }, cancellationToken);
    }

    /// <summary>The best places of a section; they need not be side by side.</summary>
    public Task<ApiAnswer<ReservationAnswer>> ReserveBestAsync(
        string token, string concertScheduleId, string? section, int count, string? key, CancellationToken cancellationToken) =>
        Client.SendAsync<ReservationAnswer>(
            new(HttpMethod.Post, "reservation") { Token = token, Body = new { concertScheduleId, section, count }, IdempotencyKey = key }, cancellationToken);

    public Task<ApiAnswer<ReservationAnswer>> ReservePlacesAsync(string token, string inventoryId, int quantity, string? key, CancellationToken cancellationToken) =>
        Client.SendAsync<ReservationAnswer>(
            new(HttpMethod.Post, "reservation") { Token = token, Body = new { inventoryId, quantity }, IdempotencyKey = key }, cancellationToken);

    public Task<ApiAnswer<ReservationAnswer>> ReservationAsync(string token, string id, int? wait, CancellationToken cancellationToken) =>
        Client.SendAsync<ReservationAnswer>(new(HttpMethod.Get, $"reservation/{Uri.EscapeDataString(id)}") { Token = token, WaitSeconds = wait }, cancellationToken);

    public Task<ApiAnswer<ReservationAnswer>> CancelAsync(string token, string id, string? key, CancellationToken cancellationToken) =>
        Client.SendAsync<ReservationAnswer>(
            new(HttpMethod.Post, $"reservation/{Uri.EscapeDataString(id)}/cancel") { Token = token, IdempotencyKey = key }, cancellationToken);

    public Task<ApiAnswer<TicketAnswer>> TicketAsync(string token, string id, CancellationToken cancellationToken) =>
        Client.SendAsync<TicketAnswer>(new(HttpMethod.Get, $"reservation/{Uri.EscapeDataString(id)}/ticket") { Token = token }, cancellationToken);

    public Task<ApiAnswer<CheckInAnswer>> CheckInAsync(string code, string? key, CancellationToken cancellationToken) =>
        Client.SendAsync<CheckInAnswer>(new(HttpMethod.Post, "admin/check-in") { AdminKey = adminKey, Body = new { code }, IdempotencyKey = key }, cancellationToken);
    /// <summary>Some of its seats, or some of its places.</summary>
    public Task<ApiAnswer<ReservationAnswer>> CancelPartAsync(
        string token, string id, IReadOnlyList<string>? seatIds, int? quantity, string? key, CancellationToken cancellationToken) =>
        Client.SendAsync<ReservationAnswer>(
            new(HttpMethod.Post, $"reservation/{Uri.EscapeDataString(id)}/cancel") { Token = token, Body = new { seatIds, quantity }, IdempotencyKey = key }, cancellationToken);

    public Task<ApiAnswer<PaymentAnswer>> PayAsync(string token, string reservationId, string? key, CancellationToken cancellationToken) =>
        Client.SendAsync<PaymentAnswer>(
            new(HttpMethod.Post, "payment") { Token = token, Body = new { reservationId }, IdempotencyKey = key }, cancellationToken);

    public Task<ApiAnswer<PaymentAnswer>> PaymentAsync(string token, string id, int? wait, CancellationToken cancellationToken) =>
        Client.SendAsync<PaymentAnswer>(new(HttpMethod.Get, $"payment/{Uri.EscapeDataString(id)}") { Token = token, WaitSeconds = wait }, cancellationToken);

    public Task<ApiAnswer<BalanceAnswer>> ChargeAsync(string? token, string userId, long amount, string? key, CancellationToken cancellationToken) =>
        Client.SendAsync<BalanceAnswer>(
            new(HttpMethod.Post, "user/charge") { Token = token, Body = new { userId, amount }, IdempotencyKey = key }, cancellationToken);

    public Task<ApiAnswer<BalanceAnswer>> BalanceAsync(string? token, string userId, CancellationToken cancellationToken) =>
        Client.SendAsync<BalanceAnswer>(new(HttpMethod.Get, $"user/check?userId={Uri.EscapeDataString(userId)}") { Token = token }, cancellationToken);

    public IAsyncEnumerable<LedgerEntryAnswer> LedgerAsync(string token, CancellationToken cancellationToken) =>
        PagedAsync<LedgerEntryAnswer>("user/history", token, cancellationToken);

    public IAsyncEnumerable<ReservationAnswer> ReservationsAsync(string token, CancellationToken cancellationToken) =>
        PagedAsync<ReservationAnswer>("reservation", token, cancellationToken);

    public IAsyncEnumerable<PaymentAnswer> PaymentsAsync(string token, CancellationToken cancellationToken) =>
        PagedAsync<PaymentAnswer>("payment", token, cancellationToken);

    public Task<ApiAnswer<IReadOnlyList<DateAnswer>>> DatesAsync(string token, string concertId, CancellationToken cancellationToken) =>
        Client.SendAsync<IReadOnlyList<DateAnswer>>(
            new(HttpMethod.Get, $"concert/available-dates?concertId={Uri.EscapeDataString(concertId)}") { Token = token }, cancellationToken);

    public Task<ApiAnswer<SeatMapAnswer>> SeatsAsync(string token, string scheduleId, CancellationToken cancellationToken) =>
        Client.SendAsync<SeatMapAnswer>(
            new(HttpMethod.Get, $"concert/available-seats?concertScheduleId={Uri.EscapeDataString(scheduleId)}&include=all") { Token = token }, cancellationToken);

    public Task<ApiAnswer<ConcertAnswer>> CreateConcertAsync(string name, string key, CancellationToken cancellationToken, int mostAttempts = RetryPolicy.MostAttempts) =>
        Client.SendAsync<ConcertAnswer>(
            new(HttpMethod.Post, "admin/concert") { AdminKey = adminKey, Body = new { name }, IdempotencyKey = key }, cancellationToken, mostAttempts);

    public Task<ApiAnswer<ScheduleAnswer>> CreateScheduleAsync(ScheduleRequest schedule, string key, CancellationToken cancellationToken) =>
        Client.SendAsync<ScheduleAnswer>(
            new(HttpMethod.Post, "admin/schedule") { AdminKey = adminKey, Body = schedule, IdempotencyKey = key }, cancellationToken);

    /// <param name="scheduleId">Which.</param>
    /// <param name="change">The body: what is to change.</param>
    /// <param name="key">Makes a repeat the same change.</param>
    /// <param name="cancellationToken">The end of patience.</param>
    public Task<ApiAnswer<ChangedAnswer>> ChangeScheduleAsync(string scheduleId, object change, string? key, CancellationToken cancellationToken) =>
        Client.SendAsync<ChangedAnswer>(
            new(HttpMethod.Patch, $"admin/schedule/{Uri.EscapeDataString(scheduleId)}") { AdminKey = adminKey, Body = change, IdempotencyKey = key }, cancellationToken);

    /// <param name="scheduleId">Whose places.</param>
    /// <param name="places">The body: seatIds, or inventoryId with quantity.</param>
    /// <param name="isBlock">Off sale; otherwise back on it.</param>
    /// <param name="key">Makes a repeat the same call.</param>
    /// <param name="cancellationToken">The end of patience.</param>
    public Task<ApiAnswer<BlockedAnswer>> BlockAsync(string scheduleId, object places, bool isBlock, string? key, CancellationToken cancellationToken) =>
        Client.SendAsync<BlockedAnswer>(
            new(HttpMethod.Post, $"admin/schedule/{Uri.EscapeDataString(scheduleId)}/{(isBlock ? "block" : "unblock")}") { AdminKey = adminKey, Body = places, IdempotencyKey = key },
            cancellationToken);

    /// <param name="scheduleId">Which.</param>
    /// <param name="reason">Why.</param>
    /// <param name="key">Makes a repeat the same call.</param>
    /// <param name="cancellationToken">The end of patience.</param>
    public Task<ApiAnswer<CalledOffAnswer>> CallOffAsync(string scheduleId, string? reason, string? key, CancellationToken cancellationToken) =>
        Client.SendAsync<CalledOffAnswer>(
            new(HttpMethod.Post, $"admin/schedule/{Uri.EscapeDataString(scheduleId)}/call-off") { AdminKey = adminKey, Body = new { reason }, IdempotencyKey = key },
            cancellationToken);

    public Task<ApiAnswer<ReportAnswer>> ReportAsync(string scheduleId, CancellationToken cancellationToken) =>
        Client.SendAsync<ReportAnswer>(
            new(HttpMethod.Get, $"admin/schedule/{Uri.EscapeDataString(scheduleId)}/report") { AdminKey = adminKey }, cancellationToken);

    public Task<ApiAnswer<WebhookAnswer>> RegisterWebhookAsync(string url, string key, CancellationToken cancellationToken) =>
        Client.SendAsync<WebhookAnswer>(new(HttpMethod.Post, "admin/webhook") { AdminKey = adminKey, Body = new { url }, IdempotencyKey = key }, cancellationToken);

    public Task<ApiAnswer<Nothing>> RemoveWebhookAsync(string id, CancellationToken cancellationToken) =>
        Client.SendAsync<Nothing>(new(HttpMethod.Delete, $"admin/webhook/{Uri.EscapeDataString(id)}") { AdminKey = adminKey }, cancellationToken);

    /// <summary>Who has what of a schedule, page by page. With statuses, only these: <c>CONFIRMED,HELD</c>.</summary>
    public Task<ApiAnswer<Page<ReservationAnswer>>> BuyersAsync(string scheduleId, string? statuses, string? continuation, CancellationToken cancellationToken)
    {
        var query = (statuses is null ? "" : $"&status={Uri.EscapeDataString(statuses)}") + (continuation is null ? "" : $"&continuation={Uri.EscapeDataString(continuation)}");
        return Client.SendAsync<Page<ReservationAnswer>>(
            new(HttpMethod.Get, $"admin/schedule/{Uri.EscapeDataString(scheduleId)}/reservations?limit={PageSize}{query}") { AdminKey = adminKey }, cancellationToken);
    }

    /// <summary>Every item of a paged list; throws <see cref="ApiException"/> when a page is refused or the list does not end.</summary>
    private async IAsyncEnumerable<T> PagedAsync<T>(
        string path, string token, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? continuation = null;
        for (var page = 0; page < MostPages; page++)
        {
            var query = continuation is null ? "" : $"&continuation={Uri.EscapeDataString(continuation)}";
            var request = new ApiRequest(HttpMethod.Get, $"{path}?limit={PageSize}{query}") { Token = token };
            var answer = (await Client.SendAsync<Page<T>>(request, cancellationToken)).Require(path);
            foreach (var item in answer.Items)
            {
                yield return item;
            }

            if (answer.Continuation is not { Length: > 0 } next)
            {
                yield break;
            }

            continuation = next;
        }

        throw new ApiException($"{path} has more than {MostPages} pages.");
    }
}
