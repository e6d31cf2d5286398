using Concert.Booking.Ports;
using Concert.Booking.Tests.Support;
using Concert.Booking.WaitingRoom;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.WaitingRoom;

public sealed class AdmissionMemoryTests
{
    private const int MaxKept = 100_000;

    private readonly HastyTime _time = new(World.Start);
    private readonly AdmissionMemory _memory;

    public AdmissionMemoryTests() => _memory = new AdmissionMemory(_time);

    [Fact]
    public void Remember_NewEndOfAKnownToken_Counts()
    {
        var token = Token(1);
        _memory.Remember(token, World.Start.AddMinutes(1));
        _memory.Remember(token, World.Start.AddMinutes(3));
        _time.Advance(TimeSpan.FromMinutes(2));
        _memory.IsActive(token).ShouldBeTrue();
        _memory.Forget(token);
        _memory.IsActive(token).ShouldBeFalse();
    }

    /// <summary>A look at the room that began before the end answers after it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Remember_AfterForget_StaysEnded(bool wasKnown)
    {
        var token = Token(1);
        if (wasKnown)
        {
            _memory.Remember(token, World.Start.AddMinutes(1));
        }

        _memory.Forget(token);
        _memory.Remember(token, World.Start.AddMinutes(2));
        _memory.IsActive(token).ShouldBeFalse();
    }

    [Fact]
    public void Remember_WhenFull_MakesRoomOnceThoseBeforeHaveEnded()
    {
        for (var i = 1; i <= MaxKept; i++)
        {
            _memory.Remember(Token(i), World.Start.AddMinutes(1));
        }

        var late = Token(MaxKept + 1);
        _memory.Remember(late, World.Start.AddHours(1));
        _memory.IsActive(late).ShouldBeFalse();
        _memory.IsActive(Token(1)).ShouldBeTrue();

        _time.Advance(TimeSpan.FromMinutes(2));
        _memory.Remember(late, World.Start.AddHours(1));
        _memory.IsActive(late).ShouldBeTrue();
    }

    private static TokenClaims Token(int number) => new(new Guid(number, 0, 0, new byte[8]), $"u{number}", "c1", World.Start);
}
