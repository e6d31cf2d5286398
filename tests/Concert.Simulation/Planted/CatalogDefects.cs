using ADRaffy.ENSNormalize;
using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Paging;
using Concert.Booking.Wallets;

namespace Concert.Simulation.Planted;

/// <summary>The wallet's calls, right but for what a charge is told of its user.</summary>
internal sealed class WalletBySpelling(IWalletUseCases inner) : IWalletUseCases
{
    // As the simulated devices spell it.
    public Task<Result<BalanceView>> ChargeAsync(Caller caller, long amount, CancellationToken cancellationToken) =>
        inner.ChargeAsync(caller with { UserId = ENSNormalize.NF.NFD(caller.UserId) }, amount, cancellationToken);

    public Task<Result<BalanceView>> BalanceAsync(Caller caller, CancellationToken cancellationToken) => inner.BalanceAsync(caller, cancellationToken);

    public Task<Result<Paged<LedgerEntryView>>> HistoryAsync(Caller caller, string? continuation, int limit, CancellationToken cancellationToken) =>
        inner.HistoryAsync(caller, continuation, limit, cancellationToken);
}

/// <summary>A catalogue that is right but for its list.</summary>
internal abstract class ListDefect(ICatalogQueries inner) : ICatalogQueries
{
    public abstract Task<Result<IReadOnlyList<ConcertView>>> ListConcertsAsync(CancellationToken cancellationToken);

    public Task<bool> IsEmptyAsync(CancellationToken cancellationToken) => inner.IsEmptyAsync(cancellationToken);

    public Task<Result<IReadOnlyList<ScheduleView>>> ListSchedulesAsync(string concertId, CancellationToken cancellationToken) =>
        inner.ListSchedulesAsync(concertId, cancellationToken);
}

/// <summary>Goes on listing what was listed.</summary>
internal sealed class EndedListed(ICatalogQueries inner) : ListDefect(inner)
{
    private readonly ICatalogQueries _inner = inner;
    private readonly Dictionary<string, ConcertView> _seen = new(StringComparer.Ordinal);

    public override async Task<Result<IReadOnlyList<ConcertView>>> ListConcertsAsync(CancellationToken cancellationToken)
    {
        foreach (var concert in (await _inner.ListConcertsAsync(cancellationToken)).Value)
        {
            _seen[concert.Id] = concert;
        }

        return _seen.Values.ToList();
    }
}

/// <summary>Answers what it answered first.</summary>
internal sealed class ReadOnce(ICatalogQueries inner) : ListDefect(inner)
{
    private readonly ICatalogQueries _inner = inner;
    private IReadOnlyList<ConcertView>? _read;

    public override async Task<Result<IReadOnlyList<ConcertView>>> ListConcertsAsync(CancellationToken cancellationToken) =>
        (_read ??= (await _inner.ListConcertsAsync(cancellationToken)).Value).ToList();
}
