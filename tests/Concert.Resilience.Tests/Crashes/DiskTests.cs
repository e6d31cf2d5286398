using System.Net;
using Concert.Resilience.Tests.Crashes.Host;

namespace Concert.Resilience.Tests.Crashes;

/// <summary>A disk that is full or cannot be written: honest refusals while it lasts, nothing lost, and on it goes.</summary>
[Trait("Rule", "R-503")]
public sealed class DiskTests
{
    private const string User = "mina";
    private const int MostCharges = 20_000;

    [Fact]
    public async Task FileLimit_Reached_RefusesHonestlyAndGoesOnWhenItIsRaised()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && SmallDisk.Run("prlimit", "--version") == 0, "Needs prlimit.");
        using var folder = new DataFolder();
        // The runtime keeps its code in a memory file, which would fall under the limit as well.
        var settings = new Dictionary<string, string>(Hosts.Quiet) { ["DOTNET_EnableWriteXorExecute"] = "0" };
        await using var host = LocalProcess.Start(folder.Path, settings, maxFileBytes: 256 << 10);
        using var calls = new Plain(await host.ListeningAsync());

        var charged = await ChargeUntilRefusedAsync(calls);
        SmallDisk.Run("prlimit", "--pid", $"{host.Id}", "--fsize=unlimited:").ShouldBe(0);
        await GoesOnAsync(calls, charged);

        await host.KillAsync();
        (await Hosts.BalanceAsync(folder, User)).ShouldBe(charged + 1);
    }

    [Fact]
    public async Task FullDisk_WhileItRuns_RefusesHonestlyAndGoesOnWhenThereIsRoom()
    {
        using var disk = SmallDisk.Mount(megabytes: 4);
        var folder = Path.Combine(disk.Path, "data");
        int charged;
        await using (var host = Hosts.Start(folder))
        {
            using var calls = new Plain(await host.ListeningAsync());
            charged = await ChargeUntilFullAsync(calls, disk);
            disk.Free();
            await GoesOnAsync(calls, charged);
            await host.KillAsync();
        }

        await using var again = Hosts.Start(folder);
        using var readings = new Plain(await again.ListeningAsync());
        (await readings.BalanceAsync(User)).ShouldBe(charged + 1);
    }

    [Fact]
    public async Task FullDisk_KilledWhileItIsFull_LosesNothingAcknowledged()
    {
        using var disk = SmallDisk.Mount(megabytes: 4);
        var folder = Path.Combine(disk.Path, "data");
        int charged;
        await using (var host = Hosts.Start(folder))
        {
            using var calls = new Plain(await host.ListeningAsync());
            charged = await ChargeUntilFullAsync(calls, disk);
            await host.KillAsync();
        }

        // It starts on the full disk, and shows what it promised.
        await using var again = Hosts.Start(folder);
        using var readings = new Plain(await again.ListeningAsync());
        (await readings.BalanceAsync(User)).ShouldBe(charged);
        disk.Free();
        await GoesOnAsync(readings, charged);
    }

    [Fact]
    public async Task FullDisk_NewFolder_IsOneClearLine()
    {
        using var disk = SmallDisk.Mount(megabytes: 1);
        var folder = Path.Combine(disk.Path, "data");
        disk.Fill();
        await Hosts.ShouldRefuseAsync(folder, folder);
    }

    [Fact]
    public async Task ReadOnlyDisk_IsOneClearLineAndChangesNothing()
    {
        using var disk = SmallDisk.Mount(megabytes: 4);
        var folder = Path.Combine(disk.Path, "data");
        await using (var host = Hosts.Start(folder))
        {
            await host.ListeningAsync();
            await host.KillAsync();
        }

        disk.MakeReadOnly();
        await Hosts.ShouldRefuseAsync(folder, folder, "ead-only");
    }

    [Fact]
    public async Task DataFolder_ThatIsAFile_IsOneClearLine()
    {
        using var folder = new DataFolder();
        var file = Path.Combine(folder.Path, "data");
        await File.WriteAllTextAsync(file, "not a folder", TestContext.Current.CancellationToken);
        await Hosts.ShouldRefuseAsync(file, file);
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe("not a folder");
    }

    /// <summary>A charge, and more of them on a disk without room; answers how many were acknowledged.</summary>
    private static async Task<int> ChargeUntilFullAsync(Plain calls, SmallDisk disk)
    {
        (await calls.ChargeAsync(User, 0)).Status.ShouldBe(HttpStatusCode.OK);
        disk.Fill();
        return await ChargeUntilRefusedAsync(calls, first: 1);
    }

    /// <summary>Charges until it is refused, which must be an honest refusal; answers how many charges were acknowledged.</summary>
    private static async Task<int> ChargeUntilRefusedAsync(Plain calls, int first = 0)
    {
        for (var i = first; i < MostCharges; i++)
        {
            var (status, hasRetryAfter, body) = await calls.ChargeAsync(User, i);
            if (status != HttpStatusCode.OK)
            {
                status.ShouldBe(HttpStatusCode.ServiceUnavailable, body.ToString());
                hasRetryAfter.ShouldBeTrue();
                body.GetProperty("code").GetString().ShouldBe("unavailable");
                (await calls.SendAsync(HttpMethod.Get, "health/live")).Status.ShouldBe(HttpStatusCode.OK);
                (await calls.SendAsync(HttpMethod.Get, "health/ready")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
                return i;
            }
        }

        throw new InvalidOperationException("The disk never filled.");
    }

    /// <summary>The refused charge, repeated under its key, is made as soon as there is room, and once.</summary>
    private static async Task GoesOnAsync(Plain calls, int number)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await calls.ChargeAsync(User, number)).Status != HttpStatusCode.OK)
        {
            await Task.Delay(100, patience.Token);
        }

        (await calls.ChargeAsync(User, number)).Status.ShouldBe(HttpStatusCode.OK);
        (await calls.BalanceAsync(User)).ShouldBe(number + 1);
        (await calls.SendAsync(HttpMethod.Get, "health/ready")).Status.ShouldBe(HttpStatusCode.OK);
    }
}
