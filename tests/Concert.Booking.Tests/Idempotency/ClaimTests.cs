using Concert.Booking.Calls;
using Concert.Booking.Commands;
using Concert.Booking.Idempotency;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Concert.Booking.Wallets;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Idempotency;

/// <summary>One key, one effect: of reservations, payments and cancellations.</summary>
[Trait("Rule", "L3")]
[Trait("Rule", "R-KEY"), Trait("Rule", "R-MISMATCH"), Trait("Rule", "R-KEYTIME"), Trait("Rule", "R-MESSAGEID")]
public sealed class ClaimTests : IDisposable
{
    private static readonly Caller Kim = new("kim", "key");

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private Task<Result<ReservationView>> AskAsync(params int[] seats) =>
        _world.Reserve.RequestAsync(Kim, new ReservationRequest(null, [.. seats.Select(World.Seat)], null, null), CancellationToken.None);

    private Task<Result<ReservationView>> CancelAsync(string id, string? key = "key") =>
        _world.Cancellations.RequestAsync(new Caller("kim", key), id, CancelRequest.Whole, CancellationToken.None);

    private Task<Result<PaymentView>> PayAsync(string id) => _world.Pay.RequestAsync(Kim, new PaymentRequest(id, null), CancellationToken.None);

    private ClaimDocument ClaimOf(string operation) =>
        _world.Store.All<ClaimDocument>(DocumentContainer.Wallets, "kim", $"claim:{operation}:").ShouldHaveSingleItem();

    /// <summary>Starts the second call when the first is about to write its claim: both have seen that the key is new.</summary>
    private async Task<Result<T>[]> AtOnceAsync<T>(Func<Task<Result<T>>> one, Func<Task<Result<T>>> two)
    {
        Task<Result<T>>? second = null;
        _world.Store.OnCommit = (_, operations) =>
        {
            if (second is null && operations.Any(o => o.Id.StartsWith(ClaimDocument.Prefix, StringComparison.Ordinal)))
            {
                second = Task.FromResult<Result<T>>(default);
                second = two();
            }

            return CommitFault.None;
        };
        var first = await one();
        Result<T>[] answers = [first, await second.ShouldNotBeNull()];
        _world.Store.OnCommit = null;
        return answers;
    }

