using Concert.Lab.Servers;
using Xunit;

namespace Concert.Lab.Tests.Servers;

internal static class RequiredServers
{
    /// <summary>Skips the test where the server is not installed; fails it when CONCERT_REQUIRE_SERVERS is 1.</summary>
    public static async Task StartAsync(ServerFarm farm, ServerKind kind)
    {
        await farm.StartAsync(kind);
        if (farm.Missing.TryGetValue(kind, out var reason))
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CONCERT_REQUIRE_SERVERS") == "1", reason);
            Assert.Fail(reason);
        }
    }
}
