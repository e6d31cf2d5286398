using FsCheck;

namespace Concert.Booking.Tests.Properties;

/// <summary>
/// How properties are run: from one seed, so that a red run is red again everywhere. <c>CONCERT_PROPERTY_SEED</c> takes another one; a failure prints what
/// replays it.
/// </summary>
internal static class PropertyRuns
{
    private const ulong Gamma = 9_124_631_786_614_360_681;

    public static Config Of(int runs)
    {
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("CONCERT_PROPERTY_SEED"), out var given) ? given : 20_261_120;
        return Config.QuickThrowOnFailure.WithMaxTest(runs).WithReplay(seed, Gamma);
    }
}
