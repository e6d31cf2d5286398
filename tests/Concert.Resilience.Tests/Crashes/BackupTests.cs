using System.Net;
using Concert.Resilience.Tests.Crashes.Host;

namespace Concert.Resilience.Tests.Crashes;

/// <summary>Copies of a running sale, and going on from one.</summary>
public sealed class BackupTests
{
    private const string User = "mina";
    private const int Charges = 50;

    [Fact]
    public async Task Backup_OfARunningSale_IsOfOneMomentAndCanBeGoneOnFrom()
    {
        using var folder = new DataFolder();
        using var target = new DataFolder();
        var file = Path.Combine(target.Path, "copy.db");
        int before, after;
        await using (var host = Hosts.Start(folder.Path))
        {
            using var calls = new Plain(await host.ListeningAsync());
            var charged = 0;
            using var stop = new CancellationTokenSource();
            var charging = Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    (await calls.ChargeAsync(User, charged)).Status.ShouldBe(HttpStatusCode.OK);
                    Interlocked.Increment(ref charged);
                }
            });
            while (Volatile.Read(ref charged) < Charges)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }

            before = Volatile.Read(ref charged);
            await using (var backup = Hosts.Start(folder.Path, "--backup", file))
            {
                (await backup.ExitAsync()).ShouldBe(0);
                backup.Output.ShouldHaveSingleItem().ShouldContain(file);
            }

            await stop.CancelAsync();
            await charging;
            after = charged;
            await host.KillAsync();
        }

        var restored = Path.Combine(target.Path, "data");
        await using var again = Hosts.Start(restored, "--restore", file);
        using var readings = new Plain(await again.ListeningAsync());
        var balance = (int)await readings.BalanceAsync(User);
        balance.ShouldBeInRange(before, after);

        // What is in the copy is there with its keys, what is not can be asked for again, and each counts once.
        for (var i = 0; i <= balance; i++)
        {
            (await readings.ChargeAsync(User, i)).Status.ShouldBe(HttpStatusCode.OK);
        }

        (await readings.BalanceAsync(User)).ShouldBe(balance + 1);
        (await again.StopAsync()).ShouldBe(0);
        (await Hosts.BalanceAsync(folder, User)).ShouldBe(after);
    }

    [Fact]
    public async Task Backup_OfAStoppedSale_OverwritesNothing()
    {
        using var folder = new DataFolder();
        var file = await BackedUpAsync(folder);

        var copy = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        await Hosts.ShouldRefuseAsync(Hosts.Start(folder.Path, "--backup", file), file, "overwrites nothing");
        (await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).ShouldBe(copy);
        await Hosts.ShouldRefuseAsync(Hosts.Start(Path.Combine(folder.Path, "none"), "--backup", file + "2"), "There is no");
    }

    [Fact]
    public async Task Restore_IntoAFolderWithADatabase_IsRefusedAndChangesNothing()
    {
        using var folder = new DataFolder();
        var file = await BackedUpAsync(folder);

        await Hosts.ShouldRefuseAsync(Hosts.Start(folder.Path, "--restore", file), folder.Database, "overwrites nothing");
        (await Hosts.BalanceAsync(folder, User)).ShouldBe(Charges);
    }

    [Theory]
    [InlineData("not a database")]
    [InlineData(null)]
    public async Task Restore_FromWhatIsNoBackup_IsRefusedAndLeavesNothing(string? content)
    {
        using var folder = new DataFolder();
        var file = Path.Combine(folder.Path, "copy");
        if (content is not null)
        {
            await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        }

        var data = Path.Combine(folder.Path, "data");
        await Hosts.ShouldRefuseAsync(Hosts.Start(data, "--restore", file), file);
        Directory.GetFiles(data).Select(Path.GetFileName).ShouldBe(["lock"]);
    }

    /// <summary>Charges, stops, and copies; answers with the copy's file.</summary>
    private static async Task<string> BackedUpAsync(DataFolder folder)
    {
        await Hosts.FillAsync(folder, User, Charges);
        var file = Path.Combine(folder.Path, "copy.db");
        await using var backup = Hosts.Start(folder.Path, "--backup", file);
        (await backup.ExitAsync()).ShouldBe(0);
        return file;
    }
}
