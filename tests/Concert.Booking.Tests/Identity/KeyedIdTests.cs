using Concert.Booking.Identity;
using Concert.Booking.Shared;
using Concert.Booking.Tests.Support;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Identity;

public sealed class KeyedIdTests
{
    [Fact]
    public void NewReservation_SameKeyAcrossAMultipleOfThePeriod_GivesTheSameId()
    {
        var multiple = DateTimeOffset.UnixEpoch + (ReservationId.KeyedPeriod * 824);

        foreach (var key in Enumerable.Range(1, 100).Select(n => $"key-{n}"))
        {
            Mint(multiple.AddMilliseconds(1), key).ShouldBe(Mint(multiple.AddMilliseconds(-1), key));
        }
    }

    [Fact]
    public void NewReservation_Keyed_IsDatedWithinAPeriodBeforeItWasMade()
    {
        var now = DateTimeOffset.UnixEpoch.AddDays(20_500);

        foreach (var key in Enumerable.Range(1, 100).Select(n => $"key-{n}"))
        {
            var age = now - Mint(now, key).CreatedAt;

            age.ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero);
            age.ShouldBeLessThan(ReservationId.KeyedPeriod);
        }
    }

    private static ReservationId Mint(DateTimeOffset now, string key)
    {
        var keys = new KeyRing(Options.Create(new WaitingRoomOptions { SigningKey = new string('k', 32) }));
        return new IdMinter(keys, new SeededRandom(1), new HastyTime(now), Options.Create(new BookingOptions())).NewReservation(World.Seats, "kim", key, _ => 0);
    }
}
