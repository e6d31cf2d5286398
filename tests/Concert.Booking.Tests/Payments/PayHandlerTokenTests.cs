using Concert.Booking.Commands;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Concert.Booking.Wallets;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Payments;

/// <summary>The queue token ends with a completed payment, at one step of the saga and at no other, whoever finishes it.</summary>
[Trait("Rule", "R-ACTIVE"), Trait("Rule", "R-PAID")]
public sealed class PayHandlerTokenTests : IDisposable
{
    private readonly World _world = new();
    private readonly TokenClaims _token = TestCommands.Token();

    /// <summary>The commit of the crash, whether it was made, and whether the repair timer finishes instead of a redelivery. (Not before the first, nor after the last: there it has nothing to do.)</summary>
    public static TheoryData<int, bool, bool> Crashes => new()
    {
        { 1, false, false }, { 1, true, false }, { 1, true, true }, { 2, false, false }, { 2, false, true },
        { 2, true, false }, { 2, true, true }, { 3, false, false }, { 3, false, true }, { 3, true, false },
    };

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Pay_Completed_EndsTheTokenBetweenTheDebitAndTheSale()
    {
        var (_, payment, message) = await AskAsync(balance: World.SeatPrice);
        var steps = new List<(int Ended, bool Paid)>();
        _world.Store.OnCommit = (_, _) =>
        {
            steps.Add((_world.Room.Ended.Count, _world.Payment(payment)?.Status == PaymentStatus.Completed));
            return CommitFault.None;
        };

        await _world.Processor.ProcessAsync(message, 1, CancellationToken.None);

        steps.ShouldBe([(0, false), (0, false), (1, true)]);
        _world.Room.Ended.ShouldBe([_token]);
    }

    [Theory]
    [MemberData(nameof(Crashes))]
    public async Task Pay_CrashAtEachStep_EndsTheTokenOnceThePaymentIsFinished(int commit, bool applied, bool byTheTimer)
    {
        var (reservation, payment, message) = await AskAsync(balance: World.SeatPrice);
        await _world.CrashAtCommitAsync(message, commit, applied);
        _world.Room.Ended.Count.ShouldBe(commit == 3 ? 1 : 0, "after the crash");
        _world.Room.Ended.Clear();

        await FinishAsync(message, byTheTimer);

        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Completed);
        _world.Room.Ended.ShouldBe([_token]);
        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Confirmed);
        _world.Reservation(reservation)!.Token.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Crashes))]
    public async Task Pay_RefusedAndCrashAtEachStep_LeavesTheToken(int commit, bool applied, bool byTheTimer)
    {
        var other = await _world.HoldAsync("kim", 2);
        var (reservation, payment, message) = await AskAsync(balance: World.SeatPrice);
        await _world.AskToPayAsync("kim", other);
        await _world.Processor.ProcessAsync(_world.Queue.Sent[^1], 1, CancellationToken.None);

        await _world.CrashAtCommitAsync(message, commit, applied);
        await FinishAsync(message, byTheTimer);

        _world.Payment(payment)!.Reason.ShouldBe("insufficient-balance");
        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Held);
        _world.Reservation(reservation)!.Token.ShouldBeNull();
        _world.Room.Ended.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pay_HoldIsOver_LeavesTheToken()
    {
        var (_, payment, message) = await AskAsync(balance: World.SeatPrice);
        var late = (PayCommand)CommandJson.TryRead(message.Body)!;

        await _world.HandleAsync(late with { AcceptedAt = World.Start.AddMinutes(6) });

        _world.Payment(payment)!.Reason.ShouldBe("hold-expired");
        _world.Room.Ended.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pay_SecondPaymentOfAHoldBeingPaid_LeavesItsToken()
    {
        var (reservation, _, message) = await AskAsync(balance: 2 * World.SeatPrice);
        var second = await _world.AskToPayAsync("kim", reservation, _token with { Id = Guid.NewGuid() });
        await _world.CrashAtCommitAsync(message, commit: 2, applied: false);

        await _world.Processor.ProcessAsync(_world.Queue.Sent[^1], 1, CancellationToken.None);

        _world.Payment(second)!.Reason.ShouldBe("already-paid");
        _world.Room.Ended.ShouldBeEmpty();
        _world.Reservation(reservation)!.Token.ShouldBe(_token);
    }

    [Fact]
    public async Task DeadLetter_PaymentThatNeverBegan_LeavesTheToken()
    {
        var (_, payment, message) = await AskAsync(balance: World.SeatPrice);

        await _world.Processor.DeadLetterAsync(message, "reason", CancellationToken.None);

        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Failed);
        _world.Room.Ended.ShouldBeEmpty();
    }

    [Fact]
    public async Task DeadLetter_PaymentThatHasBegun_LeavesTheTokenToTheRepairTimer()
    {
        var (_, payment, message) = await AskAsync(balance: World.SeatPrice);
        await _world.CrashAtCommitAsync(message, commit: 2, applied: true);

        await _world.Processor.DeadLetterAsync(message, "reason", CancellationToken.None);
        _world.Room.Ended.ShouldBeEmpty();
        await FinishAsync(message, byTheTimer: true);

        _world.Payment(payment)!.Status.ShouldBe(PaymentStatus.Completed);
        _world.Room.Ended.ShouldBe([_token]);
    }

    private async Task<(string Reservation, string Payment, CommandMessage Message)> AskAsync(long balance)
    {
        await _world.ChargeAsync("kim", balance);
        var reservation = await _world.HoldAsync("kim", 1);
        var payment = await _world.AskToPayAsync("kim", reservation, _token);
        return (reservation, payment, _world.Queue.Sent[^1]);
    }

    /// <summary>The repair timer without the message, or the message's next delivery.</summary>
    private async Task FinishAsync(CommandMessage message, bool byTheTimer)
    {
        if (!byTheTimer)
        {
            await _world.Processor.ProcessAsync(message, 2, CancellationToken.None);
            return;
        }

        var before = _world.Queue.Sent.Count;
        _world.Time.Advance(TimeSpan.FromSeconds(30));
        await _world.Timers.RepairPaymentsAsync(CancellationToken.None);
        foreach (var resume in _world.Queue.Sent.Skip(before).ToList())
        {
            await _world.Processor.ProcessAsync(resume, 1, CancellationToken.None);
        }
    }
}
