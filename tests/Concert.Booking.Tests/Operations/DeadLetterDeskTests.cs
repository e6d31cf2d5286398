using System.Text;
using Concert.Booking.Calls;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Operations;
using Concert.Booking.Paging;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Operations;

[Trait("Rule", "R-AGAIN")]
public sealed class DeadLetterDeskTests : IDisposable
{
    private readonly World _world = new();

    private IDeadLetterDesk Desk => _world.Get<IDeadLetterDesk>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    private async Task<Paged<DeadLetterView>> PageAsync(string? continuation = null, int limit = 100) =>
        (await Desk.ListAsync(World.ScheduleId, continuation, limit, Cancel)).Value;

    private async Task<DeadLetterView> OnlyAsync() => (await PageAsync()).Items.ShouldHaveSingleItem();

    private Task<Result<DeadLetterView>> SendAgainAsync(DeadLetterView letter, string? key = null) => Desk.SendAgainAsync(World.ScheduleId, letter.Id, key, Cancel);

    private Task<Result<DeadLetterView>> RefuseAsync(DeadLetterView letter, string? key = null) => Desk.RefuseAsync(World.ScheduleId, letter.Id, key, Cancel);

    private IEnumerable<CommandMessage> Again => _world.Queue.Sent.Where(m => m.MessageId.StartsWith("again:", StringComparison.Ordinal));

    /// <summary>A paid reservation whose cancellation could not be handled.</summary>
    private async Task<(string Reservation, CommandMessage Message)> NotedCancelAsync(string user = "kim", int seat = 1)
    {
        var (reservation, _) = await _world.BuyAsync(user, seat);
        await _world.Cancellations.RequestAsync(new Caller(user), reservation, CancelRequest.Whole, Cancel);
        var message = _world.Queue.Sent[^1];
        await _world.Queue.ExpireAsync(_world.Processor, 0);
        return (reservation, message);
    }

    [Fact]
    public async Task List_RefusedReserve_CannotBeSentAgain()
    {
        var id = _world.Minter.NewReservation(World.Seats, "kim", _ => 0);
        await _world.DeadLetterAsync(Section.Reserve(id, "kim", World.Start, 1));

        var letter = await OnlyAsync();

        (letter.Command, letter.ReservationId, letter.Reason, letter.At, letter.Outcome).ShouldBe(("reserve", id.ToString(), "reason", World.Start.ToUniversalTime(), DeadLetterOutcome.Refused));
        (letter.CanSendAgain, letter.CanRefuse, letter.SentAgainAt).ShouldBe((false, false, null));
        (await SendAgainAsync(letter)).Refusal!.Code.ShouldBe(RefusalCode.NotValid);
        (await RefuseAsync(letter)).Refusal!.Code.ShouldBe(RefusalCode.NotValid);
        await _world.DrainAsync();
        _world.Reservation(id)!.Status.ShouldBe(ReservationStatus.Rejected);
    }

    [Fact]
    public async Task List_FailedPayment_CannotBeSentAgainAndOneThatHadBegunNeither()
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        await _world.AskToPayAsync("kim", await _world.HoldAsync("kim", 1));
        await _world.DeadLetterAsync(CommandJson.TryRead(_world.Queue.Sent[^1].Body)!);
        await _world.PayHalfwayAsync("lee", 2);
        await _world.DeadLetterAsync(CommandJson.TryRead(_world.Queue.Sent[^1].Body)!);

        var letters = (await PageAsync()).Items;

        letters.Select(l => l.Outcome).ShouldBe([DeadLetterOutcome.Refused, DeadLetterOutcome.Noted], ignoreOrder: true);
        letters.ShouldAllBe(l => l.Command == "pay" && !l.CanSendAgain);
        foreach (var letter in letters)
        {
            (await SendAgainAsync(letter)).Refusal!.Code.ShouldBe(RefusalCode.NotValid);
        }

