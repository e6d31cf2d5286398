using System.Globalization;

namespace Concert.Resilience.Tests.Abuse.Support;

/// <summary>How much and from which seed. The same seed makes the same requests; a case is replayed alone by its number.</summary>
internal static class AbuseSettings
{
    public const string RequestsVariable = "CONCERT_ABUSE_REQUESTS";
    public const string SeedVariable = "CONCERT_ABUSE_SEED";
    public const string CaseVariable = "CONCERT_ABUSE_CASE";

    private const int DefaultRequests = 4_000;
    private const int DefaultSeed = 20_270_703;

    public static int Requests => Read(RequestsVariable) ?? DefaultRequests;

    public static int Seed => Read(SeedVariable) ?? DefaultSeed;

    /// <summary>Only this case, when it is set.</summary>
    public static int? Case => Read(CaseVariable);

    /// <summary>The numbers of the cases to run, out of so many.</summary>
    public static IReadOnlyList<int> Cases(int count) => Case is { } one ? [one] : [.. Enumerable.Range(0, count)];

    /// <summary>What chance means for one case, whichever cases ran before.</summary>
    public static Random RandomOf(int number) => new(unchecked((Seed * 397) ^ (number * 7919)));

    /// <summary>What to type to see a failure again.</summary>
    public static string Replay(int number) => $"replay: {SeedVariable}={Seed} {CaseVariable}={number}";

    private static int? Read(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
