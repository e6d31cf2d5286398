using Concert.Booking.Catalog;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Microsoft.Extensions.Options;

namespace Concert.Booking.WaitingRoom;

/// <summary>Which waiting lines there are (<see cref="WaitingRoomScope"/>), to what each admits, and when something of it is on sale.</summary>
public sealed class Lines(SaleCalendar calendar, TimeProvider time, IOptions<WaitingRoomOptions> options)
{
    public bool IsPerConcert { get; } = options.Value.Scope == WaitingRoomScope.Concert;

    /// <summary>The line that a buyer of this concert joins.</summary>
    public string Of(string? concertId) => IsPerConcert
        ? concertId ?? throw new ArgumentNullException(nameof(concertId), "Each concert has a line of its own.")
        : TokenClaims.General;

    /// <summary>Whether the line is one of this scope: one of the other scope, of before the setting was changed, admits to nothing.</summary>
    public bool Has(string room) => room == TokenClaims.General != IsPerConcert;

    /// <summary>Whether a token of the line admits to the concert; null is an id of no concert's form, of which nothing can be booked.</summary>
    public bool AdmitsTo(string room, string? concertId) => !IsPerConcert || concertId is null || room == concertId;

    /// <summary>The line's openings, as this instance knows them now.</summary>
    public async Task<LineSale> SaleAsync(string room, CancellationToken cancellationToken)
    {
        var (last, next) = (await calendar.FindAsync(IsPerConcert ? room : null, cancellationToken)).At(time.GetUtcNow());
        return new LineSale(last, next);
    }
}
