using Concert.Booking.Identity;
using Concert.Booking.Messaging;
using Concert.Booking.Reservations;
using Concert.Booking.Shared;
using Concert.Booking.Storage;
using Concert.Booking.Tests.Support;
using Concert.Booking.Wallets;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations;

/// <summary>8 live places of a user in a schedule, over all its sections and inventories.</summary>
[Trait("Rule", "Limit")]
public sealed class UserPlacesTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private int Counted(string user = "kim") =>
        _world.Store.Find<LimitDocument>(World.WalletOf(user), LimitDocument.IdOf(World.ScheduleId))?.Live ?? 0;

    private ReserveCommand Command(SectionRef section, int shard, params int[] seats) =>
        Section.Reserve(_world.Minter.NewReservation(section, "kim", _ => shard), "kim", _world.Time.GetUtcNow(), seats);

    private ReserveCommand Places(int quantity) => new(
        _world.Minter.NewReservation(World.Floor, "kim", hash => (int)(hash % 8)).ToString(), _world.Time.GetUtcNow(), "kim", null, quantity);

    private async Task<ReservationDocument> HandleAsync(ReserveCommand command)
    {
        await _world.HandleAsync(command);
        return _world.Reservation(command.ReservationId)!;
    }

    private static bool Frees(IReadOnlyList<DocumentOperation> operations) => operations.Any(o =>
        o is DocumentOperation.Replace replace && o.Id.StartsWith(LimitDocument.Prefix, StringComparison.Ordinal)
        && DocumentJson.Read<LimitDocument>(new StoredDocument(o.Id, replace.Json, "")).Live == 0);

    [Fact]
    public async Task Reserve_AcrossSectionsAndInventories_CountsTogether()
    {
        (await HandleAsync(Command(World.Seats, 0, 1, 2, 3))).Status.ShouldBe(ReservationStatus.Held);
        (await HandleAsync(Command(World.Large, 0, 1, 2, 3))).Status.ShouldBe(ReservationStatus.Held);
        (await HandleAsync(Places(3))).Reason.ShouldBe("limit-reached");
        (await HandleAsync(Places(2))).Status.ShouldBe(ReservationStatus.Held);
        (await HandleAsync(Command(World.Large, 9, 9))).Reason.ShouldBe("limit-reached");

        Counted().ShouldBe(8);
        _world.SeatAt(9, World.Large).Status.ShouldBe(SeatStatus.Available);
        _world.Counters(World.Floor).Left.ShouldBe(World.Standing - 2);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Reserve_ManySectionsAndInstancesAtOnce_NeverExceedsTheLimit()
    {
        using var beside = new World(_world);
        var commands = Enumerable.Range(1, 20).Select(n => (n % 3) switch
        {
            0 => Command(World.Seats, n, n),
            1 => Command(World.Large, n, n),
            _ => Places(2),
        }).ToList();

        await Task.WhenAll(commands.Select((c, i) => Task.Run(async () =>
        {
            for (var delivery = 1; await (i % 2 == 0 ? _world : beside).HandleAsync(c, delivery) is ProcessResult.Retry; delivery++)
            {
            }
        })));

        Counted().ShouldBeInRange(7, 8);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Reserve_RefusedByTheSection_IsNeverCounted()
    {
        await _world.HoldAsync("lee", 1);
        var commits = new List<string>();
        _world.Store.OnCommit = (partition, operations) =>
        {
            commits.AddRange(operations.Select(o => $"{partition.Container} {o.Id.Split(':')[0]}"));
            return CommitFault.None;
        };

        (await HandleAsync(Command(World.Seats, 0, 1))).Reason.ShouldBe("seat-taken");

        commits.ShouldBe(["Bookings r", "Wallets req"]);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Reserve_Held_WritesFiveDocuments()
    {
        var written = 0;
        _world.Store.OnCommit = (_, operations) =>
        {
            written += operations.Count;
            return CommitFault.None;
        };

        await HandleAsync(Command(World.Seats, 0, 1));

        written.ShouldBe(5, "entry and count; reservation, seat and counters");
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("cancelled")]
    [InlineData("refunded")]
    [InlineData("taken over")]
    public async Task Places_ComeBack_AreGivenBackAlsoAcrossACrash(string way)
    {
        await _world.ChargeAsync("kim", World.SeatPrice);
        var hold = await _world.HoldAsync("kim", 1);
        if (way == "refunded")
        {
            await _world.AskToPayAsync("kim", hold);
            await _world.DrainAsync();
        }

        Counted().ShouldBe(1);
        var crashed = false;
        _world.Store.OnCommit = (_, operations) => !crashed && Frees(operations) && (crashed = true) ? CommitFault.CrashBefore : CommitFault.None;
        switch (way)
        {
            case "expired":
                _world.Time.Advance(TimeSpan.FromMinutes(6));
                await _world.Timers.ReleaseExpiredHoldsAsync(CancellationToken.None);
                break;
            case "taken over":
                _world.Time.Advance(TimeSpan.FromMinutes(5));
                _world.Gate.Flush();
                await _world.Reservations.RequestAsync(new Caller("lee"), new ReservationRequest(World.Seat(1), null, null, null), CancellationToken.None);
                break;
            default:
                await _world.Reservations.RequestCancelAsync(new Caller("kim"), hold, CancellationToken.None);
                break;
        }

        await _world.DrainAsync();

        // A redelivery of the very command finishes it; what another command has ended, the repair timer does.
        await _world.Timers.RepairPaymentsAsync(CancellationToken.None);
        await _world.DrainAsync();
        crashed.ShouldBeTrue();
        Counted().ShouldBe(0);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Places_FreedByARunThatNobodyWaitsFor_AreGivenBackByTheTimer()
    {
        var hold = await _world.HoldAsync("kim", 1);
        _world.Store.OnCommit = (_, operations) => Frees(operations) ? CommitFault.CrashBefore : CommitFault.None;
        await _world.HandleAsync(new CancelCommand(hold, World.Start, "kim", "its message was dead-lettered meanwhile"));
        _world.Store.OnCommit = null;
        Counted().ShouldBe(1);

        (await _world.Timers.RepairPaymentsAsync(CancellationToken.None)).ShouldBe(1);
        await _world.DrainAsync();

        Counted().ShouldBe(0);
        (await _world.Timers.RepairPaymentsAsync(CancellationToken.None)).ShouldBe(0);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task DeadLetter_AfterTheCountAndBeforeTheHold_GivesItBack()
    {
        var command = Command(World.Seats, 0, 1);
        _world.Store.OnCommit = (partition, _) => partition.Container == DocumentContainer.Bookings ? CommitFault.CrashBefore : CommitFault.None;
        await _world.HandleAsync(command);
        _world.Store.OnCommit = null;
        Counted().ShouldBe(1);

        await _world.DeadLetterAsync(command);
        await _world.DeadLetterAsync(command);

        Counted().ShouldBe(0);
        (await _world.HandleAsync(command)).ShouldBeOfType<ProcessResult.Done>();
        Counted().ShouldBe(0);
        Invariants.CheckSettled(_world);
    }

    [Theory]
    [InlineData(CommitFault.CrashBefore)]
    [InlineData(CommitFault.CrashAfter)]
    [InlineData(CommitFault.AnswerLost)]
    public async Task Reserve_CrashAroundTheSectionsBatch_IsCountedOnceByTheRedelivery(CommitFault fault)
    {
        var command = Command(World.Seats, 0, 1, 2);
        var seen = 0;
        _world.Store.OnCommit = (partition, _) => partition.Container == DocumentContainer.Bookings && ++seen == 1 ? fault : CommitFault.None;
        await _world.HandleAsync(command);
        await _world.HandleAsync(command, 2);

        _world.Reservation(command.ReservationId)!.Status.ShouldBe(ReservationStatus.Held);
        Counted().ShouldBe(2);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Reserve_LimitReachedByWhatHasEnded_GivesThatBackFirst()
    {
        var old = Command(World.Seats, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        await HandleAsync(old);
        _world.Store.OnCommit = (_, operations) => Frees(operations) ? CommitFault.CrashBefore : CommitFault.None;
        await _world.HandleAsync(new CancelCommand(old.ReservationId, _world.Time.GetUtcNow(), "kim", "asked"));
        _world.Store.OnCommit = null;
        Counted().ShouldBe(8);

        (await HandleAsync(Command(World.Large, 0, 1))).Status.ShouldBe(ReservationStatus.Held);

        Counted().ShouldBe(1);
        await _world.Timers.RepairPaymentsAsync(CancellationToken.None);
        await _world.DrainAsync();
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Reserve_LimitReachedByTheUsersOwnOverdueHold_TakesItOver()
    {
        await HandleAsync(Command(World.Large, 0, 1, 2, 3, 4, 5, 6, 7, 8));
        _world.Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        (await HandleAsync(Command(World.Large, 0, 20))).Reason.ShouldBe("limit-reached");
        _world.Time.Advance(TimeSpan.FromMilliseconds(1));
        (await HandleAsync(Command(World.Large, 1, 30))).Reason.ShouldBe("limit-reached", "another session knows nothing of what waits in that one");

        (await HandleAsync(Command(World.Large, 0, 1, 2, 3, 4, 5, 6, 7, 8))).Status.ShouldBe(ReservationStatus.Held);

        Counted().ShouldBe(8);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Review_CountOfARequestThatNeverCameToBe_StaysWhileItMayStillComeAndNoLonger()
    {
        var lost = Command(World.Seats, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        _world.Store.OnCommit = (partition, _) => partition.Container == DocumentContainer.Bookings ? CommitFault.CrashBefore : CommitFault.None;
        await _world.HandleAsync(lost);
        _world.Store.OnCommit = null;
        _world.Time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMilliseconds(1));
        (await HandleAsync(Command(World.Large, 0, 1))).Reason.ShouldBe("limit-reached");
        _world.Time.Advance(TimeSpan.FromMilliseconds(1));

        (await HandleAsync(Command(World.Large, 0, 1))).Status.ShouldBe(ReservationStatus.Held);

        // It comes all the same: what was given back is not counted again, and nothing is held without a count.
        (await HandleAsync(lost)).Status.ShouldBe(ReservationStatus.Rejected);
        Counted().ShouldBe(1);
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Count_ReservationThatHasEnded_IsNotOpenedAgain()
    {
        var command = Command(World.Seats, 0, 1);
        var held = await HandleAsync(command);
        await _world.HandleAsync(new CancelCommand(command.ReservationId, _world.Time.GetUtcNow(), "kim", "asked"));

        (await _world.Get<UserPlaces>().CountAsync(World.Parse(command.ReservationId), held, 8, CancellationToken.None)).ShouldBe(PlacesAnswer.Ended);

        Counted().ShouldBe(0);
    }
}
