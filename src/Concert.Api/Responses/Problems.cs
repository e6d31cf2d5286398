using Concert.Booking.Shared;

namespace Concert.Api.Responses;

/// <summary>The status and title of every code.</summary>
internal static class Problems
{
    public const string TypePrefix = "urn:concert:problem:";

    public static int StatusOf(RefusalCode code) => Of(code).Status;

    public static string TitleOf(RefusalCode code) => Of(code).Title;

    /// <summary>These always say when to come back, also when the domain did not.</summary>
    public static TimeSpan? RetryAfterOf(RefusalCode code) =>
        code is RefusalCode.NotAdmitted or RefusalCode.TooManyRequests or RefusalCode.Unavailable ? TimeSpan.FromSeconds(1) : null;

    private static (int Status, string Title) Of(RefusalCode code) => code switch
    {
        RefusalCode.InvalidRequest => (400, "The request is not valid."),
        RefusalCode.NoToken => (401, "Credentials are needed."),
        RefusalCode.BadToken => (401, "The credentials are not genuine."),
        RefusalCode.TokenExpired => (401, "The queue token is no longer valid."),
        RefusalCode.InsufficientBalance => (402, "The balance does not suffice."),
        RefusalCode.NotAdmitted => (403, "It is not your turn yet."),
        RefusalCode.NotYours => (404, "There is no such thing of yours."),
        RefusalCode.AlreadyQueued => (409, "You are in the waiting room already."),
        RefusalCode.SeatTaken => (409, "The seat is taken."),
        RefusalCode.SoldOut => (409, "Sold out."),
        RefusalCode.BookingClosed => (409, "Booking is not open."),
        RefusalCode.LimitReached => (409, "A limit is reached."),
        RefusalCode.HoldExpired => (409, "The hold has ended."),
        RefusalCode.NotCancellable => (409, "It cannot be cancelled."),
        RefusalCode.CancelWindowClosed => (409, "It is too late to cancel."),
        RefusalCode.AlreadyPaid => (409, "It is paid already."),
        RefusalCode.IdempotencyMismatch => (422, "The idempotency key was used for another request."),
        RefusalCode.TooManyRequests => (429, "Too many requests."),
        RefusalCode.Unavailable => (503, "The service is not available right now."),
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, null),
    };
}
