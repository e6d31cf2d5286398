using Concert.Booking.Settings;
using Concert.Booking.Tests.Support;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Shared;

public sealed class OptionsValidationTests
{
    [Fact]
    public void Defaults_AsDescribed_AreInForce()
    {
        using var world = new World();
        var room = world.Get<IOptions<WaitingRoomOptions>>().Value;
        room.Limits.ShouldBe(new(100, 50, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(1)));
        room.KnownFor.ShouldBe(TimeSpan.FromHours(24));
        var booking = world.Rules;
        booking.HoldFor.ShouldBe(TimeSpan.FromMinutes(5));
        booking.ReleaseGrace.ShouldBe(TimeSpan.FromSeconds(15));
        booking.MaxSeatsPerReservation.ShouldBe(8);
        booking.MaxPerUser.ShouldBe(8);
        booking.SessionsPerSection.ShouldBe(128);
        var wallet = world.Get<IOptions<WalletOptions>>().Value;
        wallet.MaxCharge.ShouldBe(10_000_000);
        wallet.MaxBalance.ShouldBe(1_000_000_000_000);
        world.Get<IOptions<CancellationOptions>>().Value.Deadline.ShouldBe(TimeSpan.FromDays(1));
    }

    [Theory]
    [InlineData("WaitingRoom:MaxActive", "1", "1000000", "0", "1000001")]
    [InlineData("WaitingRoom:AdmitPerInterval", "1", "1000000", "0", "1000001")]
    [InlineData("WaitingRoom:AdmitInterval", "00:00:00.1", "01:00:00", "00:00:00.099", "01:00:00.001")]
    [InlineData("WaitingRoom:ActiveFor", "00:00:01", "1.00:00:00", "00:00:00.999", "1.00:00:01")]
    [InlineData("WaitingRoom:SilenceLimit", "00:00:01", "1.00:00:00", "00:00:00.999", "1.00:00:01")]
    [InlineData("WaitingRoom:KnownFor", "00:01:00", "7.00:00:00", "00:00:59", "7.00:00:01")]
    [InlineData("WaitingRoom:SigningKey", "12345678901234567890123456789012", "123456789012345678901234567890123", "1234567890123456789012345678901", "")]
    [InlineData("WaitingRoom:PreviousSigningKey", "12345678901234567890123456789012", "", "1234567890123456789012345678901", "1")]
    [InlineData("Booking:HoldFor", "00:00:00.1", "1.00:00:00", "00:00:00.099", "1.00:00:01")]
    [InlineData("Booking:ReleaseGrace", "00:00:00", "01:00:00", "-00:00:01", "01:00:01")]
    [InlineData("Booking:MaxSeatsPerReservation", "1", "8", "0", "9")]
    [InlineData("Booking:MaxPerUser", "1", "1000000", "0", "1000001")]
    [InlineData("Booking:SessionsPerSection", "1", "65535", "0", "65536")]
    [InlineData("Booking:RepairAfter", "00:00:01", "01:00:00", "00:00:00.999", "01:00:01")]
    [InlineData("Booking:KeepRefusals", "02:00:00", "365.00:00:00", "01:59:59", "365.00:00:01")]
    [InlineData("Booking:KeepIdempotencyKeys", "00:10:00", "365.00:00:00", "00:09:59", "365.00:00:01")]
    [InlineData("Booking:MaxCommitAttempts", "1", "100", "0", "101")]
    [InlineData("Wallet:MaxCharge", "1", "1000000000000", "0", "1000000000001")]
    [InlineData("Wallet:MaxBalance", "1", "1000000000000", "0", "1000000000001")]
    [InlineData("Cancellation:Deadline", "00:00:00", "365.00:00:00", "-00:00:01", "365.00:00:01")]
    [InlineData("Cancellation:Refunds:0:Percent", "0", "100", "-1", "101")]
    [InlineData("Cancellation:Refunds:0:AtLeast", "00:00:00", "365.00:00:00", "-00:00:01", "-1.00:00:00")]
    [InlineData("Admin:Key", "1234567890123456", "12345678901234567", "123456789012345", "")]
    public void Setting_OutOfItsRange_IsRefusedByName(string setting, string lowest, string highest, string tooLow, string tooHigh)
    {
        Read(setting, lowest);
        Read(setting, highest);
        var name = setting.StartsWith("Cancellation:Refunds", StringComparison.Ordinal) ? "Cancellation:Refunds" : setting;
        Should.Throw<OptionsValidationException>(() => Read(setting, tooLow)).Message.ShouldContain(name);
        Should.Throw<OptionsValidationException>(() => Read(setting, tooHigh)).Message.ShouldContain(name);
    }

    private static void Read(string setting, string value)
    {
        using var world = new World((setting, value));
        _ = setting[..setting.IndexOf(':', StringComparison.Ordinal)] switch
        {
            WaitingRoomOptions.Section => world.Get<IOptions<WaitingRoomOptions>>().Value,
            BookingOptions.Section => world.Get<IOptions<BookingOptions>>().Value,
            WalletOptions.Section => world.Get<IOptions<WalletOptions>>().Value,
            CancellationOptions.Section => world.Get<IOptions<CancellationOptions>>().Value,
            _ => (object)world.Get<IOptions<AdminOptions>>().Value,
        };
    }
}
