using System.Text;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Messaging;

[Trait("Rule", "L3"), Trait("Rule", "R-DEAD")]
public sealed class CommandProcessorTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    private ReserveCommand Reserve(string user = "kim", params int[] seats) =>
        Section.Reserve(_world.Minter.NewReservation(World.Seats, user, _ => 0), user, World.Start, seats);

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"command":"fly","reservationId":"x","acceptedAt":"2026-05-01T20:00:00+09:00"}""")]
    [InlineData("""{"command":"expire","acceptedAt":"2026-05-01T20:00:00+09:00"}""")]
    [InlineData("""{"command":"expire","reservationId":"nowhere","acceptedAt":"2026-05-01T20:00:00+09:00"}""")]
    public async Task Process_UnreadableBody_IsPoison(string body)
    {
        var result = await _world.Processor.ProcessAsync(new CommandMessage("m", "s", Encoding.UTF8.GetBytes(body)), 1, CancellationToken.None);

        result.ShouldBeOfType<ProcessResult.Poison>().Reason.ShouldBe("unreadable");
    }

    [Fact]
    public void CommandJson_EveryCommand_RoundTrips()
    {
        Command[] commands =
        [
            new ReserveCommand("r", World.Start, "kim", [1, 2], null),
            new ReserveCommand("r", World.Start, "kim", null, 3),
            new PayCommand("r", World.Start, "kim", "p", TestCommands.Token()),
            new PayCommand("r", World.Start, "kim", "p", null),
            new CancelCommand("r", World.Start, "kim", "why", "request"),
            new ExpireCommand("r", World.Start),
            new ResumeCommand("r", World.Start),
        ];

        foreach (var command in commands)
        {
            var body = CommandJson.Write(command);
            var read = CommandJson.TryRead(body).ShouldNotBeNull();
            read.GetType().ShouldBe(command.GetType());
            CommandJson.Write(read).ShouldBe(body);
            read.ReservationId.ShouldBe("r");
            read.AcceptedAt.ShouldBe(World.Start);
            Encoding.UTF8.GetString(body).ShouldContain($"\"command\":\"{command.Name}\"");
        }
    }

    [Fact]
    public async Task Process_UnknownSchedule_IsPoison()
    {
        var id = _world.Minter.NewReservation(new SectionRef("cnowhere-never", "1"), "kim", _ => 0);

        (await _world.HandleAsync(Section.Reserve(id, "kim", World.Start, 1)))
            .ShouldBeOfType<ProcessResult.Poison>().Reason.ShouldBe("unknown-schedule");
        (await _world.HandleAsync(new CancelCommand(id.ToString(), World.Start, "kim", "why", "request")))
            .ShouldBeOfType<ProcessResult.Poison>().Reason.ShouldBe("unknown-schedule");
    }

    [Fact]
    public async Task Process_PaymentOfAnotherReservation_IsPoison()
    {
        var mine = _world.Minter.NewReservation(World.Seats, "kim", _ => 0);
        var other = _world.Minter.NewReservation(World.Seats, "kim", _ => 0);
        var payment = _world.Minter.NewPayment(other, "kim").ToString();

        (await _world.HandleAsync(new PayCommand(mine.ToString(), World.Start, "kim", payment, null)))
            .ShouldBeOfType<ProcessResult.Poison>().Reason.ShouldBe("bad-payment-id");
        (await _world.HandleAsync(new PayCommand(mine.ToString(), World.Start, "kim", "nonsense", null)))
            .ShouldBeOfType<ProcessResult.Poison>().Reason.ShouldBe("bad-payment-id");
    }

    [Fact]
    public async Task Process_Decided_IsDoneAlsoWhenItIsARefusal()
    {
        (await _world.HandleAsync(Reserve(seats: 1))).ShouldBeOfType<ProcessResult.Done>();
        (await _world.HandleAsync(Reserve("lee", 1))).ShouldBeOfType<ProcessResult.Done>();
    }

    [Theory]
    [InlineData(1, 200)]
    [InlineData(2, 400)]
    [InlineData(5, 3_200)]
    [InlineData(6, 6_400)]
    [InlineData(7, 10_000)]
    [InlineData(10, 10_000)]
    [InlineData(1_000, 10_000)]
    public async Task Process_StoreAway_RetriesLaterEachTimeUpToALimit(int delivery, int milliseconds)
    {
        _world.Store.OnRead = (_, _) => throw new StoreUnavailableException("away");

        var retry = (await _world.HandleAsync(Reserve(seats: 1), delivery)).ShouldBeOfType<ProcessResult.Retry>();

        retry.After.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
        retry.Detail.ShouldBe("away");
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(99, 10)]
    public async Task Process_StoreAsksToWait_WaitsWithinTheLimit(int asked, int waits)
    {
        _world.Store.OnRead = (_, _) => throw new StoreUnavailableException("busy", TimeSpan.FromSeconds(asked));

        (await _world.HandleAsync(Reserve(seats: 1))).ShouldBeOfType<ProcessResult.Retry>().After.ShouldBe(TimeSpan.FromSeconds(waits));
    }

    [Fact]
    public async Task Process_UnknownFault_Retries()
    {
        _world.Store.OnRead = (_, _) => throw new InvalidOperationException("a defect");

        (await _world.HandleAsync(Reserve(seats: 1))).ShouldBeOfType<ProcessResult.Retry>().Detail.ShouldBe("a defect");
    }

    [Fact]
    public async Task Process_Shutdown_ThrowsSoThatTheMessageIsRedelivered()
    {
        using var stopping = new CancellationTokenSource();
        _world.Store.OnRead = (_, _) =>
        {
            stopping.Cancel();
            stopping.Token.ThrowIfCancellationRequested();
        };

        await Should.ThrowAsync<OperationCanceledException>(
            () => _world.Processor.ProcessAsync(TestCommands.Message(Reserve(seats: 1)), 1, stopping.Token));
    }

    [Fact]
    public async Task Process_Redelivered_HasOneEffect()
    {
        var command = Reserve(seats: 1);
        await _world.HandleAsync(command);
        var before = _world.Store.Snapshot();

        (await _world.HandleAsync(command, 2)).ShouldBeOfType<ProcessResult.Done>();

        _world.Store.Snapshot().ShouldBe(before);
    }

    [Fact]
    public async Task Process_ADependencysOwnTimeout_RetriesAsItIsNoShutdown()
    {
        _world.Store.OnRead = (_, _) => throw new TaskCanceledException("the request timed out");

        (await _world.HandleAsync(Reserve(seats: 1))).ShouldBeOfType<ProcessResult.Retry>();
        (await _world.DeadLetterAsync(Reserve(seats: 1))).ShouldBeOfType<ProcessResult.Retry>();
    }

    [Fact]
    public async Task DeadLetter_Readable_IsCountedByItsCommand()
    {
        using var dead = new Metering("concert.commands.dead_letters", "reserve");
        await _world.DeadLetterAsync(Reserve(seats: 3));
        dead.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Process_Held_IsCountedWithItsOutcome()
    {
        using var outcomes = new Metering("concert.commands.outcomes", "HELD");
        await _world.HandleAsync(Reserve(seats: 1));
        outcomes.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Process_Failed_IsCountedAsARedelivery()
    {
        using var redeliveries = new Metering("concert.commands.redeliveries");
        _world.Store.OnRead = (_, _) => throw new StoreUnavailableException("away");
        await _world.HandleAsync(Reserve(seats: 1));
        redeliveries.Count.ShouldBe(1);
    }

    [Fact]
    public async Task DeadLetter_Shutdown_ThrowsSoThatItIsSettledLater()
    {
        using var stopping = new CancellationTokenSource();
        await stopping.CancelAsync();
        _world.Store.OnRead = (_, _) => stopping.Token.ThrowIfCancellationRequested();

        await Should.ThrowAsync<OperationCanceledException>(
            () => _world.Processor.DeadLetterAsync(TestCommands.Message(Reserve(seats: 1)), "reason", stopping.Token));
    }
}
