using Concert.Booking.Calls;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Tests.Support;
using Concert.Testing.Fakes;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Reservations;

/// <summary>
/// Who reads that places are given up may ask for them at once: the gate is open when the batch that says so is written. Each test looks at that moment.
/// </summary>
public sealed class SeatGateTests : IDisposable
{
    private readonly World _world = new();
    private readonly List<string> _shut = [];
    private int _seen;

    public SeatGateTests() => _world.Store.OnCommit = (_, operations) =>
    {
        foreach (var operation in operations)
        {
            Look(operation);
        }

        return CommitFault.None;
    };

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Gate_OfARefusal_IsOpenWhenItCanBeRead()
    {
        await _world.HoldAsync("lee", 2);
        _world.Gate.Lose(World.Seat(2));

        _world.Reservation(await _world.HoldAsync("kim", 1, 2))!.Reason.ShouldBe("seat-taken");

        ShouldHaveBeenOpen();
    }

    [Fact]
    public async Task Gate_OfWhoHasTheLimit_IsOpenWhenItCanBeRead()
    {
        await _world.HoldAsync("kim", 1, 2, 3, 4, 5, 6, 7);

        _world.Reservation(await _world.HoldAsync("kim", 8, 9))!.Reason.ShouldBe("limit-reached");

        ShouldHaveBeenOpen();
        _world.Reservation(await _world.HoldAsync("kim", 8))!.Status.ShouldBe(ReservationStatus.Held);
    }

    [Fact]
    public async Task Gate_OfACancelledHold_IsOpenWhenItCanBeRead()
    {
        var reservation = await _world.HoldAsync("kim", 1, 2);

        await CancelAsync("kim", reservation);

        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Cancelled);
        ShouldHaveBeenOpen();
    }

    [Fact]
    public async Task Gate_OfACancelledPurchase_IsOpenWhenItCanBeRead()
    {
        var (reservation, _) = await _world.BuyAsync("kim", 1, 2);

        await CancelAsync("kim", reservation);

        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Cancelled);
        ShouldHaveBeenOpen();
    }

    [Fact]
    public async Task Gate_OfACancelledPart_IsOpenWhenItCanBeRead()
    {
        var reservation = await _world.HoldAsync("kim", 1, 2);
        IReadOnlyList<string>? then = null;
        var look = _world.Store.OnCommit;
        _world.Store.OnCommit = (partition, operations) =>
        {
            if (operations.Any(o => o is DocumentOperation.Delete && o.Id == SeatDocument.IdOf(2)))
            {
                then = [.. _world.Gate.Owners.Keys];
            }

            return look!(partition, operations);
        };

        await CancelAsync("kim", reservation, World.Seat(2));

        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Held);
        then.ShouldNotBeNull().ShouldBe([World.Seat(1)]);
    }

    [Fact]
    public async Task Gate_OfAHoldThatIsReleased_IsOpenWhenItCanBeRead()
    {
        // A gate that outlives the hold, as after a clock that was off.
        var reservation = await _world.HoldAsync("kim", 1);
        _world.Time.Advance(_world.Rules.HoldFor + _world.Rules.ReleaseGrace);
        await _world.Gate.TryEnterAsync(World.Seats.PartitionKey, [World.Seat(1)], reservation, TimeSpan.FromHours(1), CancellationToken.None);

        await _world.Timers.ReleaseExpiredHoldsAsync(CancellationToken.None);
        await _world.DrainAsync();

        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Expired);
        ShouldHaveBeenOpen();
    }

    [Fact]
    public async Task Gate_OfADeadLetter_IsOpenWhenItCanBeRead()
    {
        var asked = await _world.Reserve.RequestAsync(
            new Caller("kim"), new ReservationRequest(null, [World.Seat(1), World.Seat(2)], null, null), CancellationToken.None);

        await _world.Queue.ExpireAsync(_world.Processor, 0);

        _world.Reservation(asked.Value.Id)!.Status.ShouldBe(ReservationStatus.Rejected);
        ShouldHaveBeenOpen();
    }

    [Fact]
    public async Task Gate_OfAHoldWhoseCancellationIsNotWritten_CostsNobodyTheSeat()
    {
        var reservation = await _world.HoldAsync("kim", 1);
        var failed = false;
        _world.Store.OnCommit = (_, operations) =>
        {
            var fails = !failed && operations.Any(o => o is DocumentOperation.Delete);
            failed |= fails;
            return fails ? CommitFault.Refused : CommitFault.None;
        };

        await CancelAsync("kim", reservation);

        failed.ShouldBeTrue();
        _world.Reservation(reservation)!.Status.ShouldBe(ReservationStatus.Cancelled);
        _world.Reservation(await _world.HoldAsync("lee", 1))!.Status.ShouldBe(ReservationStatus.Held);
        Invariants.CheckSettled(_world);
    }

    private async Task CancelAsync(string user, string reservation, params string[] seats)
    {
        var part = seats.Length == 0 ? CancelRequest.Whole : new CancelRequest(seats);
        _ = (await _world.Cancellations.RequestAsync(new Caller(user), reservation, part, CancellationToken.None)).Value;
        await _world.DrainAsync();
    }

    private void ShouldHaveBeenOpen()
    {
        _seen.ShouldBeGreaterThan(0);
        _shut.ShouldBeEmpty();
    }

    /// <summary>Whether one that ends with this batch still has seats at the gate.</summary>
    private void Look(DocumentOperation operation)
    {
        var json = operation switch
        {
            DocumentOperation.Create create => create.Json,
            DocumentOperation.Replace replace => replace.Json,
            _ => default,
        };
        if (operation.Id.StartsWith(ReservationDocument.Prefix, StringComparison.Ordinal)
            && DocumentJson.Read<ReservationDocument>(new StoredDocument(operation.Id, json, "")) is { HasEnded: true } ended)
        {
            _seen++;
            _shut.AddRange(_world.Gate.Owners.Where(o => World.CodeOf(o.Value) == ended.Code).Select(o => o.Key));
        }
    }
}
