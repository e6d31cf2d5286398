using Concert.Booking.Storage;
using Concert.Booking.Identity;
using System.Text.RegularExpressions;
using Concert.Booking.Catalog;
using Concert.Booking.WaitingRoom;
using Concert.Azure.Redis.Scripting;
using Concert.Azure.Tests.Redis.Server;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Redis;

/// <summary>What the scripts leave in Redis, and that they run on a cluster.</summary>
public sealed partial class KeysTests
{
    private static readonly RoomLimits Limits = new(2, 2, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60));
    private static readonly DateTimeOffset Start = new(2030, 5, 1, 20, 0, 0, TimeSpan.Zero);
    private static readonly string[] Seats = ["c1-1-1-1", "c1-1-1-2", "c1-1-1-8"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryScript_AllKeysOfACall_ShareOneHashTagAndOneSlot()
    {
        await using var server = await RedisServer.StartAsync(cluster: true);
        var recorded = Recorded(server);

        await UseEverythingAsync(recorded);

        recorded.Calls.Select(c => c.Script).Distinct().ShouldBe(LuaScripts.All, ignoreOrder: true);
        foreach (var call in recorded.Calls)
        {
            call.Keys.ShouldNotBeEmpty();
            call.Keys.Select(HashTag).Distinct().Count().ShouldBe(1, $"{call.Script}: {string.Join(' ', call.Keys)}");
            var slots = await Task.WhenAll(call.Keys.Select(async key => (await server.Scripts.SendAsync("CLUSTER", "KEYSLOT", key)).AsLong()));
            slots.Distinct().Count().ShouldBe(1, $"{call.Script}: {string.Join(' ', call.Keys)}");
        }
    }

    [Fact]
    public async Task EveryScript_RoomsPartitionsAndSchedules_SpreadOverSlots()
    {
        await using var server = await RedisServer.StartAsync(cluster: true);
        string[] keys =
        [
            .. Enumerable.Range(0, 20).Select(i => RedisKeys.Room($"c{i}")[0]),
            .. Enumerable.Range(0, 20).Select(i => RedisKeys.Gate($"c{i}-1:1", Seats)[0]),
            .. Enumerable.Range(0, 20).Select(i => RedisKeys.MapEntry(new SectionRef($"c{i}-1", "1"))),
        ];

        var slots = await Task.WhenAll(keys.Select(async key => (await server.Scripts.SendAsync("CLUSTER", "KEYSLOT", key)).AsLong()));

        slots.Distinct().Count().ShouldBeGreaterThan(50);
    }

    [Fact]
    public async Task EveryScript_AfterEachCall_EveryKeyHasAnExpiry()
    {
        await using var server = await RedisServer.StartAsync();
        var recorded = Recorded(server);
        var run = recorded.Answer;
        var seen = new HashSet<string>();
        recorded.Answer = async (call, arguments) =>
        {
            var reply = await run(call, arguments);
            foreach (var key in (await server.Scripts.SendAsync("KEYS", "*")).AsArray().Select(k => k.AsText()))
            {
                seen.Add(Variable().Replace(key, "*"));
                (await server.Scripts.SendAsync("PTTL", key)).AsLong()
                    .ShouldBeInRange(1, (long)TimeSpan.FromHours(25).TotalMilliseconds, $"{key} after {call.Script}");
            }

            return reply;
        };

        await UseEverythingAsync(recorded);

        // The table of KEYS.md is whole.
        var documented = (await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "KEYS.md"), Cancel))
            .Where(line => line.StartsWith("| `{", StringComparison.Ordinal))
            .Select(line => Placeholder().Replace(line.Split('`')[1], "*"));
        seen.ShouldBe(documented, ignoreOrder: true);
    }

    [Fact]
    public async Task AdmitAsync_EverybodyEnded_NothingOfThemIsLeft()
    {
        await using var server = await RedisServer.StartAsync();
        await using var instance = ConcertRedis.Instance(server.Scripts, ConcertRedis.Patient);
        var room = instance.Room();
        foreach (var number in Enumerable.Range(0, 5))
        {
            await room.JoinAsync(new TokenClaims(Guid.NewGuid(), $"u{number}", "c1", Start), Limits, Start, Cancel);
        }

        (await room.AdmitAsync("c1", Limits, Start.AddSeconds(61), Cancel)).Dropped.ShouldBe(3);
        (await room.AdmitAsync("c1", Limits, Start + Limits.ActiveFor, Cancel)).Expired.ShouldBe(2);

        (await server.Scripts.SendAsync("KEYS", "*")).AsArray().Select(key => key.AsText()).ShouldBe(["{room:c1}:state"]);
        (await room.ListRoomsAsync(Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task RedisScript_Sha1_IsTheNameRedisGivesIt()
    {
        await using var server = await RedisServer.StartAsync();
        foreach (var script in LuaScripts.All)
        {
            (await server.Scripts.SendAsync("SCRIPT", "LOAD", script.Text)).AsText().ShouldBe(script.Sha1, script.Name);
        }
    }

    [Fact]
    public async Task Room_NamesWithOddCharacters_AreRoomsOfTheirOwn()
    {
        await using var server = await RedisServer.StartAsync(cluster: true);
        await using var instance = ConcertRedis.Instance(server.Scripts, ConcertRedis.Patient);
        foreach (var user in new[] { "김 \n:민수{}", "", "12:34", "a}b{c" })
        {
            foreach (var room in new[] { "general", "}", "{x}", "콘서트" })
            {
                var claims = new TokenClaims(Guid.NewGuid(), user, room, Start);
                (await instance.Room().JoinAsync(claims, Limits, Start, Cancel)).ShouldBeOfType<JoinResult.Joined>().Claims.ShouldBe(claims);
                (await instance.Room().JoinAsync(claims, Limits, Start, Cancel)).ShouldBeOfType<JoinResult.Joined>().Claims.ShouldBe(claims);
            }
        }
    }

    private static ScriptedScripts Recorded(RedisServer server) =>
        new((call, arguments) => server.Scripts.RunAsync(call.Script, call.Keys, arguments, Cancel));

    /// <summary>Every script, and each way through it that writes.</summary>
    private static async Task UseEverythingAsync(IRedisScripts scripts)
    {
        await using var instance = ConcertRedis.Instance(scripts, ConcertRedis.Patient);
        var room = instance.Room();
        await room.CheckAsync(Cancel);
        var claims = Enumerable.Range(0, 6).Select(i => new TokenClaims(Guid.NewGuid(), $"u{i}", "c1", Start)).ToArray();
        foreach (var one in claims)
        {
            await room.JoinAsync(one, Limits, Start, Cancel);
            await room.JoinAsync(one, Limits, Start, Cancel);
        }

        var lost = new TokenClaims(Guid.NewGuid(), "lost", "c1", Start.AddMinutes(-5));
        await room.GetAsync(lost, poll: true, Limits, Start, Cancel);
        await room.GetAsync(lost with { Room = "c2" }, poll: true, Limits, Start, Cancel);
        await room.EndAsync(lost, Cancel);
        await room.EndAsync(lost with { Room = "c3" }, Cancel);
        await room.AdmitAsync("c1", Limits, Start.AddSeconds(11), Cancel);
        await room.AdmitAsync("c2", Limits, Start.AddSeconds(12), Cancel);
        await room.AdmitAsync("c3", Limits, Start.AddSeconds(12), Cancel);
        await room.AdmitAsync("c4", Limits, Start.AddMinutes(12), Cancel);
        await room.AdmitAsync("c1", Limits, Start.AddMinutes(12), Cancel);
        await room.ListRoomsAsync(Cancel);

        await instance.Gate().TryEnterAsync("c1-1:1", Seats, "r1", TimeSpan.FromMinutes(5), Cancel);
        await instance.Gate().ReleaseAsync("c1-1:1", Seats[..1], "r1", Cancel);
        await instance.Maps().GetAsync("c1-1", ["1"], (_, _) => Task.FromResult<ReadOnlyMemory<byte>>(new byte[10]), Cancel);
        await instance.Maps().ChangeAsync(new SectionRef("c1-1", "1"), () => Task.FromResult<CommitResult>(new CommitResult.Committed([])));
        await Should.ThrowAsync<InvalidDataException>(() => instance.Maps().GetAsync("c1-1", ["1"], (_, _) => throw new InvalidDataException(), Cancel));
    }

    /// <summary>The part of a key that decides its slot (Redis cluster specification).</summary>
    private static string HashTag(string key)
    {
        var open = key.IndexOf('{', StringComparison.Ordinal);
        var close = open < 0 ? -1 : key.IndexOf('}', open + 1);
        return close > open + 1 ? key[(open + 1)..close] : key;
    }

    [GeneratedRegex("(?<=room:)c[0-9]|(?<=map:)c1-1|c1-1:1|c1-1-1-[0-9]|(?<=entry:)[0-9]|(?<=build:)[0-9]|(?<=build:[0-9]:)[0-9a-f]{32}:[0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();

    [GeneratedRegex("<[^>]+>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
