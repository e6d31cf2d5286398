using Concert.Booking.Calls;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Telemetry;
using Concert.Booking.Wallets;
using Microsoft.Extensions.Logging;

namespace Concert.Booking.Operations;

/// <summary>Whether the books balance. An interface because the API's tests speak for the domain.</summary>
public interface IBooks
{
    /// <summary>
    /// L2 over the whole service, at most <see cref="Books.KeptFor"/> old, or older where reading takes long. Refusal unavailable (503) while it is still being read.
    /// </summary>
    Task<Result<BooksView>> CheckAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Reads the wallets, then the reservations, then the wallets again. What a wallet has paid and got back only grows: sums that are the same before and after
/// mean that no money moved in between, so that the reservations' sums must be equal to them; where they differ, the reservations' sums must lie between them.
/// So a sale that goes on raises no false alarm, and hides nothing that is worth more than what moved meanwhile.
/// </summary>
public sealed class Books : IBooks
{
    /// <summary>How old an answer may be.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(15);

    private const int PageSize = 1_000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(10);

    private readonly IDocumentStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<Books> _logger;
    private readonly Kept<BooksView> _kept;

    public Books(IDocumentStore store, TimeProvider time, ILogger<Books> logger)
    {
        (_store, _time, _logger) = (store, time, logger);
        _kept = new Kept<BooksView>(time, KeptFor, ReadAsync);
    }

    public async Task<Result<BooksView>> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _kept.GetAsync(cancellationToken).WaitAsync(LongestWait, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return Refusal.Unavailable("The books are still being added up.", AskAgainAfter);
        }
    }

    /// <summary>A difference is looked at twice before anybody is called. The store bounds each read, and the first that fails ends it.</summary>
    private async Task<BooksView> ReadAsync()
    {
        var books = await ReadOnceAsync(CancellationToken.None);
        if (books.State != BooksState.Unbalanced)
        {
            return books;
        }

        books = await ReadOnceAsync(CancellationToken.None);
        if (books.State == BooksState.Unbalanced)
        {
            BookingTelemetry.InvariantBroken.Add(1, new KeyValuePair<string, object?>("invariant", "L2"));
            _logger.LogCritical("The books do not balance: {Books}", books);
        }

        return books;
    }

    private async Task<BooksView> ReadOnceAsync(CancellationToken cancellationToken)
    {
        var before = await ReadWalletsAsync(cancellationToken);
        var (done, inFlight) = await ReadReservationsAsync(cancellationToken);
        var after = await ReadWalletsAsync(cancellationToken);
        var (paid, refunded) = (done.Paid + inFlight.Paid, done.Refunded + inFlight.Refunded);
        var isExplained = before.IsWhole && after.IsWhole
            && before.Paid <= paid && paid <= after.Paid && before.Refunded <= refunded && refunded <= after.Refunded;
        var stoodStill = before.Paid == after.Paid && before.Refunded == after.Refunded;
        return new BooksView(
            _time.GetUtcNow(),
            after.Charged,
            after.Balances,
            done.Paid,
            done.Refunded,
            inFlight,
            after.Charged - after.Balances - paid + refunded,
            !isExplained ? BooksState.Unbalanced : stoodStill ? BooksState.Balanced : BooksState.Moving);
    }

    private async Task<WalletSums> ReadWalletsAsync(CancellationToken cancellationToken)
    {
        var sums = default(WalletSums);
        await ScanAsync(DocumentContainer.Wallets, WalletDocument.DocumentId, Add, cancellationToken);
        return sums;

        Task Add(LocatedDocument located)
        {
            // The prefix may be that of others as well.
            if (located.Document.Id == WalletDocument.DocumentId)
            {
                var wallet = DocumentJson.Read<WalletDocument>(located.Document);
                sums = new(sums.Charged + wallet.Charged, sums.Balances + wallet.Balance, sums.Paid + wallet.Paid, sums.Refunded + wallet.Refunded);
            }

            return Task.CompletedTask;
        }
    }

    /// <summary>Money as reservations know it. Of one whose last step is to come, the payment itself says whether the money has moved.</summary>
    private async Task<(MoneyInFlight Done, MoneyInFlight InFlight)> ReadReservationsAsync(CancellationToken cancellationToken)
    {
        var (done, inFlight) = (new MoneyInFlight(0, 0), new MoneyInFlight(0, 0));
        await ScanAsync(DocumentContainer.Bookings, ReservationDocument.Prefix, AddAsync, cancellationToken);
        return (done, inFlight);

        async Task AddAsync(LocatedDocument located)
        {
            var reservation = DocumentJson.Read<ReservationDocument>(located.Document);
            if (reservation is not { Moved: null, Payment: { } code, Status: ReservationStatus.Paying or ReservationStatus.Confirmed or ReservationStatus.Cancelled })
            {
                return;
            }

            var isPaying = reservation.Status == ReservationStatus.Paying;
            done = new(done.Paid + (isPaying ? 0 : reservation.PaidTotal), done.Refunded + (reservation.Refunded ?? 0));
            if ((isPaying || reservation.IsCancelling) && await FindPaymentAsync(reservation.UserId, code, cancellationToken) is { } payment)
            {
                inFlight = isPaying
                    ? inFlight with { Paid = inFlight.Paid + (payment.Status is PaymentStatus.Completed or PaymentStatus.Refunded ? payment.Amount : 0) }
                    : inFlight with { Refunded = inFlight.Refunded + (payment.Refunds ?? []).Where(r => r.Number == reservation.Cancellations!.Count).Sum(r => r.Amount) };
            }
        }
    }

    private async Task<PaymentDocument?> FindPaymentAsync(string userId, string code, CancellationToken cancellationToken) =>
        await _store.ReadAsync(new PartitionRef(DocumentContainer.Wallets, userId), PaymentId.DocumentIdOf(code), cancellationToken) is { } stored
            ? DocumentJson.Read<PaymentDocument>(stored)
            : null;

    private async Task ScanAsync(DocumentContainer container, string prefix, Func<LocatedDocument, Task> add, CancellationToken cancellationToken)
    {
        string? continuation = null;
        do
        {
            var page = await _store.ScanAsync(container, prefix, continuation, PageSize, cancellationToken);
            foreach (var located in page.Items)
            {
                await add(located);
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    private readonly record struct WalletSums(long Charged, long Balances, long Paid, long Refunded)
    {
        /// <summary>Each wallet is one document, so that this holds at any moment.</summary>
        public bool IsWhole => Charged == Balances + Paid - Refunded;
    }
}
