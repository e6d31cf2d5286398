using Concert.Booking.Calls;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.States;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations;

/// <summary>8 live places of a user in a schedule, over all its sections and inventories.</summary>
[Trait("Rule", "R-PERUSER")]
public sealed class UserPlacesTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private int Counted(string user = "kim") =>
        _world.Store.Find<LimitDocument>(World.WalletOf(user), LimitDocument.IdOf(World.ScheduleId))?.Places ?? 0;

    private ReserveCommand Command(SectionRef section, int shard, params int[] seats) =>
        Section.Reserve(_world.Minter.NewReservation(section, "kim", _ => shard), "kim", _world.Time.GetUtcNow(), seats);

    private ReserveCommand Places(int quantity) => new(
        _world.Minter.NewReservation(World.Floor, "kim", hash => (int)(hash % 8)).ToString(), _world.Time.GetUtcNow(), "kim", null, quantity);

    private async Task<ReservationDocument> HandleAsync(ReserveCommand command)
    {
        await _world.HandleAsync(command);
        return _world.Reservation(command.ReservationId)!;
    }

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
    public async Task Reserve_Held_WritesFourDocuments()
    {
        var written = 0;
        _world.Store.OnCommit = (_, operations) =>
        {
            written += operations.Count;
            return CommitFault.None;
        };

        await HandleAsync(Command(World.Seats, 0, 1));

        written.ShouldBe(4, "entry and what counts; reservation and seat");
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("cancelled")]
    [InlineData("refunded")]
    [InlineData("taken over")]
    public async Task Places_ComeBack_MakeRoomAndNothingIsWrittenForIt(string way)
    {
        int[] seats = [1, 2, 3, 4, 5, 6, 7, 8];
        await _world.ChargeAsync("kim", seats.Length * World.SeatPrice);
        var hold = await _world.HoldAsync("kim", seats);
        if (way == "refunded")
        {
            await _world.AskToPayAsync("kim", hold);
            await _world.DrainAsync();
        }

        (await HandleAsync(Command(World.Large, 0, 1))).Reason.ShouldBe("limit-reached");
        var written = new List<string>();
        _world.Store.OnCommit = (partition, operations) =>
        {
            written.AddRange(operations.Where(_ => partition == World.WalletOf("kim")).Select(o => o.Id.Split(':')[0]));
            return CommitFault.None;
        };
        switch (way)
        {
            case "expired":
                _world.Time.Advance(TimeSpan.FromMinutes(6));
                await _world.Timers.ReleaseExpiredHoldsAsync(CancellationToken.None);
                break;
            case "taken over":
                _world.Time.Advance(TimeSpan.FromMinutes(5));
                _world.Gate.Flush();
                await _world.HoldAsync("lee", seats);
                break;
            default:
                await _world.Cancellations.RequestAsync(new Caller("kim"), hold, CancelRequest.Whole, CancellationToken.None);
                break;
        }

        await _world.DrainAsync();
        written.ShouldBe(way == "refunded" ? ["wallet", "led", "pay"] : []);
        Counted().ShouldBe(8, "the list is only looked through when somebody needs room");
        (await _world.Timers.RepairPaymentsAsync(CancellationToken.None)).ShouldBe(0);

        (await HandleAsync(Command(World.Large, 1, seats))).Status.ShouldBe(ReservationStatus.Held);

        Counted().ShouldBe(8);
        (await HandleAsync(Command(World.Large, 0, 9))).Reason.ShouldBe("limit-reached");
        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task Places_SomeCameBackAndSomeAreLive_OnlyTheLiveOnesCount()
    {
        var first = await _world.HoldAsync("kim", 1, 2, 3);
        await _world.HoldAsync("kim", 4, 5, 6, 7, 8);
        await _world.Cancellations.RequestAsync(new Caller("kim"), first, CancelRequest.Whole, CancellationToken.None);
        await _world.DrainAsync();

        (await HandleAsync(Command(World.Large, 0, 1, 2, 3, 4))).Reason.ShouldBe("limit-reached");
        (await HandleAsync(Command(World.Large, 0, 1, 2, 3))).Status.ShouldBe(ReservationStatus.Held);
        (await HandleAsync(Places(1))).Reason.ShouldBe("limit-reached");

        Invariants.CheckSettled(_world);
    }

    [Fact]
    public async Task List_LimitThatIsNeverReached_IsLookedThroughBeforeItGrowsForEver()
    {
        using var world = new World(("Booking:MaxPerUser", "100000"));
        for (var i = 0; i < 200; i++)
        {
            var command = Section.Reserve(world.Minter.NewReservation(World.Seats, "kim", _ => 0), "kim", world.Time.GetUtcNow(), 1);
            await world.HandleAsync(command);
            await world.HandleAsync(new CancelCommand(command.ReservationId, world.Time.GetUtcNow(), "kim", "asked", "request"));
        }

        world.Store.Find<LimitDocument>(World.WalletOf("kim"), LimitDocument.IdOf(World.ScheduleId))!.Counted.Count.ShouldBeLessThanOrEqualTo(32);
        Invariants.CheckSettled(world);
    }

    [Fact]
    public async Task DeadLetter_AfterTheCountAndBeforeTheHold_MakesRoom()
    {
        var command = Command(World.Seats, 0, 1);
        _world.Store.OnCommit = (partition, _) => partition.Container == DocumentContainer.Bookings ? CommitFault.CrashBefore : CommitFault.None;
        await _world.HandleAsync(command);
        _world.Store.OnCommit = null;
        Counted().ShouldBe(1);

        await _world.DeadLetterAsync(command);
        await _world.DeadLetterAsync(command);
        (await _world.HandleAsync(command)).ShouldBeOfType<ProcessResult.Done>();

        (await HandleAsync(Command(World.Large, 0, 1, 2, 3, 4, 5, 6, 7, 8))).Status.ShouldBe(ReservationStatus.Held);
        Counted().ShouldBe(8);
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
}
