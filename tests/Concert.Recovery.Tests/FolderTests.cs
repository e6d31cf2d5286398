using Concert.Recovery.Tests.Host;

namespace Concert.Recovery.Tests;

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

        Directory.GetFiles(folder.Path, "snapshot-*.snap").ShouldHaveSingleItem();
        (await Hosts.BalanceAsync(folder, User)).ShouldBe(1);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public async Task Journal_WithAFlippedBit_IsRefusedInOneLineAndLeftAlone(double where)
    {
        using var folder = new DataFolder();
        await Hosts.FillAsync(folder, User, Charges);
        var journal = folder.Segments[^1];
        var damaged = Flip(journal, where);
        await Hosts.ShouldRefuseAsync(folder.Path, Path.GetFileName(journal), "cannot be trusted", "backup");
        (await File.ReadAllBytesAsync(journal, TestContext.Current.CancellationToken)).ShouldBe(damaged);

        _ = Flip(journal, where);
        (await Hosts.BalanceAsync(folder, User)).ShouldBe(Charges);
    }

    [Fact]
    public async Task Snapshot_WithAFlippedBit_IsRefusedInOneLine()
    {
        using var folder = new DataFolder();
        await Hosts.FillAsync(folder, User, Charges);
        await using (var host = Hosts.Start(folder.Path))
        {
            await host.ListeningAsync();
            await host.StopAsync();
        }

        var snapshot = Directory.GetFiles(folder.Path, "snapshot-*.snap").ShouldHaveSingleItem();
        _ = Flip(snapshot, 0.5);
        await Hosts.ShouldRefuseAsync(folder.Path, Path.GetFileName(snapshot), "cannot be trusted");
    }

    [Fact]
    public async Task Journal_WithATornTail_IsCutAndKeepsAllThatWasAcknowledged()
    {
        using var folder = new DataFolder();
        await Hosts.FillAsync(folder, User, Charges);
        // What a crash in the middle of a write leaves: the beginning of a block.
        var journal = folder.Segments[^1];
        var bytes = await File.ReadAllBytesAsync(journal, TestContext.Current.CancellationToken);
        await File.AppendAllBytesAsync(journal, bytes[..100], TestContext.Current.CancellationToken);

        await using var host = Hosts.Start(folder.Path);
        using var calls = new Plain(await host.ListeningAsync());
        (await calls.BalanceAsync(User)).ShouldBe(Charges);
        host.Output.ShouldContain(line => line.Contains("cut off by a crash", StringComparison.Ordinal));
        (await calls.ChargeAsync(User, Charges)).Status.ShouldBe(System.Net.HttpStatusCode.OK);
        await host.KillAsync();
        (await Hosts.BalanceAsync(folder, User)).ShouldBe(Charges + 1);
    }

    private static byte[] Flip(string file, double where)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[(int)(bytes.Length * where)] ^= 0x10;
        File.WriteAllBytes(file, bytes);
        return bytes;
    }
}