        Again.ShouldBeEmpty();
    }

    [Fact]
    public async Task SendAgain_NotedCancellation_IsHandledByItsOwnTimeAndOnce()
    {
        var (reservation, message) = await NotedCancelAsync();
        var letter = await OnlyAsync();
        (letter.Command, letter.Outcome, letter.CanSendAgain).ShouldBe(("cancel", DeadLetterOutcome.Noted, true));
        // Past the time of a full refund: it counts when it was asked for.
        _world.Time.Advance(TimeSpan.FromDays(28));

        var sent = (await SendAgainAsync(letter)).Value;

        sent.SentAgainAt.ShouldBe(_world.Time.GetUtcNow());
        var again = Again.ShouldHaveSingleItem();
        again.Body.ToArray().ShouldBe(message.Body.ToArray());
        again.SessionId.ShouldBe(message.SessionId);
        again.MessageId.ShouldContain(letter.Id.Split('.')[1]);
        await _world.DrainAsync();
        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Cancelled);
        _world.Balance("kim").ShouldBe(World.SeatPrice);
        (await OnlyAsync()).CanSendAgain.ShouldBeFalse("there is nothing left to do");
        (await SendAgainAsync(letter)).Refusal!.Code.ShouldBe(RefusalCode.NotValid);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task SendAgain_SameKey_SendsOnceAndAnswersAsItStandsNow()
    {
        var (reservation, _) = await NotedCancelAsync();
        var letter = await OnlyAsync();
        (await SendAgainAsync(letter, "k1")).Value.CanSendAgain.ShouldBeTrue();
        await _world.DrainAsync();

        var repeated = (await SendAgainAsync(letter, "k1")).Value;

        (repeated.CanSendAgain, repeated.SentAgainAt).ShouldBe((false, World.Start.ToUniversalTime()));
        Again.Count().ShouldBe(1);
        (await SendAgainAsync(letter with { Id = "1.another" }, "k1")).Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);
        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Cancelled);
    }

    [Fact]
    public async Task SendAgain_TwoAtOnceUnderDifferentKeys_IsOneMessage()
    {
        await NotedCancelAsync();
        var letter = await OnlyAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => SendAgainAsync(letter, $"k{n}")));

        answers.ShouldAllBe(a => a.Refusal == null || a.Refusal.Code == RefusalCode.NotValid);
        await _world.DrainAsync();
        _world.Balance("kim").ShouldBe(World.SeatPrice);
        Invariants.CheckSettled(_world);
    }

    [Theory]
    [InlineData(CommitFault.CrashBefore)]
    [InlineData(CommitFault.CrashAfter)]
    public async Task SendAgain_DiesBetweenSendAndNote_SendsTheSameMessageAgain(CommitFault fault)
    {
        await NotedCancelAsync();
        var letter = await OnlyAsync();
        _world.Store.OnCommit = (_, operations) => operations.Any(o => o.Id.StartsWith(DeadLetterDocument.Prefix, StringComparison.Ordinal)) ? fault : CommitFault.None;
        await Should.ThrowAsync<StoreUnavailableException>(() => SendAgainAsync(letter, "k1"));
        _world.Store.OnCommit = null;

        (await SendAgainAsync(letter, "k1")).Value.SentAgainAt.ShouldNotBeNull();

        Again.Count().ShouldBe(1, "the queue knows the message");
        _world.Store.All<DeadLetterDocument>(DocumentContainer.Bookings, World.Seats.PartitionKey, DeadLetterDocument.Prefix).ShouldHaveSingleItem().Rounds.ShouldBe(1);
    }

    [Fact]
    public async Task SendAgain_QueueAway_IsUnavailableAndNothingIsNoted()
    {
        await NotedCancelAsync();
        var letter = await OnlyAsync();
        _world.Queue.Away = true;
        (await SendAgainAsync(letter, "k1")).Refusal!.Code.ShouldBe(RefusalCode.Unavailable);
        _world.Queue.Away = false;

        (await OnlyAsync()).SentAgainAt.ShouldBeNull();
        (await SendAgainAsync(letter, "k1")).Value.SentAgainAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task SendAgain_AgainWhenItDiedAgain_IsAnotherMessage()
    {
        await NotedCancelAsync();
        var letter = await OnlyAsync();
        await SendAgainAsync(letter);
        await _world.Queue.ExpireAsync(_world.Processor, 0);

        var letters = (await PageAsync()).Items;
        letters.Count.ShouldBe(2, "what was sent again died for itself");
        letters.ShouldAllBe(l => l.CanSendAgain);
        await SendAgainAsync(letters.Single(l => l.Id == letter.Id));

        Again.Select(m => m.MessageId).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task List_TimersCommands_CanBeSentAgainWhileTheyApply()
    {
        var held = await _world.HoldAsync("kim", 1);
        await _world.DeadLetterAsync(new ExpireCommand(held, World.Start));
        var (paid, _) = await _world.BuyAsync("min", 3);
        var (paying, _) = await _world.PayHalfwayAsync("lee", 2);
        await _world.DeadLetterAsync(new ResumeCommand(paying, World.Start));
        await _world.DeadLetterAsync(new ResumeCommand(paid, World.Start));
        await _world.DeadLetterAsync(new CallOffCommand(paid, World.Start, "why"));

        var letters = (await PageAsync()).Items.ToDictionary(l => (l.Command, l.ReservationId), l => l.CanSendAgain);

        letters.ShouldBe(
            new Dictionary<(string, string?), bool> { [("expire", held)] = true, [("resume", paying)] = true, [("resume", paid)] = false, [("call-off", paid)] = true }, ignoreOrder: true);
    }

    [Fact]
    public async Task List_UsedTicketOrAnotherCancellation_CannotBeSentAgain()
    {
        var (reservation, _) = await NotedCancelAsync();
        var used = _world.Reservation(reservation)! with { Used = new TicketUse(1, "door") };
        _world.Store.Seed(World.Seats.Partition, used);
        (await OnlyAsync()).CanSendAgain.ShouldBeFalse();

        _world.Store.Seed(World.Seats.Partition, used with { Used = null });
        (await OnlyAsync()).CanSendAgain.ShouldBeTrue();
        await _world.Cancellations.RequestAsync(new Caller("kim"), reservation, CancelRequest.Whole, Cancel);
        await _world.DrainAsync();
        (await OnlyAsync()).CanSendAgain.ShouldBeFalse();
    }

    [Fact]
    public async Task List_Many_ComesNewestFirstInPages()
    {
        var reservations = new List<string>();
        for (var n = 1; n <= 7; n++)
        {
            var section = n % 2 == 0 ? World.Seats : World.Floor;
            var id = _world.Minter.NewReservation(section, "kim", _ => 0).ToString();
            reservations.Insert(0, id);
            _world.Time.Advance(TimeSpan.FromSeconds(1));
            await _world.DeadLetterAsync(new ExpireCommand(id, World.Start), $"m{n}");
        }

        var read = new List<DeadLetterView>();
        string? continuation = null;
        do
        {
            var page = await PageAsync(continuation, 3);
            read.AddRange(page.Items);
            continuation = page.Continuation;
        }
        while (continuation is not null);

        read.Select(l => l.ReservationId).ShouldBe(reservations);
    }

    [Fact]
    public async Task List_SameMoment_MissesNoneAndRepeatsNone()
    {
        for (var n = 1; n <= 9; n++)
        {
            await _world.DeadLetterAsync(new ExpireCommand(_world.Minter.NewReservation(n % 2 == 0 ? World.Seats : World.Large, "kim", _ => 0).ToString(), World.Start), $"m{n}");
        }

        var (ids, continuation) = (new List<string>(), (string?)null);
        do
        {
            var page = await PageAsync(continuation, 2);
            ids.AddRange(page.Items.Select(l => l.Id));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        ids.Distinct().Count().ShouldBe(9);
        ids.Count.ShouldBe(9);
    }

    [Fact]
    public async Task List_DocumentOfBefore_IsReadable()
    {
        var id = DeadLetterDocument.IdOf("m");
        var old = $$"""{"id":"{{id}}","type":"dead","messageId":"m","command":"cancel","reason":"MaxDeliveryCountExceeded","at":5}""";
        await _world.Store.CommitAsync(World.Seats.Partition, [new DocumentOperation.Create(id, Encoding.UTF8.GetBytes(old))], Cancel);

        var letter = await OnlyAsync();

        (letter.Command, letter.ReservationId, letter.Outcome, letter.CanSendAgain).ShouldBe(("cancel", null, DeadLetterOutcome.Noted, false));
        (await SendAgainAsync(letter)).Refusal!.Code.ShouldBe(RefusalCode.NotValid);
    }

    [Fact]
    public async Task List_DeadLetterWithoutAnEnd_IsPendingAndFirst()
    {
        await _world.DeadLetterAsync(new ExpireCommand(_world.Minter.NewReservation(World.Seats, "kim", _ => 0).ToString(), World.Start));
        var id = await AskAsync();

        var letters = (await PageAsync()).Items;

        letters.Select(l => l.Outcome).ShouldBe([DeadLetterOutcome.Pending, DeadLetterOutcome.Noted]);
        (letters[0].Command, letters[0].ReservationId, letters[0].Reason, letters[0].CanRefuse, letters[0].CanSendAgain).ShouldBe(("reserve", id, "TTLExpiredException", true, false));
        (await SendAgainAsync(letters[0])).Refusal!.Code.ShouldBe(RefusalCode.NotValid);
    }

    [Fact]
    public async Task Refuse_DeadLetterWithoutAnEnd_WritesItNowAndOnce()
    {
        var id = await AskAsync();
        var letter = await OnlyAsync();

        var refused = (await RefuseAsync(letter, "k1")).Value;

        (refused.Id, refused.Outcome, refused.CanRefuse, refused.CanSendAgain).ShouldBe((letter.Id, DeadLetterOutcome.Refused, false, false));
        _world.Reservation(id)!.Reason.ShouldBe("unavailable");
        (await OnlyAsync()).Outcome.ShouldBe(DeadLetterOutcome.Refused, "the queue still has it, and it is not listed twice");
        (await RefuseAsync(letter, "k1")).Value.Outcome.ShouldBe(DeadLetterOutcome.Refused);
        (await RefuseAsync(letter)).Refusal!.Code.ShouldBe(RefusalCode.NotValid);
        await Task.WhenAll(_world.Queue.DeliverDue(_world.Processor));
        (await OnlyAsync()).Outcome.ShouldBe(DeadLetterOutcome.Refused);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Refuse_StoreStillAway_IsUnavailableAndStaysPending()
    {
        await AskAsync();
        var letter = await OnlyAsync();
        _world.Store.OnCommit = (partition, _) => partition.Container == DocumentContainer.Bookings ? CommitFault.Refused : CommitFault.None;

        await Should.ThrowAsync<StoreUnavailableException>(() => RefuseAsync(letter, "k1"));

        _world.Store.OnCommit = null;
        (await OnlyAsync()).Outcome.ShouldBe(DeadLetterOutcome.Pending);
        (await RefuseAsync(letter, "k1")).Value.Outcome.ShouldBe(DeadLetterOutcome.Refused);
    }

    [Fact]
    public async Task List_BrokerAway_ShowsWhatIsKept()
    {
        await AskAsync();
        await _world.DeadLetterAsync(new ExpireCommand(_world.Minter.NewReservation(World.Seats, "kim", _ => 0).ToString(), World.Start));
        _world.Queue.Away = true;

        (await OnlyAsync()).Outcome.ShouldBe(DeadLetterOutcome.Noted);
    }

    [Theory]
    [InlineData("1.nothing")]
    [InlineData("g1.nothing")]
    [InlineData("nonsense")]
    [InlineData("1.")]
    [InlineData(".x")]
    [InlineData("2-7.x")]
    [InlineData("99.x")]
    [InlineData("1./../r:x")]
    public async Task SendAgainAndRefuse_UnknownId_IsNotYours(string id)
    {
        (await Desk.SendAgainAsync(World.ScheduleId, id, null, Cancel)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        (await Desk.RefuseAsync(World.ScheduleId, id, null, Cancel)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        (await Desk.SendAgainAsync("cnowhere-x", id, null, Cancel)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
    }

    [Fact]
    public async Task List_UnknownScheduleOrContinuation_IsRefused()
    {
        (await Desk.ListAsync("cnowhere-x", null, 10, Cancel)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        (await Desk.ListAsync(World.ScheduleId, "???", 10, Cancel)).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
        (await Desk.ListAsync(World.ScheduleId, "bm9uc2Vuc2U", 10, Cancel)).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
    }

    /// <summary>Asks for a seat; the command is given up, and nobody has looked at it yet.</summary>
    private async Task<string> AskAsync()
    {
        var asked = await _world.Reserve.RequestAsync(
            new Caller("kim"), new ReservationRequest(World.Seat(1), null, null, null), Cancel);
        _world.Queue.Kill(_world.Queue.Sent[^1], "TTLExpiredException");
        return asked.Value.Id;
    }
}
