using Concert.Booking.Ports;
using Concert.Contracts;
using Concert.Embedded.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests;

public sealed class EmbeddedBackendTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("concert-").FullName, "data");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public async Task Open_FolderIsInUse_IsRefusedUntilTheFirstIsDisposed()
    {
        using (var first = Open())
        {
            await first.CommitAsync(Folder.Upsert("s:1"));
            Should.Throw<DataFolderInUseException>(() => Open()).Message.ShouldContain(_folder);
        }

        using var second = Open();
        (await second.DocumentsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public void Open_FolderCannotBeMade_ThrowsAndNamesIt()
    {
        File.WriteAllText(_folder, "a file in the way");

        Should.Throw<IOException>(() => Open()).Message.ShouldContain(_folder);
    }

    [Fact]
    public void Open_FolderOfTheOldFormat_IsRefusedAndLeftAlone()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, "journal-0000000000000000001.log"), "");

        Should.Throw<UnknownDataFolderException>(() => Open()).Message.ShouldContain("journal-0000000000000000001.log");

        Directory.GetFiles(_folder).Select(Path.GetFileName).ShouldBe(["journal-0000000000000000001.log", "lock"], ignoreOrder: true);
    }

    [Fact]
    public void Open_SomebodyElsesDatabase_IsRefusedAndLeftAlone()
    {
        Directory.CreateDirectory(_folder);
        using (var other = Concert.Embedded.Sqlite.Connection.Open(Path.Combine(_folder, "concert.db"), create: true))
        {
            other.Execute("CREATE TABLE t (n)");
        }

        var before = File.ReadAllBytes(Path.Combine(_folder, "concert.db"));
        Should.Throw<UnknownDataFolderException>(() => Open()).Message.ShouldContain("concert.db");
        File.ReadAllBytes(Path.Combine(_folder, "concert.db")).ShouldBe(before);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    public void Open_DatabaseOfAnotherVersion_IsRefusedAndLeftAlone(int version)
    {
        Open().Dispose();
        using (var database = Concert.Embedded.Sqlite.Connection.Open(Path.Combine(_folder, "concert.db")))
        {
            database.Execute($"PRAGMA user_version = {version}");
        }

        Should.Throw<UnknownDataFolderException>(() => Open()).Message.ShouldContain($"version {version}");
    }

    [Fact]
    public async Task Open_DatabaseIsDamaged_FreesTheFolder()
    {
        Directory.CreateDirectory(_folder);
        var file = Path.Combine(_folder, "concert.db");
        await File.WriteAllTextAsync(file, new string('x', 10_000), Folder.Cancel);
        Should.Throw<DatabaseDamagedException>(() => Open()).Message.ShouldContain("concert.db");

        File.Delete(file);
        Open().Dispose();
    }

    [Fact]
    public async Task Dispose_Twice_AndUseAfterwards_IsHarmless()
    {
        var backend = Open();
        await backend.CommitAsync(Folder.Upsert("s:1"));
        backend.Dispose();
        backend.Dispose();

        (await backend.Store.CommitAsync(Folder.Section, [Folder.Upsert("s:2")], Folder.Cancel)).ShouldBeOfType<CommitResult.Unavailable>();
        using var again = Open();
        (await again.DocumentsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task AddConcertEmbedded_HostStarts_ServesEveryPortAndPumps()
    {
        var processor = new ScriptedProcessor();
        var services = new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton<ICommandProcessor>(processor)
            .AddConcertEmbedded(new ConfigurationBuilder().Build(), _folder);
        await using (var provider = services.BuildServiceProvider(validateScopes: true))
        {
            var backend = provider.GetRequiredService<EmbeddedBackend>();
            provider.GetRequiredService<IDocumentStore>().ShouldBeSameAs(backend.Store);
            provider.GetRequiredService<ICommandSender>().ShouldBeSameAs(backend.Queue);
            provider.GetRequiredService<IWaitingRoom>().ShouldBeSameAs(backend.WaitingRoom);
            provider.GetRequiredService<ISeatGate>().ShouldBeSameAs(backend.SeatGate);
            provider.GetRequiredService<ISeatMapCache>().ShouldBeSameAs(backend.SeatMapCache);
            var pump = provider.GetServices<IHostedService>().ShouldHaveSingleItem();
            var handled = new TaskCompletionSource();
            processor.OnProcess = (_, _, _) =>
            {
                handled.SetResult();
                return Task.FromResult<ProcessResult>(new ProcessResult.Done());
            };
            await pump.StartAsync(Folder.Cancel);
            await backend.SendAsync(Folder.Message("1"));
            await handled.Task;
            await pump.StopAsync(Folder.Cancel);
        }

        using var again = Open();
        again.Queue.Status.Depth.ShouldBe(0);
    }

    [Fact]
    public void AddConcertEmbedded_ImpossibleSetting_IsNamed()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Embedded:MaxQueueDepth", "0"), new("Embedded:LockDuration", "01:00:00")]).Build();
        using var provider = new ServiceCollection().AddConcertEmbedded(configuration, null).BuildServiceProvider();
        Should.Throw<OptionsValidationException>(() => provider.GetRequiredService<EmbeddedOptions>()).Failures.ShouldBe(
        [
            "Embedded:MaxQueueDepth is 0; it must be 1 to 10000000.", "Embedded:LockDuration is 01:00:00; it must be 00:00:01 to 00:05:00.",
        ]);
    }

    private EmbeddedBackend Open() => EmbeddedBackend.Open(new EmbeddedOptions { DataFolder = _folder }, TimeProvider.System, NullLogger.Instance);
}
