using Concert.Booking.Catalog;
using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Wallets;

namespace Concert.Booking.Shared;

/// <summary>
/// Who asks, and how. The heads have established the user (a genuine token, or the platform).
/// </summary>
/// <param name="UserId">The user.</param>
/// <param name="IdempotencyKey">The call's Idempotency-Key, 1 to 255 characters; null when there is none.</param>
/// <param name="Token">The queue token the call carried, if any: it ends when its user has paid.</param>
/// <param name="TraceParent">W3C traceparent to carry with the command.</param>
public sealed record Caller(string UserId, string? IdempotencyKey = null, TokenClaims? Token = null, string? TraceParent = null);

/// <summary>The waiting room's calls.</summary>
public interface IQueueUseCases
{
    /// <summary>Verifies a token's form, signature and age; refusals: bad-token, token-expired.</summary>
    Result<TokenClaims> Verify(string token);

    /// <summary>Refuses with not-admitted (and Retry-After) or token-expired unless the token is ACTIVE and of the line of this concert.</summary>
    Task<Refusal?> RequireActiveAsync(TokenClaims claims, string? concertId, CancellationToken cancellationToken);

    /// <summary>
    /// Joins the line of the concert, or the service's one line. Refusals: invalid-request without a concert where each has its line, not-yours for an
    /// unknown one, already-queued; a user whom the platform knows gets the token back instead.
    /// </summary>
    Task<Result<QueueAnswer>> JoinAsync(string userId, string? concertId, string? idempotencyKey, CancellationToken cancellationToken);

    Task<Result<QueueAnswer>> CheckAsync(TokenClaims claims, string token, CancellationToken cancellationToken);

    Task<Refusal?> LeaveAsync(TokenClaims claims, string? idempotencyKey, CancellationToken cancellationToken);
}

/// <summary>Concerts, schedules and availability.</summary>
public interface ICatalogUseCases
{
    /// <summary>
    /// Concerts with a schedule whose booking has not ended, in order of opening: what has been open longest first, then what opens next; then by name and id.
    /// A schedule made elsewhere is in it after <see cref="ConcertListing.KeptFor"/> at the latest; what ends is out of it at once.
    /// </summary>
    Task<Result<IReadOnlyList<ConcertView>>> ListConcertsAsync(CancellationToken cancellationToken);

    /// <summary>Whether no concert was ever created. Looks at the whole catalogue when there is none.</summary>
    Task<bool> IsEmptyAsync(CancellationToken cancellationToken);

    Task<Result<IReadOnlyList<ScheduleView>>> ListSchedulesAsync(string concertId, CancellationToken cancellationToken);

    /// <summary>A rendered <see cref="SeatMapView"/>; refusal not-yours (404) for an unknown schedule.</summary>
    Task<Result<SeatMap>> GetSeatMapAsync(string scheduleId, bool includeAll, CancellationToken cancellationToken);

    Task<Result<CreatedConcert>> CreateConcertAsync(NewConcert request, string? idempotencyKey, CancellationToken cancellationToken);

    Task<Result<CreatedSchedule>> CreateScheduleAsync(NewSchedule request, string? idempotencyKey, CancellationToken cancellationToken);

    Task<Result<ScheduleReport>> ReportAsync(string scheduleId, CancellationToken cancellationToken);

    /// <summary>The concert's id that a seat, inventory, schedule, reservation or payment id carries; null when it is none of these.</summary>
    string? ConcertOf(string id);
}

/// <summary>Reservations of the caller. Commands are accepted, not decided: the view says PENDING.</summary>
public interface IReservationUseCases
{
    Task<Result<ReservationView>> RequestAsync(Caller caller, ReservationRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// What this very request under this Idempotency-Key led to before; null when it is new. A repeat needs no admission: whoever lost the answer
    /// may have lost the token's time with it.
    /// </summary>
    Task<Result<ReservationView>?> FindEarlierAsync(Caller caller, ReservationRequest request, CancellationToken cancellationToken);

    Task<Result<ReservationView>> GetAsync(Caller caller, string reservationId, CancellationToken cancellationToken);

    Task<Result<Paged<ReservationView>>> ListAsync(Caller caller, string? continuation, int limit, CancellationToken cancellationToken);

    /// <summary>The reservation as it stands; its cancellation has been asked for.</summary>
    Task<Result<ReservationView>> RequestCancelAsync(Caller caller, string reservationId, CancellationToken cancellationToken);
}

/// <summary>Payments of the caller.</summary>
public interface IPaymentUseCases
{
    Task<Result<PaymentView>> RequestAsync(Caller caller, PaymentRequest request, CancellationToken cancellationToken);

    /// <summary>What this very request under this Idempotency-Key led to before; null when it is new. A repeat needs no admission: paying ended the token.</summary>
    Task<Result<PaymentView>?> FindEarlierAsync(Caller caller, PaymentRequest request, CancellationToken cancellationToken);

    Task<Result<PaymentView>> GetAsync(Caller caller, string paymentId, CancellationToken cancellationToken);

    Task<Result<Paged<PaymentView>>> ListAsync(Caller caller, string? continuation, int limit, CancellationToken cancellationToken);
}

/// <summary>The wallet of a user.</summary>
public interface IWalletUseCases
{
    /// <summary>Tops up; refusals invalid-request, limit-reached (balance limit), idempotency-mismatch.</summary>
    Task<Result<BalanceView>> ChargeAsync(Caller caller, long amount, CancellationToken cancellationToken);

    Task<Result<BalanceView>> BalanceAsync(Caller caller, CancellationToken cancellationToken);

    Task<Result<Paged<LedgerEntryView>>> HistoryAsync(Caller caller, string? continuation, int limit, CancellationToken cancellationToken);
}

/// <summary>What the timers call. Each sends commands or moves the waiting room; none writes a seat. Throws StoreUnavailableException.</summary>
public interface ITimerUseCases
{
    /// <summary>Sends an expire command for each hold whose end and grace have passed; returns how many.</summary>
    Task<int> ReleaseExpiredHoldsAsync(CancellationToken cancellationToken);

    /// <summary>One admission round in every room; returns how many were admitted.</summary>
    Task<int> AdmitWaitingAsync(CancellationToken cancellationToken);

    /// <summary>Sends a resume command for each payment or refund that is stuck; returns how many.</summary>
    Task<int> RepairPaymentsAsync(CancellationToken cancellationToken);
}
