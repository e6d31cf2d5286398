using System.Globalization;
using Concert.Booking.Ports;
using Concert.Embedded.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests.Sqlite;

/// <summary>Real processes on a real folder: one works, writes down what was acknowledged, and is killed.</summary>
public sealed class KillTests : IDisposable
{
    private const int Writers = 8;
    private static readonly RoomLimits Limits = new(100, 100, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), TimeSpan.FromHours(1));

    /// <summary>The child works in its parent's, and cannot clean up when it is killed.</summary>
    private readonly string _folder =
        Environment.GetEnvironmentVariable(CrashChild.FolderVariable) ?? Directory.CreateTempSubdirectory("concert-").FullName;

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Kill_AgainAndAgainInFullWork_LosesNothingThatWasAcknowledged()
    {
        for (var round = 1; round <= 3; round++)
        {
            var before = Acknowledged();
            using (var child = new CrashChild($"{typeof(KillTests).FullName}.{nameof(Child_WorksUntilKilled)}", _folder))
            {
                while (Acknowledged() < before + 1500)
                {
                    child.HasExited.ShouldBeFalse(child.Output);
                    await Task.Delay(10, Folder.Cancel);
                }

                Should.Throw<DataFolderInUseException>(() => Open());
                child.Kill();
            }

            using var backend = Open();
            var documents = (await AllAsync(backend)).ToHashSet();
            var messages = backend.Queue.Status.Depth;
            var acknowledged = 0;
            for (var writer = 0; writer < Writers; writer++)
            {
                var last = LastOf(writer);
                acknowledged += last;
                for (var i = 1; i <= last; i++)
                {
                    documents.ShouldContain($"r:{writer}-{i:000000}", $"round {round}");
                }

                var claims = new TokenClaims(Token(writer, last), $"{writer}-{last}", "c1", DateTimeOffset.UtcNow);
                (await backend.WaitingRoom.GetAsync(claims, poll: false, Limits, DateTimeOffset.UtcNow, Folder.Cancel))
                    .Status.ShouldNotBe(MemberStatus.Ended);
            }

            messages.ShouldBeInRange(acknowledged, acknowledged + (round * Writers));
            documents.Count(id => id.StartsWith("r:", StringComparison.Ordinal)).ShouldBeInRange(acknowledged, acknowledged + (round * Writers));
        }
    }

    [Fact(Explicit = true)]
    public async Task Child_WorksUntilKilled()
    {
        if (Environment.GetEnvironmentVariable(CrashChild.FolderVariable) is not { } folder)
        {
            return;
        }

        var backend = EmbeddedBackend.Open(
            new EmbeddedOptions { DataFolder = Path.Combine(folder, "data") }, TimeProvider.System, NullLogger.Instance);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            await using var log = new FileStream(
                Path.Combine(folder, $"{writer}.acks"), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            for (var i = LastOf(folder, writer) + 1; ; i++)
            {
                await backend.CommitAsync(Folder.Upsert($"r:{writer}-{i:000000}"));
                await backend.SendAsync(Folder.Message($"{writer}-{i}", $"{writer}"));
                await backend.WaitingRoom.JoinAsync(
                    new TokenClaims(Token(writer, i), $"{writer}-{i}", "c1", DateTimeOffset.UtcNow), Limits, DateTimeOffset.UtcNow, Folder.Cancel);
                log.Write(System.Text.Encoding.ASCII.GetBytes($"{i:0000000}\n"));
            }
        })));
    }

    private static Guid Token(int writer, int i) => new(i, (short)writer, 0, new byte[8]);

    /// <summary>The last whole line of a writer's log.</summary>
    private static int LastOf(string folder, int writer)
    {
        var path = Path.Combine(folder, $"{writer}.acks");
        if (!File.Exists(path))
        {
            return 0;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var lines = file.Length / 8;
        var line = new byte[8];
        file.Position = Math.Max(0, (lines - 1) * 8);
        return lines > 0 && file.Read(line) == 8 ? int.Parse(line.AsSpan(0, 7), NumberStyles.None, CultureInfo.InvariantCulture) : 0;
    }

    private static async Task<List<string>> AllAsync(EmbeddedBackend backend)
    {
        var (ids, after) = (new List<string>(), default(string));
        do
        {
            var page = await backend.Store.QueryAsync(Folder.Section, new PartitionQuery("", after), Folder.Cancel);
            ids.AddRange(page.Items.Select(document => document.Id));
            after = page.Continuation;
        }
        while (after is not null);
        return ids;
    }

    private int LastOf(int writer) => LastOf(_folder, writer);

    private int Acknowledged() => Enumerable.Range(0, Writers).Sum(LastOf);

    private EmbeddedBackend Open() => EmbeddedBackend.Open(new EmbeddedOptions { DataFolder = Data }, TimeProvider.System, NullLogger.Instance);
}
