using System.Net;

namespace Concert.Resilience.Tests.Crashes.Host;

/// <summary>The settings these tests share, and what they expect of a host that cannot start.</summary>
internal static class Hosts
{
    private const int BadDataFolder = 3;

    public static Dictionary<string, string> Quiet => new()
    {
        ["Local:Demo"] = "false",
        ["Logging:LogLevel:Default"] = "Warning",
        ["DOTNET_TieredPGO"] = "0",
    };

    public static LocalProcess Start(string folder, params string[] more) => LocalProcess.Start(folder, Quiet, more: more);

    /// <summary>Runs on the folder, charges one won that many times, and is killed. All of it is acknowledged.</summary>
    public static async Task FillAsync(DataFolder folder, string user, int charges)
    {
        await using var host = Start(folder.Path);
        using var calls = new Plain(await host.ListeningAsync());
        for (var i = 0; i < charges; i++)
        {
            (await calls.ChargeAsync(user, i)).Status.ShouldBe(HttpStatusCode.OK);
        }

        await host.KillAsync();
    }

    /// <summary>Starts on the folder, which must work, and reads a balance.</summary>
    public static async Task<long> BalanceAsync(DataFolder folder, string user)
    {
        await using var host = Start(folder.Path);
        using var calls = new Plain(await host.ListeningAsync());
        return await calls.BalanceAsync(user);
    }

    /// <summary>Starts on the folder, which must end with the code for a bad data folder and exactly one line that says the words.</summary>
    public static Task ShouldRefuseAsync(string folder, params string[] words) => ShouldRefuseAsync(Start(folder), words);

    /// <summary>The same of a host that was started with arguments of its own.</summary>
    public static async Task ShouldRefuseAsync(LocalProcess started, params string[] words)
    {
        await using var host = started;
        var code = await host.ExitAsync();
        var line = host.Errors.ShouldHaveSingleItem();
        code.ShouldBe(BadDataFolder, line);
        foreach (var word in words)
        {
            line.ShouldContain(word);
        }

        host.Output.ShouldNotContain(text => text.Contains("   at ", StringComparison.Ordinal));
    }
}
