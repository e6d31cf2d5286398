using Concert.Booking.Calls;
using Concert.Booking.Operations;
using Concert.Booking.Ports;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Tests.Support;
using Concert.Booking.Wallets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Operations;

[Trait("Rule", "L2"), Trait("Rule", "R-BOOKS")]
public sealed class BooksTests : IDisposable
{
    private readonly World _world = new();
    private readonly FakeTimeProvider _time = new(World.Start);
    private readonly Books _books;

    public BooksTests() => _books = new Books(_world.Store, _time, NullLogger<Books>.Instance);

    public void Dispose() => _world.Dispose();

    private async Task<BooksView> CheckAsync() => (await _books.CheckAsync(TestContext.Current.CancellationToken)).Value;

    private async Task<CommandMessage> AskToCancelAsync(string user, string reservation)
    {
        await _world.Cancellations.RequestAsync(new Caller(user), reservation, CancelRequest.Whole, CancellationToken.None);
        return _world.Queue.Sent[^1];
    }

    [Fact]
    public async Task Check_NothingWasCharged_IsBalanced() =>
        (await CheckAsync()).ShouldBe(new BooksView(World.Start.ToUniversalTime(), 0, 0, 0, 0, new MoneyInFlight(0, 0), 0, BooksState.Balanced));

    [Fact]
    public async Task Check_SaleWithPartsAndRefunds_IsBalanced()
    {
        await _world.ChargeAsync("lee", 7);
        await _world.BuyAsync("kim", 1, 2);
        var (part, _) = await _world.BuyAsync("min", 3, 4);
        await _world.Cancellations.RequestAsync(new Caller("min"), part, new CancelRequest([World.Seat(3)]), CancellationToken.None);
        var (whole, _) = await _world.BuyAsync("jun", 5);
        await AskToCancelAsync("jun", whole);
        await _world.HoldAsync("sol", 6);
        await _world.DrainAsync();

        var books = await CheckAsync();

        (books.State, books.Difference, books.InFlight).ShouldBe((BooksState.Balanced, 0, new MoneyInFlight(0, 0)));
        (books.Charged, books.Paid, books.Refunded).ShouldBe(((5 * World.SeatPrice) + 7, 5 * World.SeatPrice, 2 * World.SeatPrice));
        books.Balances.ShouldBe(books.Charged - books.Paid + books.Refunded);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    public async Task Check_PaymentHalfDone_IsInFlightOnceTheMoneyIsTaken(int crashAt, int taken)
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        await _world.AskToPayAsync("kim", await _world.HoldAsync("kim", 1));
        await _world.CrashAtCommitAsync(_world.Queue.Sent[^1], crashAt, applied: false);

        var books = await CheckAsync();

        (books.State, books.Paid, books.InFlight).ShouldBe((BooksState.Balanced, 0, new MoneyInFlight(taken * World.SeatPrice, 0)));
        books.Balances.ShouldBe((1 - taken) * World.SeatPrice);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    public async Task Check_RefundHalfDone_IsInFlightOnceTheMoneyIsBack(int crashAt, int back)
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1);
        await _world.CrashAtCommitAsync(await AskToCancelAsync("kim", reservation), crashAt, applied: false);

        var books = await CheckAsync();

