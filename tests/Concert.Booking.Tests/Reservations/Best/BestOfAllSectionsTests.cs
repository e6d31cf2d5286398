using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Outbox;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Tests.Support;
using Concert.Booking.Tickets;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations.Best;

/// <summary>The best places of a house: section 1, which is the better one, has seats 1 to 20, section 2 has seats 1 to 300.</summary>
[Trait("Rule", "R-BEST")]
public sealed class BestOfAllSectionsTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private static ReservationRequest Best(int count, bool? together = null) =>
        new(null, null, null, null) { ConcertScheduleId = World.ScheduleId, Count = count, Together = together };

    private async Task<ReservationView> AskAsync(string user, ReservationRequest request, string? key = null) =>
        (await _world.Reserve.RequestAsync(new Caller(user, key), request, CancellationToken.None)).Value;

    private async Task<ReservationView> ViewAsync(string user, string id) =>
        (await _world.Reservations.GetAsync(new Caller(user), id, CancellationToken.None)).Value;

    private async Task<ReservationView> DecidedAsync(string user, ReservationRequest request)
    {
        var asked = await AskAsync(user, request);
        await _world.DrainAsync();
        return await ViewAsync(user, asked.Id);
    }

    private static IEnumerable<string> SeatsOf(ReservationView view) => view.Seats.Select(seat => $"{seat.Section} {seat.SeatNumber}");

    private static IEnumerable<string> Stalls(params IEnumerable<int> seats) => seats.Select(seat => $"Stalls {seat}");

    private static IEnumerable<string> Balcony(params IEnumerable<int> seats) => seats.Select(seat => $"Balcony {seat}");

    private void Take(SectionRef section, params IEnumerable<int> seats)
    {
        foreach (var seat in seats)
        {
            _world.Store.Seed(section.Partition, new SeatDocument(seat, SeatStatus.Blocked, null, null));
        }
    }

    private async Task FreeAsync(SectionRef section, params int[] seats)
    {
        IReadOnlyList<DocumentOperation> deletes = [.. seats.Select(seat => new DocumentOperation.Delete(SeatDocument.IdOf(seat)))];
        (await _world.Store.CommitAsync(section.Partition, deletes, CancellationToken.None)).ShouldBeOfType<CommitResult.Committed>();
    }

    /// <summary>Asks while the stalls seem to be free, and all of them are taken before it is decided: the request begins there and moves on.</summary>
    private async Task<string> AskAndMoveOnAsync(string user, int count = 4, string? key = null)
    {
        var asked = await AskAsync(user, Best(count), key);
        World.Parse(asked.Id).Section.ShouldBe(World.Seats);
        Take(World.Seats, Enumerable.Range(1, World.SeatCount));
        return asked.Id;
    }

    private async Task<string> MovedAsync(string user, int count = 4)
    {
        var id = await AskAndMoveOnAsync(user, count);
        await _world.DrainAsync();
        return id;
    }

    private ReservationDocument? StoredIn(SectionRef section, string id) =>
        _world.Store.Find<ReservationDocument>(section.Partition, World.Parse(id).DocumentId);

    [Fact]
    public async Task Reserve_NoSection_TakesTheFirstOneWhileItHasThem()
    {
        var kim = await DecidedAsync("kim", Best(8));
        SeatsOf(kim).ShouldBe(Stalls(7, 8, 9, 10, 11, 12, 13, 14));

        // Six are left on each side: nobody can have seven side by side there.
        SeatsOf(await DecidedAsync("lee", Best(7))).ShouldBe(Balcony(Enumerable.Range(147, 7)));
        SeatsOf(await DecidedAsync("cho", Best(6))).ShouldBe(Stalls(1, 2, 3, 4, 5, 6));
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Reserve_AnotherSectionHasABetterChoice_TakesIt()
    {
        // 1 to 3 are free: of two of them one would be left alone.
        Take(World.Seats, Enumerable.Range(4, World.SeatCount - 3));

        SeatsOf(await DecidedAsync("kim", Best(2))).ShouldBe(Balcony(150, 151));
        SeatsOf(await DecidedAsync("kim", Best(3))).ShouldBe(Stalls(1, 2, 3));
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Reserve_NowhereSideBySide_TakesTheFewestGroupsUnlessTheyInsist()
    {
        Take(World.Seats, Enumerable.Range(1, World.SeatCount).Where(seat => seat is not (1 or 3 or 5 or 7)));
        Take(World.Large, Enumerable.Range(1, World.LargeCount).Where(seat => seat is not (1 or 2 or 5 or 6)));

        (await DecidedAsync("kim", Best(4, together: true))).Reason.ShouldBe("sold-out");
        SeatsOf(await DecidedAsync("kim", Best(4))).ShouldBe(Balcony(1, 2, 5, 6));
        SeatsOf(await DecidedAsync("lee", Best(4))).ShouldBe(Stalls(1, 3, 5, 7));
        (await DecidedAsync("cho", Best(1))).Reason.ShouldBe("sold-out");
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Reserve_SectionFilledUpMeanwhile_MovesOnUnderTheSameId()
    {
        var id = await AskAndMoveOnAsync("kim");
        (await ViewAsync("kim", id)).Status.ShouldBe(ReservationStatus.Pending);
        await _world.DrainAsync();

        var view = await ViewAsync("kim", id);
        view.Id.ShouldBe(id);
        SeatsOf(view).ShouldBe(Balcony(149, 150, 151, 152));
        view.TotalAmount.ShouldBe(4 * World.SeatPrice);
        StoredIn(World.Seats, id)!.Moved.ShouldBe(new MovedOn("2", 1));
        StoredIn(World.Large, id)!.Home.ShouldBe("1");

        // It is one reservation, wherever one looks.
        (await _world.Reservations.ListAsync(new Caller("kim"), null, 10, CancellationToken.None)).Value.Items.ShouldHaveSingleItem().Id.ShouldBe(id);
        var buyer = (await _world.Get<IBuyerList>().ListAsync(World.ScheduleId, null, null, 10, CancellationToken.None)).Value.Items.ShouldHaveSingleItem();
        (buyer.Id, buyer.UserId).ShouldBe((id, "kim"));
        var report = (await _world.Get<IScheduleReports>().ReportAsync(World.ScheduleId, CancellationToken.None)).Value;
        report.Reservations.Where(r => r.Value > 0).ShouldHaveSingleItem().ShouldBe(new("HELD", 1));
        (await _world.Reservations.GetAsync(new Caller("lee"), id, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.NotYours);
        (await _world.Reservations.GetAsync(new Caller("kim"), $"{World.Large.InventoryId}.{World.CodeOf(id)}", CancellationToken.None)).Value.Id.ShouldBe(id);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Reserve_MovedOn_IsPaidShownAtTheDoorAndCancelledLikeAnyOther()
    {
        await _world.ChargeAsync("kim", 4 * World.SeatPrice);
        await _world.ChargeAsync("lee", 2 * World.SeatPrice);
        var id = await MovedAsync("kim");

        var payment = await _world.AskToPayAsync("kim", id);
        await _world.DrainAsync();
        var paid = (await _world.Payments.GetAsync(new Caller("kim"), payment, CancellationToken.None)).Value;
        (paid.Status, paid.ReservationId).ShouldBe((PaymentStatus.Completed, id));
        paid.SeatNumbers.ShouldBe(["149", "150", "151", "152"]);
        (await ViewAsync("kim", id)).PaymentId.ShouldBe(payment);
        (await _world.Payments.ListAsync(new Caller("kim"), null, 10, CancellationToken.None)).Value.Items.ShouldHaveSingleItem().SeatNumbers.Count.ShouldBe(4);

        await _world.Cancellations.RequestAsync(new Caller("kim"), id, new CancelRequest([World.Large.SeatId(149)]), CancellationToken.None);
        await _world.DrainAsync();
        SeatsOf(await ViewAsync("kim", id)).ShouldBe(Balcony(150, 151, 152));
        _world.Balance("kim").ShouldBe(World.SeatPrice);

        var ticket = (await _world.Get<ITicketReader>().GetAsync(new Caller("kim"), id, CancellationToken.None)).Value;
        ticket.Seats.Select(seat => seat.SeatNumber).ShouldBe(["150", "151", "152"]);
        var shown = (await _world.Get<ICheckInUseCase>().CheckInAsync(new CheckInRequest(ticket.Code), null, CancellationToken.None)).Value;
        shown.Seats.Count.ShouldBe(3);

        // By the seat, and cancelled as a whole.
        await FreeAsync(World.Seats, 1, 2);
        var lee = await AskAsync("lee", Best(2, together: true));
        Take(World.Seats, 1, 2);
        await _world.DrainAsync();
        var seat = (await ViewAsync("lee", lee.Id)).Seats[0].Id;
        (await _world.Pay.RequestAsync(new Caller("lee"), new Concert.Booking.Payments.Pay.PaymentRequest(null, seat), CancellationToken.None)).Value.ReservationId.ShouldBe(lee.Id);
        await _world.DrainAsync();
        (await ViewAsync("lee", lee.Id)).Status.ShouldBe(ReservationStatus.Confirmed);
        await _world.Cancellations.RequestAsync(new Caller("lee"), lee.Id, CancelRequest.Whole, CancellationToken.None);
        await _world.DrainAsync();
        (await ViewAsync("lee", lee.Id)).Status.ShouldBe(ReservationStatus.Cancelled);
        _world.Balance("lee").ShouldBe(2 * World.SeatPrice);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Commands_SentBeforeItWasDecided_FindItWhereItIs()
    {
        await _world.ChargeAsync("kim", 4 * World.SeatPrice);
        var paid = await AskAndMoveOnAsync("kim");
        var payment = await _world.AskToPayAsync("kim", paid);
        await _world.DrainAsync();
        (await _world.Payments.GetAsync(new Caller("kim"), payment, CancellationToken.None)).Value.Status.ShouldBe(PaymentStatus.Completed);

        await FreeAsync(World.Seats, 1, 2, 3, 4);
        var cancelled = await AskAsync("lee", Best(4));
        Take(World.Seats, 1, 2, 3, 4);
        await _world.Cancellations.RequestAsync(new Caller("lee"), cancelled.Id, CancelRequest.Whole, CancellationToken.None);
        await _world.DrainAsync();
        (await ViewAsync("lee", cancelled.Id)).Status.ShouldBe(ReservationStatus.Cancelled);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Reserve_MovedOn_AllItsCommandsKeepToOneSession()
    {
        await _world.ChargeAsync("kim", 4 * World.SeatPrice);
        var id = await MovedAsync("kim");
        _world.Time.Advance(_world.Rules.HoldFor + _world.Rules.ReleaseGrace);
        await _world.Timers.ReleaseExpiredHoldsAsync(CancellationToken.None);
        await _world.DrainAsync();

        (await ViewAsync("kim", id)).Status.ShouldBe(ReservationStatus.Expired);
        _world.Queue.Sent.Select(message => message.SessionId).Distinct().ShouldHaveSingleItem().ShouldBe(World.Parse(id).SessionId);
        _world.SeatAt(149, World.Large).Status.ShouldBe(SeatStatus.Available);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Reserve_MovedOn_TellsReceiversTheIdThatTheBuyerKnows()
    {
        _world.Store.Seed(WebhookDocument.Partition, new WebhookDocument("one", "https://example.com/", WebhookEvents.All, "whsec_AAAA", 0));

        var id = await MovedAsync("kim");

        var told = _world.Store.All<OutboxDocument>(DocumentContainer.Bookings, World.Large.PartitionKey, OutboxDocument.Prefix).ShouldHaveSingleItem();
        told.Event.ShouldBe(WebhookEvents.Held);
        _world.Store.All<OutboxDocument>(DocumentContainer.Bookings, World.Seats.PartitionKey, OutboxDocument.Prefix).ShouldBeEmpty();
        await _world.Timers.DeliverWebhooksAsync(CancellationToken.None);
        _world.Receivers.Attempts.ShouldHaveSingleItem().Body.ShouldContain($"\"{id}\"");
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task Reserve_CrashAtEachWrite_IsFinishedOnceByTheRedelivery(int commit, bool applied)
    {
        var id = await AskAndMoveOnAsync("kim");
        var message = _world.Queue.Sent[^1];
        await _world.CrashAtCommitAsync(message, commit, applied);
        var command = CommandJson.TryRead(message.Body)!;

        (await _world.HandleAsync(command, 2)).ShouldBeOfType<ProcessResult.Done>();
        var before = _world.Store.Snapshot();
        (await _world.HandleAsync(command, 3)).ShouldBeOfType<ProcessResult.Done>();

        _world.Store.Snapshot().ShouldBe(before);
        SeatsOf(await ViewAsync("kim", id)).ShouldBe(Balcony(149, 150, 151, 152));
        _world.Store.Find<LimitDocument>(World.WalletOf("kim"), LimitDocument.IdOf(World.ScheduleId))!.Counted.ShouldHaveSingleItem().ShouldBe(new CountedPlaces(id, 4));
        (await _world.Reservations.ListAsync(new Caller("kim"), null, 10, CancellationToken.None)).Value.Items.ShouldHaveSingleItem();
        Invariants.Check(_world);
    }

    [Fact]
    public async Task Reserve_OtherSectionFilledUpAfterTheMove_ComesBack()
    {
        var id = await AskAndMoveOnAsync("kim");
        await _world.CrashAtCommitAsync(_world.Queue.Sent[^1], commit: 1, applied: true);
        Take(World.Large, Enumerable.Range(1, World.LargeCount));
        await FreeAsync(World.Seats, 3, 4, 5, 6);

        await _world.DrainAsync();

        SeatsOf(await ViewAsync("kim", id)).ShouldBe(Stalls(3, 4, 5, 6));
        StoredIn(World.Large, id)!.Moved.ShouldBe(new MovedOn("1", 2));
        Invariants.Check(_world);
    }

    [Fact]
    public async Task Reserve_HouseFilledUpAfterTheMove_IsRefusedAndCountsNothing()
    {
        var id = await AskAndMoveOnAsync("kim");
        await _world.CrashAtCommitAsync(_world.Queue.Sent[^1], commit: 1, applied: true);
        Take(World.Large, Enumerable.Range(1, World.LargeCount));

        await _world.DrainAsync();

        var view = await ViewAsync("kim", id);
        (view.Status, view.Reason).ShouldBe((ReservationStatus.Rejected, "sold-out"));
        (await _world.Get<IScheduleReports>().ReportAsync(World.ScheduleId, CancellationToken.None)).Value.Reservations["REJECTED"].ShouldBe(1);
        (await _world.Reservations.ListAsync(new Caller("kim"), null, 10, CancellationToken.None)).Value.Items.ShouldHaveSingleItem().Id.ShouldBe(id);
    }

    [Fact]
    public async Task Reserve_LateRunOfTheOldSection_FindsWhereItIs()
    {
        // A run that has lost its lock stands before its write, while another one does all there is to do.
        var id = await AskAndMoveOnAsync("kim");
        var command = CommandJson.TryRead(_world.Queue.Sent[^1].Body)!;
        var isFirst = true;
        _world.Store.OnCommit = (partition, _) =>
        {
            if (isFirst && partition == World.Seats.Partition)
            {
                isFirst = false;
                _world.HandleAsync(command, 2).GetAwaiter().GetResult().ShouldBeOfType<ProcessResult.Done>();
            }

            return CommitFault.None;
        };

        (await _world.HandleAsync(command)).ShouldBeOfType<ProcessResult.Done>();

        SeatsOf(await ViewAsync("kim", id)).ShouldBe(Balcony(149, 150, 151, 152));
        _world.Store.All<SeatDocument>(DocumentContainer.Bookings, World.Large.PartitionKey, SeatDocument.Prefix).Count.ShouldBe(4);
        Invariants.Check(_world);
    }

    [Fact]
    public async Task Reserve_HeldByAnotherRunBeforeTheMoveIsWritten_StaysWhereItIs()
    {
        var id = await AskAndMoveOnAsync("kim");
        var command = CommandJson.TryRead(_world.Queue.Sent[^1].Body)!;
        var isFirst = true;
        _world.Store.OnCommit = (partition, _) =>
        {
            if (isFirst && partition == World.Seats.Partition)
            {
                isFirst = false;
                FreeAsync(World.Seats, 3, 4, 5, 6).GetAwaiter().GetResult();
                _world.HandleAsync(command, 2).GetAwaiter().GetResult().ShouldBeOfType<ProcessResult.Done>();
            }

            return CommitFault.None;
        };

        (await _world.HandleAsync(command)).ShouldBeOfType<ProcessResult.Done>();

        SeatsOf(await ViewAsync("kim", id)).ShouldBe(Stalls(3, 4, 5, 6));
        _world.Store.All<SeatDocument>(DocumentContainer.Bookings, World.Large.PartitionKey, SeatDocument.Prefix).ShouldBeEmpty();
        Invariants.Check(_world);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task DeadLetter_AfterAMove_EndsTheRequestWhereItStands(int commit)
    {
        var id = await AskAndMoveOnAsync("kim");
        var command = CommandJson.TryRead(_world.Queue.Sent[^1].Body)!;
        await _world.CrashAtCommitAsync(_world.Queue.Sent[^1], commit, applied: true);

        (await _world.DeadLetterAsync(command)).ShouldBeOfType<ProcessResult.Done>();
        (await _world.DeadLetterAsync(command)).ShouldBeOfType<ProcessResult.Done>();
        (await _world.HandleAsync(command)).ShouldBeOfType<ProcessResult.Done>();

        var view = await ViewAsync("kim", id);
        (view.Status, view.Reason).ShouldBe((ReservationStatus.Rejected, "unavailable"));
        (await _world.Get<IScheduleReports>().ReportAsync(World.ScheduleId, CancellationToken.None)).Value.DeadLetters.ShouldBe(1);

        // Its places count no more.
        (await DecidedAsync("kim", Best(8))).Status.ShouldBe(ReservationStatus.Held);
        Invariants.Check(_world);
    }

    [Fact]
    public async Task Reserve_MovedOn_CountsOnceForTheLimit()
    {
        await MovedAsync("kim", 6);

        (await DecidedAsync("kim", Best(3))).Reason.ShouldBe("limit-reached");
        (await DecidedAsync("kim", Best(2))).Status.ShouldBe(ReservationStatus.Held);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Request_SameKey_FindsWhatHasMovedOn()
    {
        var id = await AskAndMoveOnAsync("kim", key: "key");
        (await AskAsync("kim", Best(4), "key")).Id.ShouldBe(id);
        await _world.DrainAsync();

        var again = await AskAsync("kim", Best(4), "key");

        (again.Id, again.Status).ShouldBe((id, ReservationStatus.Held));
        SeatsOf(again).ShouldBe(Balcony(149, 150, 151, 152));
        (await _world.Reserve.RequestAsync(new Caller("kim", "key"), Best(4) with { Section = "Stalls" }, CancellationToken.None))
            .Refusal!.Code.ShouldBe(RefusalCode.IdempotencyMismatch);
    }

    [Fact]
    public async Task Request_Grade_LooksOnlyWhereItIs()
    {
        var refused = await _world.Reserve.RequestAsync(new Caller("kim"), Best(2) with { Grade = "VIP" }, CancellationToken.None);
        refused.Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
        _world.Queue.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task Reserve_FreedPlaceThatTheMapHasNotHeardOf_IsFoundBeforeAnybodyIsRefused()
    {
        Take(World.Seats, Enumerable.Range(1, World.SeatCount));
        Take(World.Large, Enumerable.Range(1, World.LargeCount));
        (await DecidedAsync("kim", Best(1))).Reason.ShouldBe("sold-out");
        _world.Time.Advance(TimeSpan.FromSeconds(1));

        await FreeAsync(World.Large, 7);

        SeatsOf(await DecidedAsync("lee", Best(1))).ShouldBe(Balcony(7));
    }

    [Fact]
    public async Task Reserve_AllIsSold_ReadsTheHouseOnceForAllWhoAskedBefore()
    {
        Take(World.Seats, Enumerable.Range(1, World.SeatCount));
        Take(World.Large, Enumerable.Range(1, World.LargeCount));
        for (var buyer = 0; buyer < 50; buyer++)
        {
            await AskAsync($"user{buyer}", Best(2));
        }

        _world.Time.Advance(TimeSpan.FromSeconds(1));
        var before = _world.Store.Queried.Found;
        await _world.DrainAsync();

        (_world.Store.Queried.Found - before).ShouldBeLessThan(2 * (World.SeatCount + World.LargeCount));
        (await _world.Get<IScheduleReports>().ReportAsync(World.ScheduleId, CancellationToken.None)).Value.Reservations["REJECTED"].ShouldBe(50);
    }

    [Fact]
    public async Task Reserve_WholeHouseAtOnce_SeatsAllThatCanBeSeated()
    {
        var commands = Enumerable.Range(0, 90).Select(i => new ReserveCommand(
            _world.Minter.NewReservation(i % 2 == 0 ? World.Seats : World.Large, $"user{i}", _ => ValidRequest.BestShard).ToString(), World.Start, $"user{i}", null, null)
        {
            Best = new WantedPlaces(4, null, false, AnySection: true),
        }).ToList();

        await Task.WhenAll(commands.Select(command => Task.Run(async () =>
        {
            for (var delivery = 1; await _world.HandleAsync(command, delivery) is not ProcessResult.Done; delivery++)
            {
                delivery.ShouldBeLessThan(100);
            }
        })));

        var ends = commands.Select(command => _world.Reservation(command.ReservationId)!).ToList();
        ends.Count(end => end.Status == ReservationStatus.Held).ShouldBe((World.SeatCount + World.LargeCount) / 4);
        ends.Where(end => end.Status == ReservationStatus.Rejected).ShouldAllBe(end => end.Reason == "sold-out");
        Invariants.Check(_world);
    }
}