    private static T WinnerOf<T>(Result<T>[] answers)
    {
        answers.Where(a => a.Refusal is not null).ShouldHaveSingleItem().Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);
        return answers.Single(a => a.Refusal is null).Value;
    }

    [Fact]
    public async Task Request_TwoBodiesAtOnce_OneIsAMismatchAndHasTouchedNothing()
    {
        var winner = WinnerOf(await AtOnceAsync(() => AskAsync(3, 5), () => AskAsync(3, 4)));
        await _world.DrainAsync();

        _world.Queue.Sent.Count.ShouldBe(1);
        _world.Gate.Owners.Keys.ShouldBe(winner.Seats.Select(s => s.Id), ignoreOrder: true);
        _world.Reservation(winner.Id)!.Seats!.Select(l => World.Seat(l.Number)).ShouldBe(winner.Seats.Select(s => s.Id));
        new[] { 4, 5 }.Count(n => _world.SeatAt(n).Status == SeatStatus.Held).ShouldBe(1);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Request_PlacesAndSeatsUnderOneKey_IsAMismatchAcrossSections()
    {
        await AskAsync(1);

        var places = new ReservationRequest(null, null, World.Floor.InventoryId, 3);
        (await _world.Reserve.RequestAsync(Kim, places, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);
        (await _world.Reserve.FindEarlierAsync(Kim, places, CancellationToken.None))!.Value.Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);

        _world.Queue.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Request_TwinsAtOnce_AreOneReservation()
    {
        var answers = await AtOnceAsync(() => AskAsync(1, 2), () => AskAsync(2, 1));
        await _world.DrainAsync();

        answers[1].Value.Id.ShouldBe(answers[0].Value.Id);
        _world.Queue.Sent.Count.ShouldBe(1);
        _world.Reservation(answers[0].Value.Id)!.Status.ShouldBe(ReservationStatus.Held);
    }

    [Fact]
    public async Task Request_DiedBetweenClaimAndQueue_IsSentByItsRepeatUnderTheSameIds()
    {
        _world.Queue.Throws = new InvalidOperationException("the process died");
        await Should.ThrowAsync<InvalidOperationException>(() => AskAsync(1));
        _world.Queue.Throws = null;
        var claim = ClaimOf("reserve");
        _world.Time.Advance(TimeSpan.FromMinutes(1));

        // The token's time may be over by then: what was claimed was admitted.
        var repeat = (await _world.Reserve.FindEarlierAsync(
            Kim, new ReservationRequest(World.Seat(1), null, null, null), CancellationToken.None))!.Value.Value;
        await _world.DrainAsync();

        repeat.Id.ShouldBe(claim.Resource);
        CommandJson.TryRead(_world.Queue.Sent.ShouldHaveSingleItem().Body)!.AcceptedAt.ShouldBe(World.Start.ToUniversalTime());
        _world.Reservation(repeat.Id)!.Status.ShouldBe(ReservationStatus.Held);
        _world.Gate.Owners[World.Seat(1)].ShouldBe(repeat.Id);
    }

    [Fact]
    public async Task Request_ClaimsAnswerWasLost_GoesOnAsItsOwner()
    {
        var seen = 0;
        _world.Store.OnCommit = (_, _) => ++seen == 1 ? CommitFault.AnswerLost : CommitFault.None;

        (await AskAsync(1)).Value.Status.ShouldBe(ReservationStatus.Pending);

        _world.Queue.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Request_RefusedAtTheGate_StaysRefusedWhenItIsRepeated()
    {
        var lee = await _world.HoldAsync("lee", 1);
        (await AskAsync(1)).Refusal!.Code.ShouldBe(RefusalCode.SeatTaken);
        await _world.HandleAsync(new CancelCommand(lee, World.Start, "lee", "asked", "request"));
        _world.SeatAt(1).Status.ShouldBe(SeatStatus.Available);
        var sent = _world.Queue.Sent.Count;

        (await AskAsync(1)).Refusal!.Code.ShouldBe(RefusalCode.SeatTaken);
        (await AskAsync(2)).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);

        _world.Queue.Sent.Count.ShouldBe(sent);
        _world.Gate.Owners.ShouldBeEmpty();
    }

    [Fact]
    public async Task Request_RepeatedWhileTheGateWasLostToAnother_IsNotSaidToBeRefused()
    {
        var first = (await AskAsync(1)).Value;
        _world.Gate.Lose(World.Seat(1));
        (await _world.Gate.TryEnterAsync(World.Seats.PartitionKey, [World.Seat(1)], "somebody else", TimeSpan.FromMinutes(1), CancellationToken.None)).ShouldBeTrue();

        (await AskAsync(1)).Value.Id.ShouldBe(first.Id);
        await _world.DrainAsync();

        _world.Reservation(first.Id)!.Status.ShouldBe(ReservationStatus.Held);
    }

    [Theory]
    [InlineData(ReservationStatus.Cancelled)]
    [InlineData(ReservationStatus.Expired)]
    [InlineData(ReservationStatus.Rejected)]
    public async Task Request_RepeatedAfterItsEnd_ShowsTheEndAndHasNoSecondEffect(ReservationStatus end)
    {
        if (end == ReservationStatus.Rejected)
        {
            await _world.HoldAsync("lee", 1);
            _world.Gate.Flush();
        }

        var id = (await AskAsync(1)).Value.Id;
        await _world.DrainAsync();
        switch (end)
        {
            case ReservationStatus.Cancelled:
                await _world.HandleAsync(new CancelCommand(id, World.Start, "kim", "asked", "request"));
                break;
            case ReservationStatus.Expired:
                _world.Time.Advance(TimeSpan.FromMinutes(6));
                await _world.Timers.ReleaseExpiredHoldsAsync(CancellationToken.None);
                await _world.DrainAsync();
                break;
        }

        var sent = _world.Queue.Sent.Count;
        var repeat = (await AskAsync(1)).Value;

        repeat.Id.ShouldBe(id);
        repeat.Status.ShouldBe(end);
        _world.Queue.Sent.Count.ShouldBe(sent);
    }

    [Fact]
    public async Task Request_KeyOlderThanItsTimeThoughTheStoreStillShowsIt_IsNew()
    {
        var first = (await AskAsync(1)).Value;
        await _world.DrainAsync();
        _world.Time.Advance(TimeSpan.FromDays(2) - TimeSpan.FromMilliseconds(1));
        (await AskAsync(2)).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);
        var old = ClaimOf("reserve");
        _world.Time.Advance(TimeSpan.FromMilliseconds(1));
        _world.Store.Seed(World.WalletOf("kim"), old);

        var second = (await AskAsync(2)).Value;
        await _world.DrainAsync();

        second.Id.ShouldNotBe(first.Id);
        _world.Reservation(second.Id)!.Seats!.ShouldHaveSingleItem().Number.ShouldBe(2);
        (await AskAsync(2)).Value.Id.ShouldBe(second.Id);
        (await AskAsync(1)).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);
    }

    [Fact]
    public async Task Request_KeyKeptLongerThanTheRefusal_IsForgottenAndNotAskedAgain()
    {
        using var world = new World(("Booking:KeepIdempotencyKeys", "30.00:00:00"));
        await world.HoldAsync("lee", 1);
        world.Gate.Flush();
        await world.HoldAsync(Kim, 1);
        world.Time.Advance(TimeSpan.FromDays(7));
        var sent = world.Queue.Sent.Count;

        var repeat = await world.Reserve.RequestAsync(Kim, new ReservationRequest(World.Seat(1), null, null, null), CancellationToken.None);

        repeat.Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        world.Queue.Sent.Count.ShouldBe(sent);
    }

    [Fact]
    public async Task Cancel_TwoReservationsUnderOneKey_OneIsAMismatch()
    {
        var one = await _world.HoldAsync("kim", 1);
        var two = await _world.HoldAsync("kim", 2);
        var winner = WinnerOf(await AtOnceAsync(() => CancelAsync(two), () => CancelAsync(one)));
        await _world.DrainAsync();

        _world.Reservation(winner.Id)!.Status.ShouldBe(ReservationStatus.Cancelled);
        _world.Reservation(winner.Id == one ? two : one)!.Status.ShouldBe(ReservationStatus.Held);
    }

    [Fact]
    public async Task Cancel_DiedBetweenClaimAndQueue_IsSentByItsRepeat()
    {
        var id = await _world.HoldAsync("kim", 1);
        _world.Queue.Away = true;
        (await CancelAsync(id)).Refusal!.Code.ShouldBe(RefusalCode.Unavailable);
        _world.Queue.Away = false;

        (await CancelAsync(id)).Refusal.ShouldBeNull();
        (await CancelAsync(id)).Refusal.ShouldBeNull();

        _world.Queue.Waiting.ShouldBe(1);
        _world.Queue.Sent[^1].MessageId.ShouldEndWith(":" + ClaimOf("cancel").Resource);
        await _world.DrainAsync();
        (await CancelAsync(id)).Value.Status.ShouldBe(ReservationStatus.Cancelled);
    }

    [Fact]
    public async Task Cancel_MessageIds_NameTheReservationAndTheRequest()
    {
        var id = await _world.HoldAsync("kim", 1);
        await CancelAsync(id, "one");
        await CancelAsync(id, "two");
        await CancelAsync(id, null);
        await CancelAsync(id, null);

        _world.Queue.Sent.Skip(1).Select(m => m.MessageId).Distinct(StringComparer.Ordinal).Count().ShouldBe(4);
        _world.Queue.Sent.Skip(1).ShouldAllBe(m => m.MessageId.StartsWith($"cancel:{World.CodeOf(id)}:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pay_TwoReservationsUnderOneKey_OneIsAMismatchAndLeavesNoTrace()
    {
        await _world.ChargeAsync("kim", 3 * World.SeatPrice);
        var one = await _world.HoldAsync("kim", 1);
        var two = await _world.HoldAsync("kim", 2);
        var winner = WinnerOf(await AtOnceAsync(() => PayAsync(two), () => PayAsync(one)));
        await _world.DrainAsync();

        _world.Payment(winner.Id)!.Status.ShouldBe(PaymentStatus.Completed);
        _world.Reservation(winner.ReservationId == one ? two : one)!.Status.ShouldBe(ReservationStatus.Held);
        (await _world.Payments.ListAsync(Kim, null, 10, CancellationToken.None)).Value.Items.ShouldHaveSingleItem().Id.ShouldBe(winner.Id);
    }

    [Fact]
    public async Task Pay_DiedBetweenClaimAndQueue_IsPaidOnceByItsRepeat()
    {
        await _world.ChargeAsync("kim", 3 * World.SeatPrice);
        var id = await _world.HoldAsync("kim", 1);
        _world.Queue.Away = true;
        (await PayAsync(id)).Refusal!.Code.ShouldBe(RefusalCode.Unavailable);
        _world.Queue.Away = false;

        var repeat = (await PayAsync(id)).Value;
        (await PayAsync(id)).Value.Id.ShouldBe(repeat.Id);
        await _world.DrainAsync();

        repeat.Id.ShouldBe(ClaimOf("pay").Resource);
        (await PayAsync(id)).Value.Status.ShouldBe(PaymentStatus.Completed);
        _world.Balance("kim").ShouldBe(2 * World.SeatPrice);
    }

    [Fact]
    public async Task Keys_OfDifferentOperationsOrUsers_KnowNothingOfEachOther()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var id = (await AskAsync(1)).Value.Id;
        await _world.DrainAsync();
        (await PayAsync(id)).Refusal.ShouldBeNull();
        (await CancelAsync(id)).Refusal.ShouldBeNull();
        (await _world.Reserve.RequestAsync(
            new Caller("lee", "key"), new ReservationRequest(World.Seat(2), null, null, null), CancellationToken.None)).Refusal.ShouldBeNull();
    }

    [Fact]
    public void Fingerprint_PartsThatReadAlikeWhenJoined_AreDifferent()
    {
        string Of(params string[] parts) => KeyedCall.OfUser("kim", "operation", "key", parts)!.Fingerprint;

        Of("ab", "c").ShouldNotBe(Of("a", "bc"));
        Of("a").ShouldNotBe(Of("a", ""));
        Of("a", "1:b").ShouldNotBe(Of("a\n1:b"));
        KeyedCall.OfUser("kim", "operation", null, "x").ShouldBeNull();
    }
}