        (books.State, books.Paid, books.Refunded, books.InFlight).ShouldBe((BooksState.Balanced, World.SeatPrice, 0, new MoneyInFlight(0, back * World.SeatPrice)));
        books.Difference.ShouldBe(0);
    }

    /// <summary>Scan 1 is the first of the wallets, 2 of the reservations, 3 the second of the wallets.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Check_MoneyMovesWhileItIsRead_IsNotYetAndNoAlarm(int scan)
    {
        using var alarms = new Metering("concert.invariant.broken", "L2");
        var (reservation, _) = await _world.BuyAsync("lee", 9);
        var scans = 0;
        _world.Store.OnScan = async _ =>
        {
            if (++scans == scan)
            {
                await _world.BuyAsync("kim", 1);
                await AskToCancelAsync("lee", reservation);
                await _world.DrainAsync();
            }
        };

        (await CheckAsync()).State.ShouldBe(BooksState.Moving);
        scans.ShouldBe(3);
        alarms.Count.ShouldBe(0);

        _time.Advance(Books.KeptFor);
        (await CheckAsync()).State.ShouldBe(BooksState.Balanced);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public async Task Check_MoneyThatNoMovementExplains_IsUnbalancedAndAnAlarmOnce(int unpaid, int unrefunded)
    {
        using var alarms = new Metering("concert.invariant.broken", "L2");
        await _world.BuyAsync("kim", 1);
        var (reservation, _) = await _world.BuyAsync("lee", 2);
        await AskToCancelAsync("lee", reservation);
        await _world.DrainAsync();
        var wallet = _world.Store.Find<WalletDocument>(World.WalletOf("lee"), WalletDocument.DocumentId)!;
        _world.Store.Seed(World.WalletOf("lee"), wallet with
        {
            Paid = wallet.Paid - (unpaid * 10),
            Refunded = wallet.Refunded - (unrefunded * 10),
            Balance = wallet.Balance + (unpaid * 10) - (unrefunded * 10),
        });

        var books = await CheckAsync();

        (books.State, books.Difference).ShouldBe((BooksState.Unbalanced, (unrefunded - unpaid) * 10));
        alarms.Count.ShouldBe(1);
        await CheckAsync();
        alarms.Count.ShouldBe(1, "it is kept");
        _time.Advance(Books.KeptFor);
        await CheckAsync();
        alarms.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Check_WalletThatDoesNotAddUp_IsUnbalanced()
    {
        await _world.BuyAsync("kim", 1);
        var wallet = _world.Store.Find<WalletDocument>(World.WalletOf("kim"), WalletDocument.DocumentId)!;
        _world.Store.Seed(World.WalletOf("kim"), wallet with { Balance = wallet.Balance + 1 });

        var books = await CheckAsync();

        (books.State, books.Difference).ShouldBe((BooksState.Unbalanced, -1));
    }

    [Fact]
    public async Task Check_ManyAtOnceAndAgain_ReadsOnceInFifteenSeconds()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CheckAsync()));
        await CheckAsync();
        _world.Store.Queried.Scans.ShouldBe(3);

        _time.Advance(Books.KeptFor - TimeSpan.FromTicks(1));
        await CheckAsync();
        _world.Store.Queried.Scans.ShouldBe(3);
        _time.Advance(TimeSpan.FromTicks(1));
        await CheckAsync();
        _world.Store.Queried.Scans.ShouldBe(6);
    }

    [Fact]
    public async Task Check_ReadingTakesLong_IsNotYetAndGoesOn()
    {
        var held = new TaskCompletionSource();
        _world.Store.OnScan = _ => held.Task;
        var asked = _books.CheckAsync(TestContext.Current.CancellationToken);
        asked.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(20));

        var refusal = (await asked).Refusal!;
        (refusal.Code, refusal.RetryAfter).ShouldBe((RefusalCode.Unavailable, TimeSpan.FromSeconds(10)));
        var again = CheckAsync();
        held.SetResult();
        (await again).State.ShouldBe(BooksState.Balanced);
        _world.Store.Queried.Scans.ShouldBe(3, "the second caller waited for the same reading");
        _time.Advance(TimeSpan.FromSeconds(199));
        await CheckAsync();
        _world.Store.Queried.Scans.ShouldBe(3, "what took 20 s is kept ten times as long");
    }

    [Fact]
    public async Task Check_StoreAway_ThrowsAndReadsAgain()
    {
        _world.Store.OnScan = _ => throw new StoreUnavailableException("away");
        await Should.ThrowAsync<StoreUnavailableException>(CheckAsync);

        _world.Store.OnScan = null;
        (await CheckAsync()).State.ShouldBe(BooksState.Balanced);
    }
}
