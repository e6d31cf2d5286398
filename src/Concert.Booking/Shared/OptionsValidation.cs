using Microsoft.Extensions.Options;

namespace Concert.Booking.Shared;

/// <summary>One clear line for each setting that is wrong, naming it as it is written in configuration.</summary>
public sealed class OptionsValidation :
    IValidateOptions<WaitingRoomOptions>,
    IValidateOptions<BookingOptions>,
    IValidateOptions<WalletOptions>,
    IValidateOptions<CancellationOptions>,
    IValidateOptions<AdminOptions>
{
    public ValidateOptionsResult Validate(string? name, WaitingRoomOptions options) => new Checks()
        .Range("WaitingRoom:MaxActive", options.MaxActive, 1, 1_000_000)
        .Range("WaitingRoom:AdmitPerInterval", options.AdmitPerInterval, 1, 1_000_000)
        .Range("WaitingRoom:AdmitInterval", options.AdmitInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1))
        .Range("WaitingRoom:ActiveFor", options.ActiveFor, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24))
        .Range("WaitingRoom:SilenceLimit", options.SilenceLimit, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24))
        .Range("WaitingRoom:KnownFor", options.KnownFor, TimeSpan.FromMinutes(1), TimeSpan.FromDays(7))
        .That(options.SigningKey.Length >= 32, "WaitingRoom:SigningKey must have at least 32 characters.")
        .That(options.PreviousSigningKey.Length is 0 or >= 32, "WaitingRoom:PreviousSigningKey must be empty or have at least 32 characters.")
        .Result();

    public ValidateOptionsResult Validate(string? name, BookingOptions options) => new Checks()
        .Range("Booking:HoldFor", options.HoldFor, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(24))
        .Range("Booking:ReleaseGrace", options.ReleaseGrace, TimeSpan.Zero, TimeSpan.FromHours(1))
        .Range("Booking:MaxSeatsPerReservation", options.MaxSeatsPerReservation, 1, 8)
        .Range("Booking:MaxPerUser", options.MaxPerUser, 1, 1_000_000)
        .Range("Booking:SessionsPerSection", options.SessionsPerSection, 1, 65_535)
        .Range("Booking:RepairAfter", options.RepairAfter, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))
        .Range("Booking:KeepRefusals", options.KeepRefusals, TimeSpan.FromHours(2), TimeSpan.FromDays(365))
        .Range("Booking:KeepIdempotencyKeys", options.KeepIdempotencyKeys, TimeSpan.FromMinutes(10), TimeSpan.FromDays(365))
        .Range("Booking:MaxCommitAttempts", options.MaxCommitAttempts, 1, 100)
        .Result();

    public ValidateOptionsResult Validate(string? name, WalletOptions options) => new Checks()
        .Range("Wallet:MaxCharge", options.MaxCharge, 1, 1_000_000_000_000)
        .Range("Wallet:MaxBalance", options.MaxBalance, 1, 1_000_000_000_000)
        .Result();

    public ValidateOptionsResult Validate(string? name, CancellationOptions options) => new Checks()
        .Range("Cancellation:Deadline", options.Deadline, TimeSpan.Zero, TimeSpan.FromDays(365))
        .That(options.Refunds.All(r => r.Percent is >= 0 and <= 100), "Cancellation:Refunds: every Percent must be 0 to 100.")
        .That(options.Refunds.All(r => r.AtLeast >= TimeSpan.Zero), "Cancellation:Refunds: every AtLeast must be zero or more.")
        .Result();

    public ValidateOptionsResult Validate(string? name, AdminOptions options) => new Checks()
        .That(options.Key.Length >= 16, "Admin:Key must have at least 16 characters.")
        .Result();

    private sealed class Checks
    {
        private readonly List<string> _wrong = [];

        public Checks Range<T>(string setting, T value, T min, T max)
            where T : IComparable<T> =>
            That(value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0, $"{setting} is {value}; it must be {min} to {max}.");

        public Checks That(bool holds, string message)
        {
            if (!holds)
            {
                _wrong.Add(message);
            }

            return this;
        }

        public ValidateOptionsResult Result() => _wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_wrong);
    }
}
