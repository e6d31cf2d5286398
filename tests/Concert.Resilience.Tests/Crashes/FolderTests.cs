using Concert.Resilience.Tests.Crashes.Host;

namespace Concert.Resilience.Tests.Crashes;

/// <summary>A data folder that another process has, or that is not as it was left.</summary>
public sealed class FolderTests
{
    private const string User = "mina";
    private const int Charges = 50;

    [Fact]
    public async Task SecondProcess_OnTheSameFolder_IsRefusedInOneLine()
    {
        using var folder = new DataFolder();
        await using var first = Hosts.Start(folder.Path);
        using var calls = new Plain(await first.ListeningAsync());
        await Hosts.ShouldRefuseAsync(folder.Path, "in use by another process");
        await calls.ChargeAsync(User, 0);
        (await calls.BalanceAsync(User)).ShouldBe(1);
    }

    [Fact]
    public async Task Stop_AndStart_KeepsEverything()
    {
        using var folder = new DataFolder();
        await using (var host = Hosts.Start(folder.Path))
        {
            using var calls = new Plain(await host.ListeningAsync());
            await calls.ChargeAsync(User, 0);
            (await host.StopAsync()).ShouldBe(0);
        }

        // Everything is in the one file, and nothing beside it but the lock and the keys.
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).ShouldBe(["admin-key", "concert.db", "lock", "signing-key"], ignoreOrder: true);
        (await Hosts.BalanceAsync(folder, User)).ShouldBe(1);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(4096)]
    public async Task Database_WithAFlippedBitInItsStructure_IsRefusedInOneLineAndLeftAlone(int at)
    {
        using var folder = new DataFolder();
        await FillAndStopAsync(folder);
        var damaged = Flip(folder.Database, at);
        await Hosts.ShouldRefuseAsync(folder.Path, folder.Database, "damaged", "backup");
        (await File.ReadAllBytesAsync(folder.Database, TestContext.Current.CancellationToken)).ShouldBe(damaged);

        _ = Flip(folder.Database, at);
        (await Hosts.BalanceAsync(folder, User)).ShouldBe(Charges);
    }

    [Fact]
    public async Task Database_WithAFlippedBitInADocument_SaysSoInsteadOfShowingIt()
    {
        using var folder = new DataFolder();
        await FillAndStopAsync(folder);
        var bytes = await File.ReadAllBytesAsync(folder.Database, TestContext.Current.CancellationToken);
        for (var at = 0; bytes.AsSpan(at).IndexOf("\"balance\":50"u8) is >= 0 and var next; at += next + 1)
        {
            bytes[at + next + 10] ^= 1;
        }

        await File.WriteAllBytesAsync(folder.Database, bytes, TestContext.Current.CancellationToken);

        await using var host = Hosts.Start(folder.Path);
        using var calls = new Plain(await host.ListeningAsync());
        var (status, hasRetryAfter, body) = await calls.SendAsync(HttpMethod.Get, $"api/user/check?userId={User}");
        (status, hasRetryAfter, body.GetProperty("code").GetString()).ShouldBe((System.Net.HttpStatusCode.ServiceUnavailable, true, "unavailable"));
        (await calls.ChargeAsync(User, Charges)).Status.ShouldBe(System.Net.HttpStatusCode.ServiceUnavailable);
        (await calls.ChargeAsync("somebody-else", 0)).Status.ShouldBe(System.Net.HttpStatusCode.OK);
    }

    [Fact]
    public async Task Database_CutOff_IsRefusedInOneLine()
    {
        using var folder = new DataFolder();
        await FillAndStopAsync(folder);
        using (var file = File.OpenWrite(folder.Database))
        {
            file.SetLength(file.Length / 2);
        }

        await Hosts.ShouldRefuseAsync(folder.Path, folder.Database, "backup");
    }

    [Fact]
    public async Task Log_WithATornTail_KeepsAllThatWasAcknowledged()
    {
        using var folder = new DataFolder();
        await Hosts.FillAsync(folder, User, Charges);
        // What a crash in the middle of a write leaves: the beginning of a page.
        var log = folder.Database + "-wal";
        var bytes = await File.ReadAllBytesAsync(log, TestContext.Current.CancellationToken);
        await File.AppendAllBytesAsync(log, bytes[32..1000], TestContext.Current.CancellationToken);

        await using var host = Hosts.Start(folder.Path);
        using var calls = new Plain(await host.ListeningAsync());
        (await calls.BalanceAsync(User)).ShouldBe(Charges);
        (await calls.ChargeAsync(User, Charges)).Status.ShouldBe(System.Net.HttpStatusCode.OK);
        await host.KillAsync();
        (await Hosts.BalanceAsync(folder, User)).ShouldBe(Charges + 1);
    }

    private static async Task FillAndStopAsync(DataFolder folder)
    {
        await Hosts.FillAsync(folder, User, Charges);
        await using var host = Hosts.Start(folder.Path);
        await host.ListeningAsync();
        (await host.StopAsync()).ShouldBe(0);
    }

    private static byte[] Flip(string file, int at)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[at] ^= 0x10;
        File.WriteAllBytes(file, bytes);
        return bytes;
    }
}
