using Concert.Booking.Ports;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Settings;

public enum WaitingRoomScope
{
    /// <summary>One line for the whole service.</summary>
    Service,

    /// <summary>A line for each concert.</summary>
    Concert,
}

/// <summary>Section <c>WaitingRoom</c>.</summary>
public sealed class WaitingRoomOptions
{
    public const string Section = "WaitingRoom";

    /// <summary><c>Service</c>: one line for everything on sale. <c>Concert</c>: a line for each concert.</summary>
    [SettingChoice(Section)]
    public WaitingRoomScope Scope { get; set; } = WaitingRoomScope.Service;

    /// <summary>Active tokens at once in a line.</summary>
    [SettingRange(Section, 1, 1_000_000)]
    public int MaxActive { get; set; } = 100;

    /// <summary>Admissions within any <see cref="AdmitInterval"/>.</summary>
    [SettingRange(Section, 1, 1_000_000)]
    public int AdmitPerInterval { get; set; } = 50;

    /// <summary>The sliding interval in which <see cref="AdmitPerInterval"/> counts.</summary>
    [SettingRange(Section, "00:00:00.1000000", "01:00:00")]
    public TimeSpan AdmitInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an admitted token may book.</summary>
    [SettingRange(Section, "00:00:01", "1.00:00:00")]
    public TimeSpan ActiveFor { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>A waiting token not polled for this long gives up its place.</summary>
    [SettingRange(Section, "00:00:01", "1.00:00:00")]
    public TimeSpan SilenceLimit { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Signs tokens and ids (HMAC-SHA256). In Azure a secret of Key Vault; the one-process host makes one and keeps it in the data folder.</summary>
    [SecretLength(Section, 32)]
    public string SigningKey { get; set; } = "";

    /// <summary>The key before the last rotation: still accepted, signs nothing. Empty for none.</summary>
    [SecretLength(Section, 32, IsOptional = true)]
    public string PreviousSigningKey { get; set; } = "";

    /// <summary>How long a token identifies its user, active or not.</summary>
    [SettingRange(Section, "00:01:00", "7.00:00:00")]
    public TimeSpan KnownFor { get; set; } = TimeSpan.FromHours(24);

    public RoomLimits Limits => new(MaxActive, AdmitPerInterval, AdmitInterval, ActiveFor, SilenceLimit);
}

/// <summary>Section <c>Booking</c>.</summary>
public sealed class BookingOptions
{
    public const string Section = "Booking";

    /// <summary>How long a hold lasts, from the moment it was written.</summary>
    [SettingRange(Section, "00:00:00.1000000", "1.00:00:00")]
    public TimeSpan HoldFor { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How much longer the release waits, for clocks that differ.</summary>
    [SettingRange(Section, "00:00:00", "01:00:00")]
    public TimeSpan ReleaseGrace { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Seats of one reservation.</summary>
    [SettingRange(Section, 1, 8)]
    public int MaxSeatsPerReservation { get; set; } = 8;

    /// <summary>Live places (held or sold) of one user, over all sections and inventories of a schedule that has no <c>maxPerUser</c> of its own.</summary>
    [SettingRange(Section, 1, 1_000_000)]
    public int MaxPerUser { get; set; } = 8;

    /// <summary>Queue sessions of a section. Where there are more seats, they share them by a stable hash.</summary>
    [SettingRange(Section, 1, 65_535)]
    public int SessionsPerSection { get; set; } = 128;

    /// <summary>A payment or refund that takes longer than this is resumed by the repair timer.</summary>
    [SettingRange(Section, "00:00:01", "01:00:00")]
    public TimeSpan RepairAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A call-off is finished when this long after its sale was closed nothing is live: longer than an instance may keep an old schedule (3 s) and a write may take.
    /// </summary>
    [SettingRange(Section, "00:00:05", "01:00:00")]
    public TimeSpan CallOffSettle { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a refused request can be read. Longer than any command can stay in the queue.</summary>
    [SettingRange(Section, "02:00:00", "365.00:00:00")]
    public TimeSpan KeepRefusals { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long an <c>Idempotency-Key</c> is remembered.</summary>
    [SettingRange(Section, "00:10:00", "365.00:00:00")]
    public TimeSpan KeepIdempotencyKeys { get; set; } = TimeSpan.FromDays(2);

    /// <summary>Attempts to decide and commit within one delivery before the message goes back to the queue.</summary>
    [SettingRange(Section, 1, 100)]
    public int MaxCommitAttempts { get; set; } = 16;
}

/// <summary>Section <c>Wallet</c>. Amounts are won.</summary>
public sealed class WalletOptions
{
    public const string Section = "Wallet";

    /// <summary>The largest charge, in won.</summary>
    [SettingRange(Section, 1, 1_000_000_000_000)]
    public long MaxCharge { get; set; } = 10_000_000;

    /// <summary>The largest balance, in won.</summary>
    [SettingRange(Section, 1, 1_000_000_000_000)]
    public long MaxBalance { get; set; } = 1_000_000_000_000;
}

/// <summary>Section <c>Cancellation</c>.</summary>
public sealed class CancellationOptions
{
    public const string Section = "Cancellation";

    /// <summary>A paid reservation can be cancelled until this long before doors open.</summary>
    [SettingRange(Section, "00:00:00", "365.00:00:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// The refund by the time left until doors open: the rule with the largest <see cref="RefundRule.AtLeast"/> that fits. Without any 100 % from 7 days before,
    /// 90 % from 3, 80 % after.
    /// </summary>
    [ValidateEnumeratedItems]
    public IList<RefundRule> Refunds { get; set; } = [];

    public static IReadOnlyList<RefundRule> DefaultRefunds { get; } =
    [
        new() { AtLeast = TimeSpan.FromDays(7), Percent = 100 },
        new() { AtLeast = TimeSpan.FromDays(3), Percent = 90 },
        new() { AtLeast = TimeSpan.Zero, Percent = 80 },
    ];
}

/// <summary>From <see cref="AtLeast"/> before doors open, <see cref="Percent"/> of the price is given back.</summary>
public sealed class RefundRule
{
    [SettingRange(CancellationOptions.Section + ":Refunds", "00:00:00", "3650.00:00:00")]
    public TimeSpan AtLeast { get; set; }

    [SettingRange(CancellationOptions.Section + ":Refunds", 0, 100)]
    public int Percent { get; set; }
}

/// <summary>Section <c>Admin</c>.</summary>
public sealed class AdminOptions
{
    public const string Section = "Admin";

    /// <summary>The secret that staff send as <c>x-admin-key</c>. In Azure a secret of Key Vault; the one-process host makes one and keeps it in the data folder.</summary>
    [SecretLength(Section, 16)]
    public string Key { get; set; } = "";
}

public enum IdentityMode
{
    /// <summary>The body's userId is believed. For one machine and for tests only.</summary>
    Development,

    /// <summary>The user is the platform's: App Service authentication's <c>X-MS-CLIENT-PRINCIPAL-ID</c>.</summary>
    Platform,
}

/// <summary>Section <c>Identity</c>.</summary>
public sealed class IdentityOptions
{
    public const string Section = "Identity";

    /// <summary>
    /// How a caller's user is known. <c>Development</c> believes the request, for one machine and for tests. <c>Platform</c> believes App Service authentication
    /// only, and is the only choice in Azure.
    /// </summary>
    [SettingChoice(Section)]
    public IdentityMode Mode { get; set; } = IdentityMode.Development;
}
