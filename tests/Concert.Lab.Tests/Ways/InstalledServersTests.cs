using Concert.Lab.Servers;
using Concert.Lab.Ways;
using Shouldly;
using Xunit;

namespace Concert.Lab.Tests.Ways;

/// <summary>
/// The ways on PostgreSQL and RabbitMQ, as far as these are installed: what is not there has no test, and the lab says how to install it.
/// </summary>
public sealed class InstalledServersTests(InstalledServers servers) : IClassFixture<InstalledServers>
{
    private const string NothingInstalled = "nothing installed";

    public static TheoryData<string> Ids
    {
        get
        {
            string[] ids = [.. WayCatalog.All.Where(way => way.Needs.Contains(ServerKind.Postgres) && way.Needs.All(ServerFarm.IsInstalled)).Select(way => way.Id)];
            return ids.Length > 0 ? [.. ids, .. Rivals.Ids] : [NothingInstalled];
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task SmallRun_InstalledServers_Correct(string id)
    {
        if (id == NothingInstalled)
        {
            await servers.Farm.StartAsync(ServerKind.Postgres);
            servers.Farm.Missing[ServerKind.Postgres].ShouldBe("not installed: apt-get install postgresql");
            return;
        }

        if (Rivals.Ids.Contains(id))
        {
            await servers.StartAsync(ServerKind.Postgres);
            await Rivals.SellExactlyWhatThereIsAsync(id, servers.Farm.Endpoints);
            return;
        }

        var way = WayCatalog.Find(id);
        foreach (var kind in way.Needs)
        {
            await servers.StartAsync(kind);
        }

        var context = new WayContext(servers.Farm.Endpoints, "");
        await (id == "none" ? SmallRuns.EveryWorkRunsAsync(way, context) : SmallRuns.EveryWorkIsCorrectAsync(way, context));
    }
}
